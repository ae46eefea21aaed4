use wheatear_sqlite::SqliteFailure;

/// A schema cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schema of the database cannot be read: {sqlite}")]
#[non_exhaustive]
pub struct Error {
    /// What SQLite said.
    pub sqlite: SqliteFailure,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self { sqlite: error.into() }
    }
}
