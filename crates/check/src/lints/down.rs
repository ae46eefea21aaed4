use std::collections::BTreeMap;

use rusqlite::Connection;
use wheatear_core::schema_statements::mentioned_names;
use wheatear_core::{Schema, Script};
use wheatear_sqlite::{attempt, reaches_out, read_schema};

use super::contents::Contents;
use crate::Lint;
use crate::catalog::{Catalog, count};
use crate::copied::copy;
use crate::culprit::Culprits;
use crate::failing::fails;
use crate::report::Report;
use crate::story::Story;
use crate::subject::Subject;

const SCHEMA: &str = "Let the way back undo everything that the migration does to the schema, in the opposite order.";
const ROWS: &str = "Let the way back keep the rows that the migration keeps: copy them before a table is dropped.";

/// Takes the migration back, applies it again, and tells of what is not as it was.
pub(super) fn look(subject: &Subject<'_>, story: &Story<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let Some(down) = subject.down.filter(|down| !reaches_out(down)) else { return Ok(()) };
    let database = copy(&subject.after, subject.options)?;
    if let Err(error) = attempt(&database, down, &mut |_, _| {}) {
        let culprits = Culprits::of(&subject.after, down, &error, subject.options)?;
        fails(down, &error, &culprits, report);
        return Ok(());
    }
    let differences = differences(&read_schema(&subject.before)?, &read_schema(&database)?);
    if let Some(told) = &differences {
        let message = format!("taking it back leaves another schema than before: {told}");
        report.add_of_file(Lint::WrongDown, down, message, SCHEMA);
    }
    rows(subject, story, &database, down, report)?;
    // On another schema nothing else can be expected.
    if differences.is_some() {
        return Ok(());
    }
    let why = match attempt(&database, subject.up, &mut |_, _| {}) {
        Err(error) => Some(format!("statement {} fails: {}", error.statement, words(&error.cause))),
        Ok(()) => self::differences(&read_schema(&subject.after)?, &read_schema(&database)?)
            .map(|told| format!("it makes another schema: {told}")),
    };
    if let Some(why) = why {
        let message = format!("applied again after it was taken back, {why}");
        report.add_of_file(Lint::WrongDown, down, message, SCHEMA);
    }
    Ok(())
}

fn words(cause: &wheatear_sqlite::script::Cause) -> String {
    match cause {
        wheatear_sqlite::script::Cause::Sqlite(sqlite) => sqlite.message.clone(),
        _ => "it begins or ends a transaction".to_owned(),
    }
}

/// How one schema differs from another, in words.
fn differences(expected: &Schema, found: &Schema) -> Option<String> {
    const MOST: usize = 5;
    let all = expected.differences(found);
    let told: Vec<String> = all.iter().take(MOST).map(ToString::to_string).collect();
    let more = if all.len() > MOST { format!(", and {} more", all.len() - MOST) } else { String::new() };
    (!told.is_empty()).then(|| told.join(", ") + &more)
}

/// Tells of rows and values that the migration has kept and the way back has not.
fn rows(
    subject: &Subject<'_>,
    story: &Story<'_>,
    back: &Connection,
    down: &Script,
    report: &mut Report<'_>,
) -> rusqlite::Result<()> {
    let (Some(before), Some(after)) = (subject.run.before(), subject.run.after()) else { return Ok(()) };
    let returned = Catalog::read(back)?;
    // Of other tables the number of rows will do.
    let mentioned = &mentioned_names(&subject.up.sql) | &mentioned_names(&down.sql);
    for (key, table) in before.tables.iter().filter(|(_, table)| table.root != 0) {
        let Some(now) = returned.tables.get(key) else { continue };
        // What the migration drops is its own doing.
        if story.dropped().any(|(dropped, _)| dropped.name == table.name) {
            continue;
        }
        let read = |database, table| match mentioned.contains(key) {
            true => Contents::of(database, table),
            false => Ok(Contents { rows: count(database, &table.name)?, values: BTreeMap::new() }),
        };
        let was = read(&subject.before, table)?;
        let is = read(back, now)?;
        // It may have another name in between.
        let renamed = || story.tables.iter().find(|life| life.origin.is_some_and(|origin| origin.name == table.name));
        let between = after.tables.get(key).or_else(|| renamed()?.end);
        let between = between.map(|table| read(&subject.after, table)).transpose()?;
        let kept = between.as_ref().is_none_or(|between| between.rows >= was.rows);
        if kept && is.rows < was.rows {
            let message = format!("taking it back leaves {} of {} rows of table \"{}\"", is.rows, was.rows, table.name);
            report.add_of_file(Lint::WrongDown, down, message, ROWS);
            continue;
        }
        let Some(between) = between else { continue };
        for (column, values) in &was.values {
            // It may have another name in between, too.
            if between.keeps(column, &was) && is.values.get(column).is_some_and(|now| now != values) {
                let message = format!("taking it back loses values of column \"{column}\" of table \"{}\"", table.name);
                report.add_of_file(Lint::WrongDown, down, message, ROWS);
            }
        }
    }
    Ok(())
}
