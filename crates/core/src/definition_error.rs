use crate::ErrorCode;

/// A migration file, or the set of them, is written wrongly. Points at the file and line to mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {kind}")]
pub struct DefinitionError {
    /// Path of the file as it was given to [`SetDefinition::from_files`](crate::SetDefinition::from_files).
    pub file: String,
    /// Line in that file, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: DefinitionErrorKind,
}

/// What is wrong with a migration file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionErrorKind {
    /// The name does not say which migration this is or what part of it.
    #[error("{0}")]
    InvalidName(String),
    /// Two files have the same id, or ids that only a case-sensitive file system tells apart.
    #[error("the id \"{id}\" is taken by {other} already (upper and lower case count as the same); rename one of them")]
    DuplicateId {
        /// The id of this file.
        id: String,
        /// The file that has it too.
        other: String,
    },
    /// A `-- depends:` header names a migration that is not in the set.
    #[error("depends on \"{dependency}\", which does not exist{}", did_you_mean(.suggestion.as_deref()))]
    UnknownDependency {
        /// The id as written.
        dependency: String,
        /// An existing id that looks much like it.
        suggestion: Option<String>,
    },
    /// `-- depends:` headers lead back to where they started.
    #[error("migrations depend on each other in a circle: {}; remove one of these `-- depends:`", .0.join(" -> "))]
    DependencyCycle(
        /// Ids along the circle, the first one again at the end.
        Vec<String>,
    ),
    /// A comment looks like a header and cannot be read as one.
    #[error("{0}")]
    InvalidHeader(String),
    /// A statement begins or ends a transaction.
    #[error(
        "statement {statement} of migration \"{migration}\" begins or ends a transaction, or does not work inside of one; remove it, or let the migration run outside with the header `-- transactional: false`"
    )]
    TransactionControl {
        /// Id of the migration.
        migration: String,
        /// Which statement of the file, counted from 1.
        statement: usize,
    },
    /// A script ends what it did not begin, or begins what it does not end.
    #[error("statement {statement} of migration \"{migration}\" {what}")]
    UnbalancedTransaction {
        /// Id of the migration.
        migration: String,
        /// Which statement of the file, counted from 1.
        statement: usize,
        /// What it does.
        what: &'static str,
    },
    /// A pragma is set that does nothing where it stands, or harm: see [`pragma`](crate::pragma).
    #[error("statement {statement} of migration \"{migration}\" sets `PRAGMA {name}`: {why}")]
    Pragma {
        /// Id of the migration.
        migration: String,
        /// Which statement of the file, counted from 1.
        statement: usize,
        /// Name of the pragma, as written.
        name: String,
        /// Why it is refused, and what to do instead.
        why: &'static str,
    },
    /// A file has no statement.
    #[error(
        "the file of migration \"{migration}\" holds no statement; if there is nothing to do on purpose, write `SELECT 1;`"
    )]
    EmptyMigration {
        /// Id of the migration.
        migration: String,
    },
    /// There are files, and none of them is a migration.
    #[error("there is no migration among these files: {}", no_migrations(.passed_over))]
    NoMigrations {
        /// The files that are there.
        passed_over: Vec<String>,
    },
    /// The folder or file cannot be read, or holds what is not text.
    #[error("{0}")]
    UnreadableFile(String),
}

impl DefinitionError {
    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self.kind {
            DefinitionErrorKind::InvalidName(_) => ErrorCode::InvalidName,
            DefinitionErrorKind::DuplicateId { .. } => ErrorCode::DuplicateId,
            DefinitionErrorKind::UnknownDependency { .. } => ErrorCode::UnknownDependency,
            DefinitionErrorKind::DependencyCycle(_) => ErrorCode::DependencyCycle,
            DefinitionErrorKind::InvalidHeader(_) => ErrorCode::InvalidHeader,
            DefinitionErrorKind::TransactionControl { .. } | DefinitionErrorKind::UnbalancedTransaction { .. } => {
                ErrorCode::TransactionControl
            }
            DefinitionErrorKind::Pragma { .. } => ErrorCode::InvalidPragma,
            DefinitionErrorKind::EmptyMigration { .. } => ErrorCode::EmptyMigration,
            DefinitionErrorKind::NoMigrations { .. } => ErrorCode::NoMigrations,
            DefinitionErrorKind::UnreadableFile(_) => ErrorCode::UnreadableFile,
        }
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|id| format!("; did you mean \"{id}\"?")).unwrap_or_default()
}

/// The first few of these files, and what to do about them. Folders end in `/`.
pub fn no_migrations(files: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = files.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if files.len() > SHOWN {
        text += &format!(" and {} more", files.len() - SHOWN);
    }
    text += "; a migration is a file X.sql, and X.rollback.sql takes it back";
    if files.iter().any(|file| file.ends_with('/')) {
        text += "; the files of a folder in the folder are not read: move them up";
    }
    if files.iter().any(|file| file.to_ascii_lowercase().ends_with(".py")) {
        text += "; what a step of yoyo in Python says, write as SQL";
    }
    text
}
