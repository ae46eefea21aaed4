use std::borrow::Cow;

/// A migration written in code, as a set sees it: everything but the functions themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeMigration {
    /// Its id, in the same order as the names of files: `0003.backfill` comes after `0002.alter-table`.
    pub id: Cow<'static, str>,
    /// Its author's name for what the function does. Change it, and databases that applied the old one
    /// count as edited.
    pub version: Cow<'static, str>,
    /// Ids of the migrations that must be applied before it.
    pub depends: Cow<'static, [Cow<'static, str>]>,
    /// Ids under which databases may have recorded it, because it had them before.
    /// With commas, as in `1, 2`: those of the migrations that it replaces.
    pub was: Cow<'static, [Cow<'static, str>]>,
    /// Whether code that does not know this migration may go on using the database.
    pub compatible: bool,
    /// Whether there is a function that takes it back.
    pub has_down: bool,
}

impl CodeMigration {
    /// What errors name instead of a file.
    pub(crate) fn place(&self) -> String {
        format!("code step {}", self.id)
    }
}
