use rusqlite::Row;
use rusqlite::types::ValueRef;

/// About what a row takes once it is an object of JavaScript.
pub(super) fn bytes_of(row: &Row<'_>) -> u64 {
    let count = row.as_ref().column_count();
    let content = |index| match row.get_ref(index) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes.len() as u64,
        _ => 0,
    };
    100 + (0..count).map(|index| 50 + content(index)).sum::<u64>()
}
