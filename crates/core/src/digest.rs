use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::line_ends::with_line_feeds;
use crate::normal_form::{normal_form, schema_form};
use crate::sorted::sort_by;

/// A SHA-256 hash: the checksum of one migration, or of a whole list of them.
///
/// Databases in the field remember these values. If they were computed differently, every applied
/// migration there would look edited, so tests pin known ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest computed earlier, such as at compile time.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The checksum of SQL: of its [normal form](normal_form), which comments, line ends and white
    /// space do not change.
    pub fn of_sql(sql: &str) -> Self {
        Self::of_normal_form(&normal_form(sql))
    }

    /// The checksum of SQL that is in its normal form already.
    pub(crate) fn of_normal_form(normal: &str) -> Self {
        Self(Sha256::digest(normal).into())
    }

    /// The checksum of an object's SQL in `sqlite_schema`: quotes around names that need none do not count, nor
    /// which line ends the file had that created it.
    pub(crate) fn of_schema(sql: &str) -> Self {
        Self::of_normal_form(&with_line_feeds(&schema_form(sql)))
    }

    /// The checksum of a migration written in code: of the version that its author gives it.
    pub fn of_code(version: &str) -> Self {
        Self(Sha256::new().chain_update("code\0").chain_update(version).finalize().into())
    }

    /// The digest of applied migrations, whatever their order: equal means equal ids and equal checksums.
    /// One comparison of it answers 'is there anything to do', however long the history is.
    ///
    /// It hashes, sorted by the bytes of the id: length of the id (u64, little endian), id, checksum.
    pub fn of_applied<'a>(applied: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let mut applied: Vec<_> = applied.into_iter().collect();
        sort_by(&mut applied, Ord::cmp);
        let mut hash = Sha256::new();
        for (id, checksum) in applied {
            hash.update((id.len() as u64).to_le_bytes());
            hash.update(id);
            hash.update(checksum.0);
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A page asks this of every migration at each visit: one by one, formatted bytes take as long as all the rest.
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        f.write_str(&digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect::<String>())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is not a [`Digest`]: that is 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a checksum is 64 hexadecimal digits")]
pub struct InvalidDigest;

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidDigest);
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| InvalidDigest)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Databases in the field hold these. If this fails, do not mend the test: bring the old way back.
    #[test]
    fn known_values_never_change() {
        let sql = Digest::of_sql("CREATE TABLE a (b);\n-- note\nINSERT INTO a VALUES ('x  y');");
        let code = Digest::of_code("1");
        let applied = Digest::of_applied([("2", code), ("1", sql)]);
        assert_eq!(sql.to_string(), "d9a285d57c162631b0b1f73e5aac997d3693236f1c2cb6e6359eda25c774eba7");
        assert_eq!(code.to_string(), "518f36608c7e9e244ff952ece6e4761b91a45ea764ef6c3554fb229a82ef3bb8");
        assert_eq!(applied.to_string(), "fd8160e85c46f4ed261d66c84ee8998cfb475a7d2abf0d5ef0a97a6bf7c29ba4");
    }

    #[test]
    fn line_ends_white_space_and_comments_do_not_change_a_checksum_and_everything_else_does() {
        let checksum = Digest::of_sql("CREATE TABLE a (b);\nINSERT INTO a VALUES (1);");
        assert_eq!(checksum, Digest::of_sql("-- why\r\nCREATE TABLE a(b);\r\n\r\nINSERT  INTO a VALUES (1)"));
        assert_ne!(checksum, Digest::of_sql("CREATE TABLE a (b);\nINSERT INTO a VALUES (2);"));
    }

    #[test]
    fn lists_of_migrations_do_not_run_together() {
        let [one, two] = ["1", "2"].map(Digest::of_code);
        let all = Digest::of_applied([("a", one), ("b", two)]);
        assert_eq!(all, Digest::of_applied([("b", two), ("a", one)]));
        for other in [vec![("a", one)], vec![("a", two), ("b", one)], vec![("ab", one), ("", two)], vec![]] {
            assert_ne!(all, Digest::of_applied(other));
        }
    }

    #[test]
    fn reads_back_what_it_writes_and_nothing_else() {
        let digest = Digest::of_code("1");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for wrong in ["", "00", &"g".repeat(64), &"é".repeat(32), &format!("{digest}0")] {
            assert_eq!(wrong.parse::<Digest>(), Err(InvalidDigest), "{wrong}");
        }
    }
}
