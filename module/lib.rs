//! The wasm module of the npm package. It carries no migrations: the page gives them.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wheatear::wasm::Migrations;

/// The set of these files, of which `texts` has what is in each. Tried out, it knows the schema it makes, as a set of
/// `migrations!` does. `code`: migrations that are written in JavaScript.
///
/// # Errors
/// `ErrorData` of the first fault in the files.
#[wasm_bindgen(js_name = setOfFiles)]
pub fn set_of_files(
    paths: Vec<String>,
    texts: Vec<String>,
    try_out: bool,
    code: Option<Array>,
) -> Result<Migrations, JsValue> {
    Migrations::of_files(paths, texts, try_out, code)
}

/// The set of these objects: `SqlMigration` of client/protocol/migration-source.ts.
///
/// # Errors
/// `ErrorData` of the first fault in them.
#[wasm_bindgen(js_name = setOfSql)]
pub fn set_of_sql(migrations: Vec<JsValue>, try_out: bool, code: Option<Array>) -> Result<Migrations, JsValue> {
    Migrations::of_sql(migrations, try_out, code)
}
