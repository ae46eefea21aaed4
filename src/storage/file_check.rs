//! Whether bytes are a database, and if not, what they are instead.

use rusqlite::Connection;
use wheatear_sqlite::lossy_text;

use super::{StorageError, StorageErrorKind, database_file, or_storage};
use crate::error::Error;
use crate::query_error::QueryError;

/// How much of a file's beginning [`examine`] looks at, in bytes.
pub(crate) const HEAD: usize = 512;

/// What a database begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The smallest page, of which every file is a multiple.
const SMALLEST_PAGE: u64 = 512;

/// Of that many bytes at random, more than 200 differ; of text or tables, far fewer.
const DIFFERENT_IF_RANDOM: usize = 180;

/// Refuses a file that is no database, by its first bytes ([`HEAD`], or all if it has fewer) and its size.
///
/// Source: <https://www.sqlite.org/fileformat2.html#the_database_header>
pub(crate) fn examine(head: &[u8], size: u64) -> Result<(), StorageError> {
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
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65536,
        bytes => u64::from(bytes),
    };
    if !page_size.is_power_of_two() || page_size < SMALLEST_PAGE {
        return refuse(InvalidPageSize, &format!("its header says {page_size} bytes"));
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    // Old versions of SQLite did not keep the number of pages; it counts if it was written with the last change.
    let pages = if number(24) == number(92) { u64::from(number(28)) } else { 0 };
    if size < pages * page_size || !size.is_multiple_of(page_size) {
        let expected = pages.max(size.div_ceil(page_size)) * page_size;
        return refuse(Truncated, &format!("it has {size} bytes instead of {expected}"));
    }
    Ok(())
}

/// Sets a file that was in WAL mode back: without its WAL, which does not come along, it is a database as it is.
///
/// Source: <https://www.sqlite.org/fileformat2.html#file_format_version_numbers>
pub(crate) fn leave_wal_mode(head: &mut [u8]) {
    if let Some(versions @ [2, 2]) = head.get_mut(18..20) {
        versions.fill(1);
    }
}

/// [`examine`], for the file of a connection. An empty one is a new database.
pub(crate) fn examine_open(connection: &Connection) -> Result<(), Error> {
    let size = database_file::size(connection).map_err(storage_error)?;
    if size > 0 {
        examine(&database_file::read(connection, 0, HEAD).map_err(storage_error)?, size)?;
    }
    Ok(())
}

/// Checks all of an open database.
pub(crate) fn check(connection: &Connection) -> Result<(), Error> {
    examine_open(connection)?;
    // One fault is enough to know.
    let verdict = connection.query_row("PRAGMA main.integrity_check(1)", [], |row| lossy_text(row, 0));
    match verdict.map_err(storage_error)?.as_str() {
        "ok" => Ok(()),
        fault => Err(StorageError::new(StorageErrorKind::Corrupt, fault).into()),
    }
}

fn storage_error(error: rusqlite::Error) -> Error {
    or_storage(error, QueryError::failed)
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
    fn pages_behind_the_last_one_do_no_harm() {
        let mut bytes = database(512);
        bytes.extend([0; 512]);
        assert_eq!(verdict(&bytes), None);
    }

    #[test]
    fn only_the_mode_of_a_file_in_wal_mode_changes() {
        let mut head = database(512);
        let before = head.clone();
        leave_wal_mode(&mut head);
        assert_eq!(head, before);
        head[18..20].fill(2);
        leave_wal_mode(&mut head);
        assert_eq!(head, before);
        leave_wal_mode(&mut []);
    }
}
