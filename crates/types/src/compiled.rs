//! What SQLite says of a statement that it has compiled.

use std::ffi::{CStr, c_char, c_int};

use rusqlite::{Connection, ffi};

/// A statement that compiles.
pub(crate) struct Compiled {
    /// Names of the result's columns, and the type that the column is declared with from which each comes, if any.
    pub columns: Vec<(String, Option<String>)>,
    /// Names of the parameters, such as `:addr`, with the character before it; `None` for `?`.
    pub parameters: Vec<Option<String>>,
    /// Where in the text the statement ends.
    pub end: usize,
}

/// Why a statement does not compile.
pub(crate) struct Refused {
    /// What SQLite said.
    pub message: String,
    /// Where in the text it points, in bytes.
    pub offset: Option<usize>,
}

/// Compiles the first statement of a text, and runs nothing. Without a statement there are neither columns nor parameters.
///
/// Source: <https://www.sqlite.org/c3ref/prepare.html>, <https://www.sqlite.org/c3ref/column_decltype.html>
#[allow(unsafe_code)]
pub(crate) fn compile(connection: &Connection, sql: &str) -> Result<Compiled, Refused> {
    let refused = |message: &str| Refused { message: message.to_owned(), offset: None };
    let length = c_int::try_from(sql.len()).map_err(|_| refused("it is too long"))?;
    let (mut statement, mut tail) = (std::ptr::null_mut(), std::ptr::null());
    // SAFETY: the connection is open and stays in this thread; SQLite reads so many bytes of the text, and its strings are
    // copied before the next call. The statement is ended here, and never used again.
    unsafe {
        let database = connection.handle();
        let code = ffi::sqlite3_prepare_v3(database, sql.as_ptr().cast(), length, 0, &mut statement, &mut tail);
        if code != ffi::SQLITE_OK {
            let message = text(ffi::sqlite3_errmsg(database)).unwrap_or_default();
            let offset = usize::try_from(ffi::sqlite3_error_offset(database)).ok();
            return Err(Refused { message, offset });
        }
        let (mut columns, mut parameters) = (Vec::new(), Vec::new());
        if !statement.is_null() {
            for index in 0..ffi::sqlite3_column_count(statement) {
                let name = text(ffi::sqlite3_column_name(statement, index)).unwrap_or_default();
                columns.push((name, text(ffi::sqlite3_column_decltype(statement, index))));
            }
            for index in 1..=ffi::sqlite3_bind_parameter_count(statement) {
                parameters.push(text(ffi::sqlite3_bind_parameter_name(statement, index)));
            }
            ffi::sqlite3_finalize(statement);
        }
        let end = if tail.is_null() { sql.len() } else { tail as usize - sql.as_ptr() as usize };
        Ok(Compiled { columns, parameters, end })
    }
}

#[allow(unsafe_code)]
unsafe fn text(text: *const c_char) -> Option<String> {
    // SAFETY: as the caller says, it is null or ends with a NUL.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
