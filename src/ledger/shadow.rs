//! A copy of the tables in a database of its own.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use wheatear_sqlite::all_rows;

use super::tables::trigger_names;
use crate::table_prefix::TablePrefix;

/// A database in memory with these tables and their triggers. Of the log only the table: nothing depends on its rows.
pub(super) fn of(connection: &Connection, prefix: &TablePrefix) -> rusqlite::Result<Connection> {
    let shadow = Connection::open_in_memory()?;
    for name in ["ledger", "migration", "log"] {
        copy_schema(connection, &shadow, "table", &prefix.bare_table(name))?;
    }
    for name in ["ledger", "migration"] {
        let table = prefix.table(name);
        if shadow.table_exists(None, prefix.bare_table(name).as_str())? {
            copy_rows(connection, &shadow, &table)?;
        }
    }
    // Behind the rows, for they would take the digest away.
    trigger_names(prefix).iter().try_for_each(|name| copy_schema(connection, &shadow, "trigger", name))?;
    Ok(shadow)
}

fn copy_schema(from: &Connection, to: &Connection, kind: &str, name: &str) -> rusqlite::Result<()> {
    let sql = "SELECT sql FROM main.sqlite_schema WHERE type = ?1 AND name = ?2";
    let texts: Vec<String> = all_rows(from, sql, &[&kind, &name], |row| row.get(0))?;
    texts.iter().try_for_each(|sql| to.execute_batch(sql))
}

fn copy_rows(from: &Connection, to: &Connection, table: &str) -> rusqlite::Result<()> {
    let mut select = from.prepare(&format!("SELECT * FROM {table}"))?;
    let places = vec!["?"; select.column_count()].join(", ");
    let mut insert = to.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
    let columns = 0..select.column_count();
    let mut rows = select.query(params![])?;
    while let Some(row) = rows.next()? {
        let values = columns.clone().map(|column| row.get(column)).collect::<rusqlite::Result<Vec<Value>>>()?;
        insert.execute(params_from_iter(values))?;
    }
    Ok(())
}
