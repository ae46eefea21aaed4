use wheatear_core::ErrorCode;
use wheatear_sqlite::SqliteFailure;

/// A query, script or transaction of the application failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// SQLite refused it.
    #[error("{}{sqlite}", place(*.statement, *.line))]
    Failed {
        /// Which statement of a script, counted from 1; `None` for a query.
        statement: Option<usize>,
        /// Line of the script, counted from 1; `None` for a query.
        line: Option<usize>,
        /// What SQLite said.
        sqlite: SqliteFailure,
    },
    /// A parameter is of a kind that SQLite cannot hold.
    #[error("parameter {parameter} cannot be stored: {reason}")]
    InvalidValue {
        /// Its number, counted from 1, or its name.
        parameter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A transaction is begun or ended where it must not be.
    #[error("{0}")]
    TransactionMisuse(&'static str),
}

impl QueryError {
    pub(crate) fn failed(sqlite: SqliteFailure) -> Self {
        Self::Failed { statement: None, line: None, sqlite }
    }

    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Failed { .. } => ErrorCode::QueryFailed,
            Self::InvalidValue { .. } => ErrorCode::InvalidValue,
            Self::TransactionMisuse(_) => ErrorCode::TransactionMisuse,
        }
    }
}

fn place(statement: Option<usize>, line: Option<usize>) -> String {
    match (statement, line) {
        (Some(statement), Some(line)) => format!("statement {statement} on line {line} failed: "),
        _ => String::new(),
    }
}
