use rusqlite::{Connection, ffi};
use wheatear_sqlite::sqlite_api;

/// What a statement may ask of the stack, which in wasm is small: what is more than this SQLite refuses, where it would
/// overflow the stack and so end the worker. Most of SQLite's own limits are low enough: `tests/package/queries/limits.suite.mjs` looks just below and
/// above each of them, in every browser. For chains of hundreds of views, triggers or generated columns it has none that
/// helps. Natively this is a database in memory that behaves as it does in a page.
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
