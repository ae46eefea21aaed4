//! What rusqlite does not offer, or only for names that are UTF-8: in a file from elsewhere they need not be.

use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::Arc;

use rusqlite::{Connection, ffi};

/// Something that a statement would do, told while SQLite compiles it.
///
/// Source: <https://www.sqlite.org/c3ref/c_alter_table.html>
pub struct Action<'a> {
    /// Such as `SQLITE_INSERT`.
    pub code: c_int,
    /// What the code says that it is, such as the name of a table.
    pub first: Option<Cow<'a, str>>,
    /// Likewise.
    pub second: Option<Cow<'a, str>>,
    /// Such as `main`.
    pub schema: Option<Cow<'a, str>>,
}

/// Hears of every action, and may refuse it: the statement then fails with `SQLITE_AUTH`.
pub trait Authorizer: Send + Sync + 'static {
    /// Whether it may be done.
    fn allows(&self, action: &Action<'_>) -> bool;
}

/// From now on `authorizer` hears what this connection compiles, and everything compiled before is compiled again.
///
/// # Errors
/// If there is no memory for it.
#[allow(unsafe_code)]
pub fn authorize<A: Authorizer>(connection: &Connection, authorizer: Arc<A>) -> rusqlite::Result<()> {
    // SAFETY: the connection owns what the callback is given, and frees it when it is closed and calls nothing any
    // more. What was there under this name is freed, and the callback with it is replaced before anything is compiled.
    let code = unsafe {
        let given = connection.set_clientdata(c"wheatear", Some(authorizer))?;
        ffi::sqlite3_set_authorizer(connection.handle(), Some(call::<A>), given.cast())
    };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)) }
}

#[allow(unsafe_code)]
unsafe extern "C" fn call<A: Authorizer>(
    given: *mut c_void,
    code: c_int,
    first: *const c_char,
    second: *const c_char,
    schema: *const c_char,
    _within: *const c_char,
) -> c_int {
    // SAFETY: it is what `authorize` gave; SQLite's strings live as long as this call.
    let (authorizer, action) = unsafe {
        let action = Action { code, first: text(first), second: text(second), schema: text(schema) };
        (&*given.cast::<Arc<A>>(), action)
    };
    if authorizer.allows(&action) { ffi::SQLITE_OK } else { ffi::SQLITE_DENY }
}

/// Runs `work`, and gives beside its result the text of every statement that this connection ran meanwhile, with the
/// values of its parameters in it; not of those that triggers ran.
///
/// Source: <https://www.sqlite.org/c3ref/trace_v2.html>
#[allow(unsafe_code)]
pub fn statements_of<T>(connection: &Connection, work: impl FnOnce() -> T) -> (T, Vec<String>) {
    struct Listening<'a>(&'a Connection);
    impl Drop for Listening<'_> {
        fn drop(&mut self) {
            // SAFETY: the connection is open; from now on it calls nothing.
            unsafe { ffi::sqlite3_trace_v2(self.0.handle(), 0, None, std::ptr::null_mut()) };
        }
    }
    let mut texts: Vec<String> = Vec::new();
    // SAFETY: the list lives until the guard is dropped, and nothing else touches it before.
    let result = unsafe {
        let _listening = Listening(connection);
        let given = (&raw mut texts).cast();
        ffi::sqlite3_trace_v2(connection.handle(), ffi::SQLITE_TRACE_STMT as _, Some(note), given);
        work()
    };
    (result, texts)
}

#[allow(unsafe_code)]
unsafe extern "C" fn note(_: c_uint, given: *mut c_void, statement: *mut c_void, sql: *mut c_void) -> c_int {
    // SAFETY: it is what `statements_of` gave, a statement and its text; the expanded text is ours to free.
    unsafe {
        // A statement of a trigger comes as a comment.
        if !text(sql.cast()).is_some_and(|sql| sql.starts_with("--")) {
            let expanded = ffi::sqlite3_expanded_sql(statement.cast());
            let texts = &mut *given.cast::<Vec<String>>();
            texts.extend(text(expanded).map(Cow::into_owned));
            ffi::sqlite3_free(expanded.cast());
        }
    }
    0
}

/// Sets one of the limits that SQLite checks for this connection.
///
/// Source: <https://www.sqlite.org/c3ref/limit.html>
#[allow(unsafe_code)]
pub fn set_limit(connection: &Connection, id: c_int, limit: c_int) {
    // SAFETY: the connection is open, and an id that SQLite does not know does nothing.
    unsafe { ffi::sqlite3_limit(connection.handle(), id, limit) };
}

/// Names of the columns of the statement that this connection has compiled from `sql`, and has run a step of.
#[allow(unsafe_code)]
pub fn column_names(connection: &Connection, sql: &str) -> Vec<String> {
    let name = |name: Option<Cow<'_, str>>| name.unwrap_or_default().into_owned();
    // SAFETY: a list of statements that nothing changes meanwhile, because rusqlite's connections stay in one thread;
    // each string is copied before the next call.
    unsafe {
        let mut found = std::ptr::null_mut();
        let mut next = ffi::sqlite3_next_stmt(connection.handle(), found);
        while !next.is_null() {
            if is_text_of(sql, ffi::sqlite3_sql(next)) {
                found = next;
                // Of several with this text it is the one at work.
                if ffi::sqlite3_stmt_busy(next) != 0 {
                    break;
                }
            }
            next = ffi::sqlite3_next_stmt(connection.handle(), next);
        }
        let count = if found.is_null() { 0 } else { ffi::sqlite3_column_count(found) };
        (0..count).map(|index| name(text(ffi::sqlite3_column_name(found, index)))).collect()
    }
}

/// Whether a statement's text is all of `sql`, but for what comes behind its semicolon.
#[allow(unsafe_code)]
unsafe fn is_text_of(sql: &str, statement: *const c_char) -> bool {
    // SAFETY: as the caller says.
    let statement = if statement.is_null() { &[][..] } else { unsafe { CStr::from_ptr(statement) }.to_bytes() };
    sql.as_bytes().starts_with(statement) && (statement.len() == sql.len() || statement.ends_with(b";"))
}

/// What `last_insert_rowid` is from now on.
#[allow(unsafe_code)]
pub fn set_last_insert_rowid(connection: &Connection, rowid: i64) {
    // SAFETY: it writes a number of an open connection.
    unsafe { ffi::sqlite3_set_last_insert_rowid(connection.handle(), rowid) }
}

#[allow(unsafe_code)]
unsafe fn text<'a>(text: *const c_char) -> Option<Cow<'a, str>> {
    // SAFETY: as the caller says, it is null or ends with a NUL, and lives long enough.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy())
}
