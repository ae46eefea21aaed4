//! Whether bytes are a database by their header, and if not, what they are instead. Whether what follows the header is
//! sound: `soundness.rs`.

use rusqlite::Connection;

use super::{StorageError, StorageErrorKind, database_file};

/// How much of a file's beginning [`examine`] looks at, in bytes.
pub(crate) const HEAD: usize = 512;

/// What a database begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Of the write and the read version, those of WAL mode; the greatest that SQLite knows.
const WAL_MODE: u8 = 2;

/// The smallest page, of which every file is a multiple.
const SMALLEST_PAGE: u64 = 512;

/// Of that many bytes at random, more than 200 differ; of text or tables, far fewer.
const DIFFERENT_IF_RANDOM: usize = 180;

/// Schema formats that SQLite knows; 0 is that of a database without any schema.
const SCHEMA_FORMATS: u32 = 4;

/// Text encodings that SQLite knows; 0 likewise. It would take another one for UTF-8 until it reads the schema again.
const TEXT_ENCODINGS: u32 = 3;

/// Refuses a file that is no database, by its first bytes ([`HEAD`], or all if it has fewer) and its size. Gives how
/// many of its bytes count: what is behind the last page, SQLite ignores.
///
/// Source: <https://www.sqlite.org/fileformat2.html#the_database_header>
pub(crate) fn examine(head: &[u8], size: u64) -> Result<u64, StorageError> {
    use StorageErrorKind::{Encrypted, InvalidPageSize, NotADatabase, Truncated};
    let refuse = |kind, reason: &str| Err(StorageError::new(kind, reason));
    if size == 0 {
        return refuse(NotADatabase, "it is empty");
    }
    if !head.starts_with(MAGIC) {
        return match size.is_multiple_of(SMALLEST_PAGE) && is_random(head) {
            true => refuse(Encrypted, "it has no SQLite header, and its bytes look random"),
            false => refuse(NotADatabase, "it does not begin with \"SQLite format 3\""),
        };
    }
    let Some(header) = head.first_chunk::<100>() else { return refuse(Truncated, "it ends within the header") };
    let page_size = page_size(header);
    if !is_page_size(page_size) {
        return refuse(InvalidPageSize, &format!("its header says {page_size} bytes"));
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    // Some programs encrypt all of a header but the size of a page.
    if number(44) > SCHEMA_FORMATS || number(56) > TEXT_ENCODINGS {
        return match is_random(head) {
            true => refuse(Encrypted, "its header is SQLite's, and the bytes behind it look random"),
            false => {
                refuse(NotADatabase, "its header asks for a schema format or a text encoding that SQLite does not have")
            }
        };
    }
    // SQLite does not read a file with such a read version, or not write to one with such a write version.
    if header[18] > WAL_MODE || header[19] > WAL_MODE {
        let [write, read] = [header[18], header[19]];
        let reason = format!("its header asks for a newer SQLite: write version {write}, read version {read}");
        return refuse(NotADatabase, &reason);
    }
    // Old versions of SQLite did not keep the number of pages; it counts if it was written with the last change.
    let pages = if number(24) == number(92) { u64::from(number(28)) } else { 0 };
    if pages > 0 && size >= pages * page_size {
        return Ok(pages * page_size);
    }
    if pages > 0 || !size.is_multiple_of(page_size) {
        let expected = pages.max(size.div_ceil(page_size)) * page_size;
        return refuse(Truncated, &format!("it has {size} bytes instead of {expected}"));
    }
    Ok(size)
}

/// In bytes, as the header says; 0 if the header is cut short.
pub(crate) fn page_size(head: &[u8]) -> u64 {
    match head.get(16..18) {
        Some([0, 1]) => 65536,
        Some([high, low]) => u64::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    }
}

/// Whether SQLite has pages of that size.
pub(crate) fn is_page_size(size: u64) -> bool {
    size.is_power_of_two() && (SMALLEST_PAGE..=65536).contains(&size)
}

/// Whether a file was in WAL mode, so that newer rows than its own may lie in a file beside it.
///
/// Source: <https://www.sqlite.org/fileformat2.html#file_format_version_numbers>
pub(crate) fn is_in_wal_mode(head: &[u8]) -> bool {
    head.starts_with(MAGIC) && head.get(18..20).is_some_and(|versions| versions.contains(&WAL_MODE))
}

/// Sets a file that was in WAL mode back: with its log applied it is a database as it is.
pub(crate) fn leave_wal_mode(head: &mut [u8]) {
    if is_in_wal_mode(head) {
        head[18..20].fill(1);
    }
}

/// [`examine`], for the file of a connection. An empty one is a new database.
pub(crate) fn examine_open(connection: &Connection) -> Result<(), StorageError> {
    let size = database_file::size(connection)?;
    if size > 0 {
        examine(&database_file::read(connection, 0, HEAD)?, size)?;
    }
    Ok(())
}

fn is_random(head: &[u8]) -> bool {
    let mut seen = [false; 256];
    head.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    seen.iter().filter(|seen| **seen).count() >= DIFFERENT_IF_RANDOM
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Mirror;
    use StorageErrorKind::{Encrypted, InvalidPageSize, NotADatabase, Truncated};

    /// A database of that page size, as SQLite writes it.
    fn database(page_size: u32) -> Vec<u8> {
        let connection = Mirror::new(0).expect("memory").connect().expect("a database");
        connection
            .execute_batch(&format!(
                "PRAGMA page_size = {page_size};
                 CREATE TABLE note (text); INSERT INTO note VALUES (hex(zeroblob(100000)));"
            ))
            .expect("a table");
        database_file::read(&connection, 0, usize::MAX).expect("its bytes")
    }

    fn verdict(bytes: &[u8]) -> Option<StorageErrorKind> {
        examine(&bytes[..bytes.len().min(HEAD)], bytes.len() as u64).err().map(|error| error.kind)
    }

    fn random(length: usize) -> Vec<u8> {
        let mut state = 88_172_645_463_325_252_u64;
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    #[test]
    fn databases_of_every_page_size_pass() {
        for page_size in [512, 1024, 4096, 8192, 32768, 65536] {
            assert_eq!(verdict(&database(page_size)), None, "{page_size}");
        }
    }

    #[test]
    fn what_is_something_else_is_no_database() {
        let text = "To be, or not to be, that is the question. ".repeat(100);
        for bytes in [&b""[..], b"x", &MAGIC[..15], text.as_bytes(), &text.as_bytes()[..1024], &[0; 4096]] {
            assert_eq!(verdict(bytes), Some(NotADatabase), "{} bytes", bytes.len());
        }
    }

    #[test]
    fn random_pages_look_encrypted_and_other_random_bytes_do_not() {
        assert_eq!(verdict(&random(4096)), Some(Encrypted));
        assert_eq!(verdict(&random(512)), Some(Encrypted));
        assert_eq!(verdict(&random(4095)), Some(NotADatabase), "no whole number of pages");
    }

    #[test]
    fn a_page_size_that_sqlite_does_not_have_is_named() {
        let mut bytes = database(4096);
        for (size, message) in [(0_u16, " 0 "), (256, " 256 "), (4095, " 4095 "), (4097, " 4097 "), (65535, " 65535 ")]
        {
            bytes[16..18].copy_from_slice(&size.to_be_bytes());
            let error = examine(&bytes[..HEAD], bytes.len() as u64).expect_err("a wrong page size");
            assert_eq!(error.kind, InvalidPageSize);
            assert!(error.reason.contains(message), "{error}");
        }
    }

    #[test]
    fn a_file_without_its_end_is_truncated() {
        let whole = database(4096);
        for length in [16, 99, 100, 1000, 4096, 8192, whole.len() - 4096, whole.len() - 1] {
            assert_eq!(verdict(&whole[..length]), Some(Truncated), "{length}");
        }
        // Written by a SQLite that did not keep the number of pages: whole pages are all that can be asked for.
        let mut old = whole.clone();
        old[92..96].fill(9);
        assert_eq!(verdict(&old[..8192]), None);
        assert_eq!(verdict(&old[..8191]), Some(Truncated));
    }

    #[test]
    fn what_is_behind_the_last_page_does_not_count() {
        for page_size in [512, 4096] {
            let whole = database(page_size);
            for behind in [1, 77, 512, 4096, 10_000] {
                let size = whole.len() + behind;
                assert_eq!(examine(&whole[..HEAD], size as u64).ok(), Some(whole.len() as u64), "{behind}");
            }
        }
    }

    #[test]
    fn versions_that_sqlite_does_not_have_are_named() {
        let mut bytes = database(4096);
        for versions in [[3, 1], [1, 3], [255, 2]] {
            bytes[18..20].copy_from_slice(&versions);
            let error = examine(&bytes[..HEAD], bytes.len() as u64).expect_err("a version");
            assert!(error.kind == NotADatabase && error.reason.contains("newer SQLite"), "{error}");
        }
    }

    #[test]
    fn a_header_before_random_bytes_is_that_of_an_encrypted_database() {
        let whole = database(4096);
        let bytes = [&whole[..32], &random(4096 - 32)].concat();
        assert_eq!(verdict(&bytes), Some(Encrypted));
        let mut bytes = [&whole[..32], &random(whole.len() - 32)].concat();
        assert_eq!(verdict(&bytes), Some(Encrypted));
        for at in [47, 59] {
            bytes.clone_from(&whole);
            bytes[at] = 9;
            assert_eq!(verdict(&bytes), Some(NotADatabase));
        }
    }

    #[test]
    fn only_the_mode_of_a_file_in_wal_mode_changes() {
        let mut head = database(512);
        let before = head.clone();
        leave_wal_mode(&mut head);
        assert_eq!(head, before);
        for versions in [[2, 2], [1, 2], [2, 1]] {
            head[18..20].copy_from_slice(&versions);
            assert!(is_in_wal_mode(&head));
            leave_wal_mode(&mut head);
            assert_eq!(head, before);
        }
        leave_wal_mode(&mut []);
    }
}
