//! What a wasm module exports to the worker of the npm package: bindings, and the conversion of values and errors. What
//! is done with a database is decided by what these call: `Migrator`, `Session` and `storage`.

mod code_steps;
mod connection;
mod error_data;
mod files;
mod functions;
#[cfg(feature = "image")]
mod image;
mod migrate_options;
mod migrations;
mod object;
mod operations;
mod panics;
mod progress;
mod reading;
mod thrown;
mod value;
mod wire;

pub use connection::Connection;
pub use files::{ImportedMirror, block_size, delete_opfs, export_opfs, import_mirror, import_opfs};
pub use functions::define_functions;
pub use migrations::Migrations;

// For the code that `export_migrations!` expands to.
#[doc(hidden)]
pub use wasm_bindgen as __wasm_bindgen;
