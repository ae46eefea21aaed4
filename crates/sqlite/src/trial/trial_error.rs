use std::fmt;

use wheatear_core::sql_text::below;

use crate::SqliteFailure;

/// A migration that SQLite refuses, or one that would fail in a database that is in use.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {direction} migration \"{migration}\" {}{fault}{}", at_statement(.fault, *.statement), below(.excerpt.as_deref()))]
#[non_exhaustive]
pub struct TrialError {
    /// Id of the migration.
    pub migration: String,
    /// Path of its file.
    pub file: String,
    /// What was tried, such as `applying`.
    pub direction: &'static str,
    /// Which statement of the file, counted from 1; `None` if it is what they leave behind together.
    pub statement: Option<usize>,
    /// Line in the file, counted from 1.
    pub line: usize,
    /// The line, with a mark where SQLite points; `None` if it points nowhere.
    pub excerpt: Option<String>,
    /// What is wrong.
    pub fault: Box<TrialFault>,
}

impl TrialError {
    /// What SQLite says of a database in memory apart from any migration.
    pub fn unusable(error: rusqlite::Error) -> Self {
        Self {
            migration: String::new(),
            file: "a database in memory".to_owned(),
            direction: "preparing",
            statement: None,
            line: 1,
            excerpt: None,
            fault: Box::new(TrialFault::Sqlite(error.into())),
        }
    }
}

/// What is wrong with a migration that was tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrialFault {
    /// SQLite refused a statement.
    Sqlite(SqliteFailure),
    /// A foreign key leads nowhere; what SQLite would say, or which one it is.
    ForeignKey(String),
    /// A column can be added only while its table is empty.
    AddedColumn {
        /// The table.
        table: String,
        /// Whether it takes a row with NULL where the table allows that, and not just any.
        takes_null: bool,
        /// What SQLite says then.
        sqlite: SqliteFailure,
    },
    /// Rows are copied without a value that they need.
    CopiedRow(SqliteFailure),
    /// A view or trigger needs what does not exist.
    Dangling {
        /// `view` or `trigger`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// What SQLite says when it is used.
        message: String,
    },
}

fn at_statement(fault: &TrialFault, statement: Option<usize>) -> String {
    let verb = match fault {
        TrialFault::Sqlite(_) => "failed",
        TrialFault::AddedColumn { .. } | TrialFault::CopiedRow(_) => "would fail",
        TrialFault::ForeignKey(_) | TrialFault::Dangling { .. } => "leaves a fault",
    };
    match statement {
        Some(statement) => format!("{verb} at statement {statement}"),
        None => verb.to_owned(),
    }
}

impl fmt::Display for TrialFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(sqlite) => write!(f, ": {sqlite}"),
            Self::ForeignKey(what) => write!(f, ": {what}"),
            Self::AddedColumn { table, takes_null, sqlite } => write!(
                f,
                " as soon as \"{table}\" has a row{}: {sqlite}; give the column a constant default that it may have, \
                 or rebuild the table (https://www.sqlite.org/lang_altertable.html#otheralter)",
                if *takes_null { " with NULL where it may have one" } else { "" },
            ),
            Self::CopiedRow(sqlite) => write!(
                f,
                " as soon as there is a row to copy: {sqlite}; copy a value into that column too, or give it a default"
            ),
            Self::Dangling { kind, name, message } => write!(
                f,
                ": {kind} \"{name}\" cannot be used: {message}; create it again, or rebuild a table as SQLite asks \
                 for: make the new one under another name, copy, drop the old one, rename"
            ),
        }
    }
}
