//! The wasm module for programs that build an application. It runs in Node.js, and never in a page.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

mod checked;
mod fault;
mod linted;
mod typed;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wheatear::SourceFile;
use wheatear::wasm::Migrations;
use wheatear_cli::{NodeFunctions, NodeHost};
use wheatear_types::Flavor;

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

/// What is wrong with the set of these files, which is tried out: `SetCheck` of client/build/tools.ts.
///
/// # Errors
/// None: what is wrong is in what is returned.
#[wasm_bindgen(js_name = checkOfFiles)]
pub fn check_of_files(paths: Vec<String>, texts: Vec<String>) -> Result<JsValue, JsValue> {
    Ok(serde_wasm_bindgen::to_value(&checked::of(files(paths, texts)))?)
}

/// What is dangerous in the set of these files, a list of `LintFinding` of client/build/tools.ts; it takes a while. `off` has
/// the ids of lints that say nothing. Of `changed`, which has paths, the first that applies is where looking begins.
///
/// # Errors
/// A text that names the id in `off` that no lint has.
#[wasm_bindgen(js_name = lintsOfFiles)]
pub fn lints_of_files(
    paths: Vec<String>,
    texts: Vec<String>,
    off: Vec<String>,
    changed: Vec<String>,
) -> Result<JsValue, JsValue> {
    let found = linted::of(&files(paths, texts), &off, &changed);
    let found = found.map_err(|unknown| JsValue::from_str(&unknown.to_string()))?;
    Ok(serde_wasm_bindgen::to_value(&found)?)
}

/// TypeScript types of the rows that the set of these files makes, for Kysely if asked for, and of the named queries of other files, which are
/// checked: `SetTypes` of client/build/tools.ts.
///
/// # Errors
/// None: what keeps the types from being made is in what is returned.
#[wasm_bindgen(js_name = typesOfFiles)]
pub fn types_of_files(
    paths: Vec<String>,
    texts: Vec<String>,
    query_paths: Vec<String>,
    query_texts: Vec<String>,
    kysely: bool,
) -> Result<JsValue, JsValue> {
    let flavor = if kysely { Flavor::Kysely } else { Flavor::Plain };
    let typed = typed::of(files(paths, texts), &files(query_paths, query_texts), flavor);
    Ok(serde_wasm_bindgen::to_value(&typed)?)
}

fn files(paths: Vec<String>, texts: Vec<String>) -> Vec<SourceFile> {
    paths.into_iter().zip(texts).map(|(path, text)| SourceFile { path, text }).collect()
}
