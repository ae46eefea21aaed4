//! What a wasm module exports to the worker of the npm package: bindings, and the conversion of
//! values and errors. Nothing here decides anything.

mod connection;
mod error_data;
mod value;
mod wire;

pub use connection::{Connection, delete_database, export_database};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::MigrationSet;

#[doc(hidden)]
pub use wasm_bindgen as __wasm_bindgen;

/// The migrations that a module carries, as the worker passes them around.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub struct Migrations(&'static MigrationSet);

impl Migrations {
    /// Wraps a set for the worker.
    pub const fn new(set: &'static MigrationSet) -> Self {
        Self(set)
    }
}

/// Makes a crate the module of a web page's database: exports its migrations to the worker.
///
/// ```ignore
/// wheatear::export_migrations!(wheatear::migrations!("migrations"));
/// ```
///
///
#[macro_export]
macro_rules! export_migrations {
    ($set:expr) => {
        const _: () = {
            use $crate::wasm::__wasm_bindgen as wasm_bindgen;

            static MIGRATIONS: $crate::MigrationSet = $set;

            #[wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen = wasm_bindgen, js_name = migrations)]
            pub fn wheatear_migrations() -> $crate::wasm::Migrations {
                $crate::wasm::Migrations::new(&MIGRATIONS)
            }
        };
    };
}
