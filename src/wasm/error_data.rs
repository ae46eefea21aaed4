//! Errors as plain data, `ErrorData` of client/protocol/errors.ts: the client rebuilds an error of the class that is named.

use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::wasm::thrown;
use crate::wasm::wire::{self, WireReport};
use crate::{
    ApplyError, DefinitionError, DefinitionErrorKind, Error, ErrorCode, QueryError, SqliteFailure, StatementPlace,
};

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorData<'a> {
    class: &'static str,
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    migration_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sqlite: Option<WireSqliteFailure<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<WireReport<'a>>,
    /// What a function in JavaScript has thrown.
    #[serde(skip_serializing_if = "JsValue::is_undefined", with = "serde_wasm_bindgen::preserve")]
    cause: JsValue,
}

#[derive(Serialize)]
struct WireSqliteFailure<'a> {
    code: i32,
    message: &'a str,
}

impl<'a> From<&'a SqliteFailure> for WireSqliteFailure<'a> {
    fn from(failure: &'a SqliteFailure) -> Self {
        Self { code: failure.code, message: &failure.message }
    }
}

/// What the worker throws for an error of the engine.
pub(crate) fn to_js(error: impl Into<Error>) -> JsValue {
    of(&error.into())
}

/// The same of one that somebody else needs, too.
pub(crate) fn of(error: &Error) -> JsValue {
    throwable(error.code(), error.to_string(), details(error))
}

/// What the worker throws for an error of a batch; `number`: which of its statements has failed, counted from 1, and 0 if
/// it was all of them together.
pub(crate) fn of_batch(number: usize, error: Error) -> JsValue {
    if number == 0 {
        return to_js(error);
    }
    let message = format!("statement {number} of the batch failed: {error}");
    throwable(error.code(), message, ErrorData { statement: Some(number), ..details(&error) })
}

/// What the worker throws for an option that a client of this version would have refused.
pub(crate) fn invalid_option(name: &str) -> JsValue {
    let message = format!("the option \"{name}\" has a value that this module does not know");
    throwable(ErrorCode::InvalidOption, message, ErrorData::default())
}

fn throwable(code: ErrorCode, message: String, details: ErrorData<'_>) -> JsValue {
    let data = ErrorData { class: code.class().client_name(), code: code.as_str(), message, ..details };
    wire::to_js(&data).unwrap_or_else(|error| JsValue::from_str(&error.to_string()))
}

/// Where it happened, as far as the error knows, and what could not be undone.
fn details(error: &Error) -> ErrorData<'_> {
    match error {
        Error::Definition(DefinitionError { line, kind, .. }) => match kind {
            DefinitionErrorKind::TransactionControl { migration, statement }
            | DefinitionErrorKind::Pragma { migration, statement, .. }
            | DefinitionErrorKind::UnbalancedTransaction { migration, statement, .. } => ErrorData {
                migration_id: Some(migration),
                statement: Some(*statement),
                line: Some(*line),
                ..Default::default()
            },
            _ => ErrorData { line: Some(*line), ..Default::default() },
        },
        Error::Unsound(error) => ErrorData {
            migration_id: Some(&error.migration),
            statement: error.statement,
            line: Some(error.line),
            ..Default::default()
        },
        Error::Apply(ApplyError::StatementFailed { place, sqlite, .. }) => at(Some(place), Some(sqlite)),
        Error::Apply(ApplyError::TransactionFailed { sqlite, .. }) => at(None, Some(sqlite)),
        Error::Storage(error) => at(error.place.as_deref(), error.sqlite.as_ref()),
        Error::Query(QueryError::Failed { statement, line, sqlite, .. }) => {
            ErrorData { statement: *statement, line: *line, ..at(None, Some(sqlite)) }
        }
        Error::Query(QueryError::Refused { statement, line, .. }) => {
            ErrorData { statement: *statement, line: *line, ..Default::default() }
        }
        Error::Apply(ApplyError::CodeFailed { migration, source }) => {
            ErrorData { migration_id: Some(migration), cause: thrown::cause(source), ..Default::default() }
        }
        Error::Partial(partial) => {
            let details = details(&partial.error);
            ErrorData {
                migration_id: details.migration_id.or(partial.unfinished.as_deref()),
                report: Some(WireReport::from(&partial.report)),
                ..details
            }
        }
        Error::Apply(ApplyError::ForeignKeyViolation { .. } | ApplyError::Cancelled)
        | Error::Query(
            QueryError::Cancelled
            | QueryError::InvalidValue { .. }
            | QueryError::ResultTooLarge { .. }
            | QueryError::TransactionMisuse(_),
        )
        | Error::History(_)
        | Error::Name(_)
        | Error::Prefix(_) => ErrorData::default(),
    }
}

fn at<'a>(place: Option<&'a StatementPlace>, sqlite: Option<&'a SqliteFailure>) -> ErrorData<'a> {
    ErrorData {
        migration_id: place.map(|place| place.migration.as_str()),
        statement: place.map(|place| place.statement).filter(|statement| *statement > 0),
        line: place.map(|place| place.line),
        sqlite: sqlite.map(WireSqliteFailure::from),
        cause: sqlite.map_or(JsValue::UNDEFINED, |sqlite| thrown::cause_of(&sqlite.message)),
        ..Default::default()
    }
}
