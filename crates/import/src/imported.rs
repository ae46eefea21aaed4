use wheatear_core::SourceFile;

/// A folder of Wheatear's, and what is to be known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// `X.sql`, `X.rollback.sql` and hooks, without folders, each migration behind those that run before it. They are a set:
    /// [`SetDefinition::from_files`](wheatear_core::SetDefinition::from_files) accepts them.
    pub files: Vec<SourceFile>,
    /// What is not as it was, one sentence each, for people.
    pub notes: Vec<String>,
}
