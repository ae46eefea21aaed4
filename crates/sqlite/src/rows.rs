use rusqlite::{Connection, Row, ToSql};

/// Every row of a query, as `read` makes it. rusqlite's own ways of reading rows are compiled anew for every kind of row
/// and parameters, which a page would download.
///
/// # Errors
/// What SQLite says, or `read`.
pub fn all_rows<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut all = Vec::new();
    let mut add = |row: &Row<'_>| {
        all.push(read(row)?);
        Ok(true)
    };
    each_row(connection, sql, parameters, &mut add)?;
    Ok(all)
}

/// The first row of a query, as `read` makes it, if there is one.
///
/// # Errors
/// As [`all_rows`].
pub fn first_row<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    let mut first = None;
    let mut keep = |row: &Row<'_>| {
        first = Some(read(row)?);
        Ok(false)
    };
    each_row(connection, sql, parameters, &mut keep)?;
    Ok(first)
}

/// The same of a query that always has a row.
///
/// # Errors
/// As [`all_rows`]; and `QueryReturnedNoRows`.
pub fn one_row<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    first_row(connection, sql, parameters, read)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// Gives each row to `read`, until that gives false.
fn each_row(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: &mut dyn FnMut(&Row<'_>) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        if !read(row)? {
            break;
        }
    }
    Ok(())
}
