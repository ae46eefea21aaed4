use std::fmt;

/// What another tool has recorded, and why that cannot be taken over. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unadoptable {
    /// What does not fit.
    pub mismatch: Mismatch,
    /// Whose record it is.
    pub tool: &'static str,
    /// The migrations that it is about, as they are recorded.
    pub recorded: Vec<String>,
    /// What of the set it is about: a file, or ids.
    pub here: Vec<String>,
}

/// Why a record cannot be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// There is no record.
    NoRecord,
    /// Another tool has a record, too, and each says that something is applied.
    Several,
    /// It does not tell which migrations of a set are applied, or is not as the tool makes it.
    Unreadable,
    /// A migration has failed, and half of it may be there.
    Failed,
    /// A migration was begun, and did not come to its end.
    Dirty,
    /// The text of a migration is not the one that was applied.
    Edited,
    /// Migrations are recorded that the set lacks.
    Unknown,
    /// What is recorded may be any of several migrations.
    Ambiguous,
    /// A migration is not recorded, and a later one is.
    Gap,
    /// A migration was taken back, and a later one is applied.
    Reverted,
}

impl Unadoptable {
    /// A record that cannot be taken over.
    pub fn new(mismatch: Mismatch, tool: &'static str, recorded: Vec<String>, here: Vec<String>) -> Self {
        Self { mismatch, tool, recorded, here }
    }
}

impl fmt::Display for Unadoptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mismatch, tool, recorded, here } = self;
        let what = match mismatch {
            Mismatch::NoRecord => "which migrations are applied here",
            Mismatch::Several => "what is applied, and so has",
            Mismatch::Unreadable => "what does not tell which of these migrations are applied",
            Mismatch::Failed => "as failed, so that half of it may be there",
            Mismatch::Dirty => "as dirty: it was begun and did not come to its end",
            Mismatch::Edited => "with the checksum of another text, so that this was edited since:",
            Mismatch::Unknown => "which is not among these migrations",
            Mismatch::Ambiguous => "which may be each of",
            Mismatch::Gap => "as applied, and not what must be there with it:",
            Mismatch::Reverted => "as applied, and as taken back what comes before that:",
        };
        let list = |ids: &[String]| ids.iter().map(|id| format!("\"{id}\" ")).collect::<String>();
        let text = format!("{tool} has recorded {}{what} {}", list(recorded), list(here));
        write!(f, "{}; mend that, or name the migration that the database is at as its baseline", text.trim_end())
    }
}
