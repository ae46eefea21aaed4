//! What a wasm module exports to the worker of the npm package: bindings, and the conversion of values and errors. What
//! is done with a database is decided by what these call: `Migrator`, `Session` and `storage`.

mod connection;
mod error_data;
mod files;
mod migrate_options;
mod operations;
mod panics;
mod progress;
mod value;
mod wire;

pub use connection::Connection;
pub use files::{ImportedMirror, block_size, delete_opfs, export_opfs, import_mirror, import_opfs};

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::MigrationSet;

// For the code that `export_migrations!` expands to.
#[doc(hidden)]
pub use wasm_bindgen as __wasm_bindgen;

/// The migrations that a module carries, as the worker passes them around. Each call takes one; a clone is the same set.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct Migrations(Rc<MigrationSet>);

impl Migrations {
    /// Wraps a set for the worker.
    pub fn new(set: MigrationSet) -> Self {
        Self(Rc::new(set))
    }
}

#[wasm_bindgen]
impl Migrations {
    /// What other tabs are told of the set: `MigrationSet` of client/protocol/migration-set.ts.
    ///
    /// # Errors
    /// None: what is said of a set can always cross.
    pub fn describe(&self) -> Result<JsValue, JsValue> {
        Ok(wire::set(&self.0)?)
    }
}
