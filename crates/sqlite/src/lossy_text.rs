use rusqlite::Row;

/// Text of a database, for people or for comparing: SQLite does not see to it that it is UTF-8, and what is not must
/// not be in the way. NULL is empty.
///
/// # Errors
/// If there is no such column.
pub fn lossy_text(row: &Row<'_>, index: usize) -> rusqlite::Result<String> {
    let bytes = row.get_ref(index)?.as_bytes_or_null().ok().flatten().unwrap_or_default();
    Ok(String::from_utf8_lossy(bytes).into_owned())
}
