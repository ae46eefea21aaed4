//! Errors as plain data, `ErrorData` of client/protocol/errors.ts: the client rebuilds an error of the class that is named.

use wasm_bindgen::JsValue;

use crate::shapes::{ErrorData, error_data};
use crate::wasm::thrown;
use crate::wasm::wire::{self, Preserved};
use crate::{ApplyError, Error, ErrorCode};

/// What the worker throws for an error of the engine.
pub(crate) fn to_js(error: impl Into<Error>) -> JsValue {
    of(&error.into())
}

/// The same of one that somebody else needs, too.
pub(crate) fn of(error: &Error) -> JsValue {
    throwable(&with_cause(error))
}

/// What the worker throws for an error of a batch; `number`: which of its statements has failed, counted from 1, and 0 if
/// it was all of them together.
pub(crate) fn of_batch(number: usize, error: Error) -> JsValue {
    if number == 0 {
        return to_js(error);
    }
    let message = format!("statement {number} of the batch failed: {error}");
    throwable(&ErrorData { statement: Some(number), message, ..with_cause(&error) })
}

/// What the worker throws for an option that a client of this version would have refused.
pub(crate) fn invalid_option(name: &str) -> JsValue {
    let message = format!("the option \"{name}\" has a value that this module does not know");
    throwable(&ErrorData::new(ErrorCode::InvalidOption, message))
}

fn throwable(data: &ErrorData<'_, Preserved>) -> JsValue {
    wire::to_js(data).unwrap_or_else(|error| JsValue::from_str(&error.to_string()))
}

fn with_cause(error: &Error) -> ErrorData<'_, Preserved> {
    let data = error_data(error);
    let cause = match innermost(error) {
        Error::Apply(ApplyError::CodeFailed { source, .. }) => thrown::cause(source),
        _ => data.sqlite.as_ref().map_or(JsValue::UNDEFINED, |sqlite| thrown::cause_of(sqlite.message)),
    };
    ErrorData { cause: (!cause.is_undefined()).then_some(Preserved(cause)), ..data }
}

/// What failed, of a run that had committed something before.
fn innermost(mut error: &Error) -> &Error {
    while let Error::Partial(partial) = error {
        error = &partial.error;
    }
    error
}
