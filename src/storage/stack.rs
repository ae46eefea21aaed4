use rusqlite::{Connection, ffi};
use wheatear_sqlite::sqlite_api;

/// SQLite's limits that are lower here than its own, because a statement that overflows the stack, which is small in
/// wasm, ends the worker: SQLite refuses what is above a limit. Most of its own limits are low enough:
/// `tests/package/queries/limits.suite.mjs` looks just below and above each of them, in every browser. Against chains
/// of hundreds of views, triggers or generated columns SQLite has no limit that helps. A mirror has these limits
/// natively too, so that it behaves as in a page.
const LIMITS: [(i32, i32); 1] = [
    // In bytes. Each wildcard takes some of the stack: Chromium bears 3,000 of them, each before another character.
    (ffi::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 4000),
];

/// Sees to it that no statement overflows the stack.
pub(crate) fn bound(connection: &Connection) {
    for (id, limit) in LIMITS {
        sqlite_api::set_limit(connection, id, limit);
    }
}
