//! The wasm module of the npm package. It carries no migrations: the page gives them.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wheatear::wasm::Migrations;

/// The set of these files, of which `texts` has what is in each. Tried out, it knows the schema it makes, as a set of
/// `migrations!` does.
///
/// # Errors
/// `ErrorData` of the first fault in the files.
#[wasm_bindgen(js_name = setOfFiles)]
pub fn set_of_files(paths: Vec<String>, texts: Vec<String>, try_out: bool) -> Result<Migrations, JsValue> {
    Migrations::of_files(paths, texts, try_out)
}

/// The set of these objects: `SqlMigration` of client/protocol/migration-source.ts.
///
/// # Errors
/// `ErrorData` of the first fault in them.
#[wasm_bindgen(js_name = setOfSql)]
pub fn set_of_sql(migrations: Vec<JsValue>, try_out: bool) -> Result<Migrations, JsValue> {
    Migrations::of_sql(migrations, try_out)
}
