use std::fmt;

/// A statement of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementPlace {
    /// Id of the migration.
    pub migration: String,
    /// Path of its file.
    pub file: String,
    /// Which statement of the file, counted from 1; 0 if it is what they leave behind together.
    pub statement: usize,
    /// Line in the file, counted from 1.
    pub line: usize,
}

impl StatementPlace {
    /// A statement of this migration, in this file.
    pub fn new(migration: impl Into<String>, file: impl Into<String>, statement: usize, line: usize) -> Self {
        Self { migration: migration.into(), file: file.into(), statement, line }
    }
}

impl fmt::Display for StatementPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { migration, file, statement, line } = self;
        match statement {
            0 => write!(f, "{file}:{line}: migration \"{migration}\""),
            _ => write!(f, "{file}:{line}: statement {statement} of migration \"{migration}\""),
        }
    }
}
