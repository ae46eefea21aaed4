//! A wasm module that gets its migrations from the page, so that one build can be any release of an
//! application.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use wheatear::wasm::Migrations;
use wheatear::{MigrationSet, SourceFile};

/// The set of these files; once tried out, it knows the schema it makes, as one of `migrations!` does.
///
/// # Errors
/// The first fault in the files.
#[wasm_bindgen]
pub fn release(paths: Vec<String>, texts: Vec<String>, try_out: bool) -> Result<Migrations, JsError> {
    let files = paths.into_iter().zip(texts).map(|(path, text)| SourceFile { path, text });
    let set = MigrationSet::from_files(files)?;
    let set = if try_out { set.tried_out()? } else { set };
    Ok(Migrations::new(set))
}
