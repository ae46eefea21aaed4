use std::fmt;

use rusqlite::Row;
use rusqlite::types::Type;
use wheatear_core::StepOperation;

/// Something that was done to a database, as its log tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEntry {
    /// What.
    pub operation: StepOperation,
    /// Id of the migration; of a `rename` both, such as `0002.users -> 0003.users`, or `1, 2 -> 3` where
    /// one replaces several.
    pub migration: String,
    /// How it went.
    pub outcome: Outcome,
    /// When: UTC, ISO 8601 with milliseconds, such as `2024-05-01T12:00:00.000Z`.
    pub at: String,
    /// Version of this library.
    pub library_version: String,
    /// Version of the application, if it told: [`Migrator::app_version`](crate::Migrator::app_version).
    pub app_version: Option<String>,
}

/// How something went.
///
/// What fails inside of a transaction leaves no line, because nothing of it remains. Outside, a line
/// is written before and another one after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is done.
    Done,
    /// A migration that runs outside of a transaction began; if no other line follows, it was cut short.
    Started,
    /// A migration that runs outside of a transaction failed.
    Failed,
}

impl Outcome {
    /// The word in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Started => "started",
            Self::Failed => "failed",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        [Self::Done, Self::Started, Self::Failed].into_iter().find(|outcome| outcome.as_str() == word)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a column's word stands for.
fn word<T>(row: &Row<'_>, column: usize, of_word: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    let unknown =
        || rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("{word:?} is unknown").into());
    of_word(&word).ok_or_else(unknown)
}

impl LogEntry {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            operation: word(row, 0, StepOperation::of_word)?,
            migration: row.get(1)?,
            outcome: word(row, 2, Outcome::of_word)?,
            at: row.get(3)?,
            library_version: row.get(4)?,
            app_version: row.get(5)?,
        })
    }
}

impl fmt::Display for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, migration, outcome, at, library_version, app_version } = self;
        write!(f, "{at} {operation} {migration}: {outcome} (wheatear {library_version}")?;
        if let Some(version) = app_version {
            write!(f, ", app {version}")?;
        }
        f.write_str(")")
    }
}
