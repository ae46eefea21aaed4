//! `ErrorData` of client/protocol/errors.ts.

use serde::{Serialize, Serializer};
use wheatear_core::{DefinitionError, DefinitionErrorKind, ErrorCode, StatementPlace};
use wheatear_sqlite::SqliteFailure;

use super::report::ReportShape;
use crate::error::{ApplyError, Error, QueryError};

/// An error: class, code, words, where it happened as far as it knows, and what could not be undone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorData<'a, Cause> {
    pub(crate) class: &'static str,
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) migration_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statement: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sqlite: Option<FailureShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<ReportShape<'a>>,
    /// What a function in JavaScript has thrown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<Cause>,
}

#[derive(Serialize)]
pub(crate) struct FailureShape<'a> {
    pub(crate) code: i32,
    pub(crate) message: &'a str,
}

impl<Cause> ErrorData<'_, Cause> {
    /// An error that says no more than this.
    pub(crate) fn new(code: ErrorCode, message: String) -> Self {
        Self {
            class: code.class().client_name(),
            code,
            message,
            migration_id: None,
            statement: None,
            line: None,
            sqlite: None,
            report: None,
            cause: None,
        }
    }
}

/// The data of an error, without a cause.
pub(crate) fn error_data<Cause>(error: &Error) -> ErrorData<'_, Cause> {
    let mut data = ErrorData::new(error.code(), error.to_string());
    fill(&mut data, error);
    data
}

/// Says where it happened.
fn fill<'a, Cause>(data: &mut ErrorData<'a, Cause>, error: &'a Error) {
    match error {
        Error::Definition(DefinitionError { line, kind, .. }) => {
            data.line = Some(*line);
            if let DefinitionErrorKind::TransactionControl { migration, statement }
            | DefinitionErrorKind::Pragma { migration, statement, .. }
            | DefinitionErrorKind::UnbalancedTransaction { migration, statement, .. } = kind
            {
                (data.migration_id, data.statement) = (Some(migration.as_str()), Some(*statement));
            }
        }
        Error::Unsound(error) => {
            data.migration_id = Some(&error.migration);
            (data.statement, data.line) = (error.statement, Some(error.line));
        }
        Error::Apply(ApplyError::StatementFailed { place, sqlite, .. }) => at(data, Some(place), Some(sqlite)),
        Error::Apply(ApplyError::TransactionFailed { sqlite, .. }) => at(data, None, Some(sqlite)),
        Error::Apply(ApplyError::CodeFailed { migration, .. } | ApplyError::NotSql { migration, .. }) => {
            data.migration_id = Some(migration)
        }
        Error::Storage(error) => at(data, error.place.as_deref(), error.sqlite.as_ref()),
        Error::Query(QueryError::Failed { statement, line, sqlite, .. }) => {
            at(data, None, Some(sqlite));
            (data.statement, data.line) = (*statement, *line);
        }
        Error::Query(QueryError::Refused { statement, line, .. }) => {
            (data.statement, data.line) = (*statement, *line);
        }
        Error::Partial(partial) => {
            fill(data, &partial.error);
            data.migration_id = data.migration_id.or(partial.unfinished.as_deref());
            data.report = Some(ReportShape::of_opening(&partial.report));
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
        | Error::Prefix(_) => {}
    }
}

fn at<'a, Cause>(
    data: &mut ErrorData<'a, Cause>,
    place: Option<&'a StatementPlace>,
    sqlite: Option<&'a SqliteFailure>,
) {
    data.migration_id = place.map(|place| place.migration.as_str());
    data.statement = place.map(|place| place.statement).filter(|statement| *statement > 0);
    data.line = place.map(|place| place.line);
    data.sqlite = sqlite.map(|failure| FailureShape { code: failure.code, message: &failure.message });
}

/// As `ErrorData` of the npm package: `class`, `code`, `message`, and what else the error knows of `migrationId`,
/// `statement`, `line`, `sqlite` and `report`.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        error_data::<()>(self).serialize(serializer)
    }
}
