//! The rows of applied migrations.

use std::time::Duration;

use rusqlite::{Connection, Row, ToSql};
use wheatear_core::header::Header;
use wheatear_core::{Digest, LedgerEntry};
use wheatear_sqlite::all_rows;

use super::tables::FORMAT_WITHOUT_CHECKSUMS;
use crate::table_prefix::TablePrefix;

/// The columns that say which migration an entry is of, and its SQL.
const MIGRATION: &str = "id, up, down";

/// The columns of an entry that the first format lacks.
const SINCE_CHECKSUMS: &str = "checksum, depends, compatible";

/// The columns that say how the migration was applied.
const APPLIED: &str = "applied_at, duration_us";

/// Every entry, in the order of application, from tables of that format.
pub(super) fn read(connection: &Connection, prefix: &TablePrefix, format: i64) -> rusqlite::Result<Vec<LedgerEntry>> {
    let (columns, read): (_, fn(&Row<'_>) -> rusqlite::Result<LedgerEntry>) = match format {
        FORMAT_WITHOUT_CHECKSUMS => (format!("{MIGRATION}, {APPLIED}"), entry_without_checksum),
        _ => (format!("{MIGRATION}, {APPLIED}, {SINCE_CHECKSUMS}"), entry),
    };
    let sql = format!("SELECT {columns} FROM {} ORDER BY position", prefix.table("migration"));
    all_rows(connection, &sql, &[], read)
}

/// Records a migration as applied.
pub(super) fn insert(connection: &Connection, prefix: &TablePrefix, entry: &LedgerEntry) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT INTO {} ({MIGRATION}, {SINCE_CHECKSUMS}, {APPLIED}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        prefix.table("migration")
    );
    let duration = i64::try_from(entry.duration.as_micros()).unwrap_or(i64::MAX);
    write(connection, &sql, entry, &[&entry.applied_at, &duration])
}

/// Records an applied migration as it is in `entry`, keeping how it was applied.
pub(super) fn update(connection: &Connection, prefix: &TablePrefix, entry: &LedgerEntry) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE {} SET ({MIGRATION}, {SINCE_CHECKSUMS}) = (?1, ?2, ?3, ?4, ?5, ?6) WHERE id = ?1",
        prefix.table("migration")
    );
    write(connection, &sql, entry, &[])
}

/// Runs SQL whose parameters are the columns [`MIGRATION`] and [`SINCE_CHECKSUMS`] of an entry, and then others.
fn write(connection: &Connection, sql: &str, entry: &LedgerEntry, others: &[&dyn ToSql]) -> rusqlite::Result<()> {
    let depends = entry.depends.join(" ");
    let own: [&dyn ToSql; 6] =
        [&entry.id, &entry.up, &entry.down, entry.checksum.as_bytes(), &depends, &entry.compatible];
    connection.prepare_cached(sql)?.execute(&*[&own, others].concat())?;
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<LedgerEntry> {
    let depends: String = row.get(6)?;
    Ok(LedgerEntry {
        checksum: Digest::from_bytes(row.get(5)?),
        depends: depends.split_whitespace().map(str::to_owned).collect(),
        compatible: row.get(7)?,
        ..applied(row)?
    })
}

/// What the first format did not record follows from the SQL that it did.
fn entry_without_checksum(row: &Row<'_>) -> rusqlite::Result<LedgerEntry> {
    let up: String = row.get(1)?;
    let header = Header::parse(&up).unwrap_or_default();
    Ok(LedgerEntry {
        checksum: Digest::of_sql(&up),
        depends: header.depends.into_iter().map(|(id, _)| id).collect(),
        compatible: header.compatible,
        ..applied(row)?
    })
}

/// What both formats have.
fn applied(row: &Row<'_>) -> rusqlite::Result<LedgerEntry> {
    Ok(LedgerEntry {
        id: row.get(0)?,
        up: row.get(1)?,
        down: row.get(2)?,
        applied_at: row.get(3)?,
        duration: Duration::from_micros(row.get::<_, i64>(4)?.unsigned_abs()),
        checksum: Digest::from_bytes([0; 32]),
        depends: Vec::new(),
        compatible: false,
    })
}
