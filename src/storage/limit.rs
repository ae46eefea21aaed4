//! Limits that a database sets itself, which SQLite calls a full disk.

use rusqlite::{Connection, ffi};
use wheatear_sqlite::{SqliteFailure, first_row, one_row};

/// `PRAGMA max_page_count` where nobody has set it.
///
/// Source: <https://www.sqlite.org/limits.html#max_page_count>
const MOST_PAGES: i64 = 0xffff_fffe;

/// A statement's failure in words that name the limit which it met; `None` if it met no such limit.
pub(crate) fn limit_met(connection: &Connection, failure: &SqliteFailure) -> Option<SqliteFailure> {
    let mut named = failure.clone();
    named.message = limit(connection, failure)?;
    Some(named)
}

/// The limit that was met, as far as the database still shows it once what met it is rolled back.
///
/// Source: <https://www.sqlite.org/autoinc.html>, <https://www.sqlite.org/pragma.html#pragma_max_page_count>
fn limit(connection: &Connection, failure: &SqliteFailure) -> Option<String> {
    if failure.primary_code() != ffi::SQLITE_FULL {
        return None;
    }
    let pages: Option<i64> = one_row(connection, "PRAGMA main.max_page_count", &[], |row| row.get(0)).ok();
    if let Some(pages) = pages.filter(|pages| *pages < MOST_PAGES) {
        return Some(format!("the database may have no more than {pages} pages; raise PRAGMA max_page_count"));
    }
    let used_up = format!("SELECT name FROM main.sqlite_sequence WHERE seq = {}", i64::MAX);
    let table: Option<String> = first_row(connection, &used_up, &[], |row| row.get(0)).ok().flatten();
    table.map(|table| {
        format!("the ids of \"{table}\" are used up: AUTOINCREMENT gives none above {}; give ids yourself, or lower its row in sqlite_sequence", i64::MAX)
    })
}
