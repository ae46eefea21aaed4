//! The wasm module for programs that build an application. It runs in Node.js, and never in a page.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wheatear::wasm::Migrations;
use wheatear_cli::{NodeFunctions, NodeHost};

/// The digest of the set of these files, of which `texts` has what is in each.
///
/// # Errors
/// `ErrorData` of the first fault in the files.
#[wasm_bindgen(js_name = digestOfFiles)]
pub fn digest_of_files(paths: Vec<String>, texts: Vec<String>) -> Result<String, JsValue> {
    Ok(Migrations::of_files(paths, texts, false, None)?.digest())
}

/// Of the set of these files, of which `texts` has what is in each, an object: its `digest`, and an `image` of the database
/// that it makes, or the `reason` why there can be none.
///
/// # Errors
/// `ErrorData` of the first fault in the files.
#[wasm_bindgen(js_name = imageOfFiles)]
pub fn image_of_files(paths: Vec<String>, texts: Vec<String>) -> Result<JsValue, JsValue> {
    Ok(Migrations::of_files(paths, texts, false, None)?.image())
}

/// Runs the program `wheatear` with these arguments, and returns its exit code.
#[wasm_bindgen(js_name = runProgram)]
pub fn run_program(words: Vec<String>, functions: NodeFunctions) -> u8 {
    wheatear_cli::run(&words, &NodeHost::new(functions)).code()
}
