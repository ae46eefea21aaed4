//! Rows of a rebuilt table whose values are behind it where they were not: in other columns, or below other ids. The
//! script runs once more, on rows whose values tell which column they are of.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use wheatear_sqlite::{all_rows, attempt, quoted};

use super::contents::Contents;
use crate::Lint;
use crate::catalog::Table;
use crate::copied::copy;
use crate::report::Report;
use crate::rows::{rows_of, set};
use crate::story::Rebuild;
use crate::subject::Subject;

const NAMES: &str = "Name the columns on both sides, `INSERT INTO new (a, b) SELECT a, b FROM old`: `*` goes by their places, which are \
    others in the new table.";
const IDS: &str = "Copy the primary key as well: what refers to a row, here or anywhere else, does so by it.";

/// What is above the marks of a column. No application counts up to there.
const MARKS: i64 = 7_000_000_000;

/// How many marks a column has: each of its rows gets one.
const OF_COLUMN: i64 = 1000;

/// The most rows that are marked: more of them say nothing new.
const MOST_ROWS: usize = 12;

/// Tells of columns that get the values of others.
pub(super) fn columns(
    subject: &Subject<'_>,
    rebuild: &Rebuild<'_>,
    line: usize,
    report: &mut Report<'_>,
) -> rusqlite::Result<()> {
    let (old, new) = (rebuild.before, rebuild.after);
    let order: Vec<&String> = old.columns.iter().collect();
    let mut wrong = moved(subject, old, new, &order)?;
    // What goes by the larger of two values goes elsewhere once the marks are the other way round.
    if !wrong.is_empty() {
        let order: Vec<&String> = order.into_iter().rev().collect();
        let again = moved(subject, old, new, &order)?;
        wrong.retain(|pair| again.contains(pair));
    }
    if !wrong.is_empty() {
        let told: Vec<String> = wrong.iter().map(|(from, into)| format!("\"{from}\" into \"{into}\"")).collect();
        let message = format!("the rebuild of table \"{}\" puts values of {}", old.name, told.join(", and of "));
        report.add(Lint::LosesValues, subject.up, line, message, NAMES);
    }
    Ok(())
}

/// Columns whose values are in others behind the script, each with that other one. Marks grow in the order of the columns that is
/// given.
fn moved<'a>(
    subject: &Subject<'_>,
    old: &'a Table,
    new: &'a Table,
    order: &[&'a String],
) -> rusqlite::Result<Vec<(&'a String, &'a String)>> {
    let database = copy(&subject.before, subject.options)?;
    let key = primary_key(&database, &old.name)?;
    let is_key = |name: &String| key.iter().any(|(part, _)| part.eq_ignore_ascii_case(name));
    mark(&database, old, order, &is_key)?;
    if attempt(&database, subject.up, &mut |_, _| {}).is_err() {
        return Ok(Vec::new());
    }
    let found = |name: &String| marks(&database, new, name);
    let mut moved = Vec::new();
    for name in new.columns.iter().filter(|name| old.has_column(name) && !new.is_generated(name)) {
        for number in found(name)? {
            let Some(from) = order.get(number).copied() else { continue };
            let is_moved = !from.eq_ignore_ascii_case(name) && new.has_column(from);
            // What is in its own column as well was copied on purpose.
            if is_moved && !found(from)?.contains(&number) {
                moved.push((from, name));
            }
        }
    }
    Ok(moved)
}

/// Whether what is in the new table, in the column of this name if there is one, comes from that column of the old one: with other
/// values there it is different. `None` if that cannot be told.
pub(super) fn reaches(subject: &Subject<'_>, rebuild: &Rebuild<'_>, column: &String) -> rusqlite::Result<Option<bool>> {
    let database = copy(&subject.before, subject.options)?;
    mark(&database, rebuild.before, &[column], &|_| false)?;
    let key = column.to_ascii_lowercase();
    let of_column = |database, table| Contents::of(database, table).map(|mut contents| contents.values.remove(&key));
    let is_marked = of_column(&database, rebuild.before)? != of_column(&subject.before, rebuild.before)?;
    if !is_marked || attempt(&database, subject.up, &mut |_, _| {}).is_err() {
        return Ok(None);
    }
    Ok(Some(match rebuild.after.has_column(column) {
        true => of_column(&database, rebuild.after)? != of_column(&subject.after, rebuild.after)?,
        false => Contents::of(&database, rebuild.after)? != Contents::of(&subject.after, rebuild.after)?,
    }))
}

/// Gives each value of these columns, but of those that are spared, a mark of its own, which is a number in any type.
fn mark(
    database: &Connection,
    table: &Table,
    order: &[&String],
    is_spared: &dyn Fn(&String) -> bool,
) -> rusqlite::Result<()> {
    // What it may be says nothing of where it goes.
    database.execute_batch("PRAGMA ignore_check_constraints = ON")?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    for (row, number) in rows_of(database, &table.name)?.iter().zip(1..).take(MOST_ROWS) {
        let columns = order.iter().zip(0..).filter(|(name, _)| !is_spared(name) && !table.is_generated(name));
        for (name, place) in columns {
            set(database, row, name, Value::Integer(MARKS + place * OF_COLUMN + number))?;
        }
    }
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    Ok(())
}

/// Which of the columns in the order of the marks have theirs in a column.
fn marks(database: &Connection, table: &Table, column: &str) -> rusqlite::Result<BTreeSet<usize>> {
    let value = format!("CAST({} AS INTEGER) - {MARKS}", quoted(column));
    let select = format!("SELECT DISTINCT ({value}) / {OF_COLUMN} FROM main.{} WHERE {value} > 0", quoted(&table.name));
    let places = all_rows(database, &select, &[], |row| row.get::<_, i64>(0))?;
    Ok(places.into_iter().filter_map(|place| usize::try_from(place).ok()).collect())
}

/// Tells of rows that get other ids than they had.
pub(super) fn ids(
    subject: &Subject<'_>,
    rebuild: &Rebuild<'_>,
    line: usize,
    is_told: &dyn Fn(&str) -> bool,
    report: &mut Report<'_>,
) -> rusqlite::Result<()> {
    let name = &rebuild.before.name;
    let key = primary_key(&subject.before, name)?;
    let [(column, _)] = &key[..] else { return Ok(()) };
    // Of another type it is another key.
    if is_told(column) || primary_key(&subject.after, name)? != key {
        return Ok(());
    }
    let ids = |database| {
        let select = format!("SELECT quote({}) FROM main.{}", quoted(column), quoted(name));
        Ok::<BTreeSet<String>, rusqlite::Error>(
            all_rows(database, &select, &[], |row| row.get(0))?.into_iter().collect(),
        )
    };
    let (had, has) = (ids(&subject.before)?, ids(&subject.after)?);
    let mut gone = had.difference(&has);
    let mut made = has.difference(&had);
    // With fewer new ones, rows are left out, and others were added.
    if let (Some(old), Some(new)) = (gone.next(), made.next())
        && made.count() >= gone.count()
    {
        let message = format!(
            "the rebuild of table \"{name}\" gives its rows another \"{column}\", such as {new} instead of {old}"
        );
        report.add(Lint::LosesValues, subject.up, line, message, IDS);
    }
    Ok(())
}

/// The columns of a primary key in their order, in lower case, each with its type.
fn primary_key(database: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    const KEY: &str = "SELECT lower(name), upper(type) FROM pragma_table_info(?1, 'main') WHERE pk > 0 ORDER BY pk";
    all_rows(database, KEY, &[&table], |row| Ok((row.get(0)?, row.get(1)?)))
}
