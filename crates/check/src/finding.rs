use std::fmt;

use serde::Serialize;
use wheatear_core::sql_text::below;

use crate::Lint;

/// A danger that a lint has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Finding {
    /// Which lint; its id when serialized.
    pub lint: Lint,
    /// Path of the file.
    pub file: String,
    /// Line in the file, counted from 1.
    pub line: usize,
    /// The line with its number, as an error shows it; `None` if the whole file is meant.
    pub sql: Option<String>,
    /// What was found, with the names and rows that show it.
    pub message: String,
    /// What to do instead.
    pub remedy: String,
}

/// File, line and what was found; then the SQL, what to do, and where more is said.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lint, file, line, sql, message, remedy } = self;
        let sql = below(sql.as_deref());
        write!(f, "{file}:{line}: {message}{sql}\n  {remedy} ({lint}: {})", lint.documentation())
    }
}

/// What the lints say about a set that can be built and applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Checked {
    /// The findings, in the order in which the migrations apply.
    pub findings: Vec<Finding>,
}
