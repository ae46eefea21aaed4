use wheatear_core::ErrorCode;
use wheatear_core::sql_text::{below, excerpt, excerpt_of_line, line_at};
use wheatear_sqlite::SqliteFailure;

/// A query, script or transaction of the application failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// SQLite refused it.
    #[error("{}{sqlite}{}", place(*.statement, *.line), below(.excerpt.as_deref()))]
    Failed {
        /// Which statement of a script, counted from 1; `None` for a query.
        statement: Option<usize>,
        /// Line of the SQL, counted from 1.
        line: Option<usize>,
        /// That line, with a mark where SQLite points; `None` if it was not the SQL that failed.
        excerpt: Option<String>,
        /// What SQLite said.
        sqlite: SqliteFailure,
    },
    /// It would change what all who use the connection rely on: see [`pragma`](wheatear_core::pragma).
    #[error("{}`{what}` is refused: {why}", place(*.statement, *.line))]
    Refused {
        /// Which statement of a script, counted from 1; `None` for a query.
        statement: Option<usize>,
        /// Line of the script, counted from 1; `None` for a query.
        line: Option<usize>,
        /// What it would do, such as `PRAGMA journal_mode`.
        what: String,
        /// Why not, and what to do instead.
        why: &'static str,
    },
    /// It was interrupted, such as by an [`InterruptHandle`](rusqlite::InterruptHandle) of
    /// [`Session::connection`](crate::Session::connection). If it wrote, its transaction is rolled back, all of it.
    #[error("the work was cancelled; nothing of it was kept")]
    Cancelled,
    /// A parameter is of a kind that SQLite cannot hold.
    #[error("parameter {parameter} cannot be stored: {reason}")]
    InvalidValue {
        /// Its number, counted from 1, or its name.
        parameter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The rows of a query are more than may be held at once: see [`Session::limit_results`](crate::Session::limit_results).
    #[error(
        "the rows of this query take more than {} MB, which is too much for a page at once, so reading was stopped and \
        nothing was changed; ask for fewer rows or columns, such as page by page: WHERE id > ? ORDER BY id LIMIT 10000",
        .limit / 1_000_000
    )]
    ResultTooLarge {
        /// How much may be held, in bytes.
        limit: u64,
    },
    /// A transaction is begun or ended where it must not be.
    #[error("{0}")]
    TransactionMisuse(&'static str),
}

impl QueryError {
    pub(crate) fn failed(sqlite: SqliteFailure) -> Self {
        Self::Failed { statement: None, line: None, excerpt: None, sqlite }.or_cancelled()
    }

    /// Of a query, which begins at `start`; SQLite points to `offset`, if anywhere.
    pub(crate) fn of_query(sql: &str, start: usize, offset: Option<usize>, sqlite: SqliteFailure) -> Self {
        let at = offset.unwrap_or(start);
        let excerpt = Some(excerpt(sql, at, offset.is_some()));
        Self::Failed { statement: None, line: Some(line_at(sql, at)), excerpt, sqlite }.or_cancelled()
    }

    /// Of the statement of a script that is, or has its fault, on `line`.
    pub(crate) fn of_statement(
        sql: &str,
        (statement, line): (usize, usize),
        offset: Option<usize>,
        sqlite: SqliteFailure,
    ) -> Self {
        let excerpt = Some(excerpt_of_line(sql, line, offset));
        Self::Failed { statement: Some(statement), line: Some(line), excerpt, sqlite }.or_cancelled()
    }

    /// An interrupt is no fault of the SQL.
    fn or_cancelled(self) -> Self {
        match self {
            Self::Failed { sqlite, .. } if sqlite.is_interrupt() => Self::Cancelled,
            error => error,
        }
    }

    /// The same place, if it was SQLite's refusal of what is refused there.
    pub(crate) fn or_refused(self, what: String, why: &'static str) -> Self {
        match self {
            Self::Failed { statement, line, .. } => Self::Refused { statement, line, what, why },
            error => error,
        }
    }

    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Failed { .. } => ErrorCode::QueryFailed,
            Self::Refused { .. } => ErrorCode::QueryRefused,
            Self::Cancelled => ErrorCode::Cancelled,
            Self::InvalidValue { .. } => ErrorCode::InvalidValue,
            Self::ResultTooLarge { .. } => ErrorCode::ResultTooLarge,
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
