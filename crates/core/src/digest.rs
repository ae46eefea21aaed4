use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::Migration;

/// Fingerprint of an ordered list of migrations: equal digests mean equal ids and equal SQL.
///
/// One comparison of it answers 'is there anything to do', however long the history is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest computed earlier, such as at compile time.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the SHA-256 hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 over id, up and down of each migration, each field behind its length in bytes
    /// (u64, little endian; `u64::MAX` for an absent down), so that no two lists run together.
    ///
    /// Databases in the field remember this value: if it were computed differently, each of them would
    /// read its whole history on every start until its next migration. A test pins it.
    pub(crate) fn of(migrations: &[Migration]) -> Self {
        let mut hash = Sha256::new();
        let mut field = |text: Option<&str>| {
            hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            hash.update(text.unwrap_or_default());
        };
        for migration in migrations {
            field(Some(migration.id()));
            field(Some(migration.up()));
            field(migration.down());
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
