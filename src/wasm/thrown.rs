//! What functions in JavaScript have thrown, on its way through the engine.

use std::cell::RefCell;

use wasm_bindgen::JsValue;

use crate::CodeError;

thread_local! {
    /// What the last of them that failed has thrown, as it can be sent. Errors must be able to move between threads, and
    /// cannot hold it.
    static LAST: RefCell<(JsValue, String)> = const { RefCell::new((JsValue::UNDEFINED, String::new())) };
}

/// Stands for what a function has thrown.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Thrown(String);

/// The error for what was thrown, and its words.
pub(crate) fn error(thrown: JsValue, words: String) -> CodeError {
    LAST.set((thrown, words.clone()));
    Box::new(Thrown(words))
}

/// What was thrown, if this error stands for that; else `undefined`.
pub(crate) fn cause(error: &CodeError) -> JsValue {
    if error.is::<Thrown>() { LAST.take().0 } else { JsValue::UNDEFINED }
}

/// What a SQL function has thrown, if these are its words: they are all that SQLite takes on.
pub(crate) fn cause_of(words: &str) -> JsValue {
    match LAST.with_borrow(|(_, last)| !last.is_empty() && last == words) {
        true => LAST.take().0,
        false => JsValue::UNDEFINED,
    }
}
