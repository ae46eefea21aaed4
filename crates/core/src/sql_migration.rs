use crate::Digest;
use crate::header::Header;

/// A migration in SQL that is no file, such as one that a program has put together. What a field says counts beside
/// what [headers](crate::header) in `up` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SqlMigration {
    /// Its id, which errors name instead of a file; in the same order as the names of files.
    pub id: String,
    /// The SQL that applies it.
    pub up: String,
    /// The SQL that takes it back.
    pub down: Option<String>,
    /// Ids of the migrations that must be applied before it.
    pub depends: Vec<String>,
    /// Ids under which databases may have recorded it, because it had them before.
    /// With commas, as in `1, 2`: those of the migrations that it replaces.
    pub was: Vec<String>,
    /// Whether it runs in a transaction; `None`: as its headers say.
    pub transactional: Option<bool>,
    /// Whether foreign keys are enforced while it runs; `None`: as its headers say.
    pub foreign_keys: Option<bool>,
    /// Whether code that does not know this migration may go on using the database; `None`: as its headers say.
    pub compatible: Option<bool>,
    /// Checksums of earlier texts of this migration that count as applied too.
    pub accepted_checksums: Vec<Digest>,
}

impl SqlMigration {
    /// What its headers say, and its fields beside them.
    pub(crate) fn complete(&self, mut header: Header) -> Header {
        let at_top = |ids: &[String]| ids.iter().map(|id| (id.clone(), 1)).collect::<Vec<_>>();
        header.depends.extend(at_top(&self.depends));
        header.was.extend(at_top(&self.was));
        header.accepted_checksums.extend(&self.accepted_checksums);
        header.transactional = self.transactional.unwrap_or(header.transactional);
        header.foreign_keys = self.foreign_keys.unwrap_or(header.foreign_keys);
        header.compatible = self.compatible.unwrap_or(header.compatible);
        header
    }
}
