//! What a rebuild loses: a new table, a copy of the rows, the old one dropped, the new one under its name.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter>

use rusqlite::{Connection, OptionalExtension};
use wheatear_sqlite::{all_rows, one_row};

use super::converted;
use super::dropped::COLUMN;
use super::listed::listed;
use super::misplaced;
use crate::Lint;
use crate::catalog::count;
use crate::report::Report;
use crate::run::Statement;
use crate::story::{Rebuild, Story};
use crate::subject::Subject;

const COPY: &str =
    "Copy every column and every row that the new table has a place for, before the old table is dropped.";
const SEQUENCE: &str = "Give the new table the old one's number before that is dropped: DELETE FROM sqlite_sequence WHERE name = \
    'new'; INSERT INTO sqlite_sequence SELECT 'new', seq FROM sqlite_sequence WHERE name = 'old'.";
const INDEX: &str = "Make it again behind the rebuild, or drop it with DROP INDEX if it is no longer wanted.";
const TRIGGER: &str = "Make it again behind the rebuild, or drop it with DROP TRIGGER if it is no longer wanted.";
const COLLATION: &str = "Give the new column the same COLLATE: comparisons, uniqueness and order depend on it.";

pub(super) fn look(subject: &Subject<'_>, story: &Story<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    for rebuild in story.rebuilt() {
        values(subject, &rebuild, report)?;
        sequence(subject, &rebuild, report)?;
        objects(subject, &rebuild, report)?;
        collations(subject, &rebuild, report)?;
    }
    Ok(())
}

/// The statements that write rows of the old table into the new one.
fn copies<'run>(subject: &'run Subject<'_>, rebuild: &Rebuild<'_>) -> Vec<(usize, &'run Statement)> {
    let is_copy = |(at, statement): &(usize, &Statement)| {
        let (old, new) = (rebuild.old.name_at(*at), rebuild.new.name_at(*at));
        // Of CREATE TABLE … AS no insertion is heard.
        (statement.heard.inserted.iter().any(|table| table == new) || rebuild.new.made == Some(*at))
            && statement.heard.read.iter().any(|(table, _)| table == old)
    };
    subject.run.statements.iter().enumerate().filter(is_copy).collect()
}

fn values(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let name = &rebuild.before.name;
    let copies = copies(subject, rebuild);
    let line = copies.first().map_or(rebuild.dropped, |(at, _)| *at);
    let line = subject.run.statements[line].line;
    let (had, has) = (count(&subject.before, name)?, count(&subject.after, name)?);
    let lost = lost(subject, rebuild, &copies)?;
    let written = rebuild.before.columns.iter().filter(|column| !rebuild.before.is_generated(column)).count();
    if copies.is_empty() && had > 0 && (has == 0 || lost.len() == written) {
        let message = format!("table \"{name}\" is made anew, and none of its {had} rows is copied");
        report.add(Lint::LosesValues, subject.up, line, message, COPY);
        return Ok(());
    }
    let (kept, gone): (Vec<&String>, Vec<&String>) =
        lost.into_iter().partition(|column| rebuild.after.has_column(column));
    if !kept.is_empty() {
        let message = format!("the rebuild of table \"{name}\" does not copy {}", listed(&kept));
        report.add(Lint::LosesValues, subject.up, line, message, COPY);
    }
    for column in gone {
        let message = format!("the rebuild of table \"{name}\" drops column \"{column}\" with its values");
        report.add(Lint::DropsColumn, subject.up, line, message, COLUMN);
    }
    let is_deleted = subject.run.statements.iter().enumerate().any(|(at, statement)| {
        let is_old = |table: &String| table == rebuild.old.name_at(at);
        statement.heard.dropped.is_empty() && statement.heard.deleted.iter().any(is_old)
    });
    if has < had && !is_deleted {
        let message = format!("the rebuild of table \"{name}\" copies {has} of its {had} rows");
        report.add(Lint::LosesValues, subject.up, line, message, COPY);
    }
    misplaced::columns(subject, rebuild, line, report)?;
    converted::look(subject, rebuild, line, report)?;
    let is_told = |column: &str| kept.iter().any(|other| other.eq_ignore_ascii_case(column));
    misplaced::ids(subject, rebuild, line, &is_told, report)
}

/// Columns whose values do not reach the new table. What a copy reads does; what none reads, or where rows go through another table,
/// is tried out.
fn lost<'a>(
    subject: &Subject<'_>,
    rebuild: &Rebuild<'a>,
    copies: &[(usize, &Statement)],
) -> rusqlite::Result<Vec<&'a String>> {
    let (old, new) = (rebuild.before, rebuild.after);
    let reads = |column: &str| {
        let is_it = |at: usize, (table, read): &(String, String)| {
            table == rebuild.old.name_at(at) && read.eq_ignore_ascii_case(column)
        };
        copies.iter().any(|(at, statement)| statement.heard.read.iter().any(|read| is_it(*at, read)))
    };
    let mut lost = Vec::new();
    for column in old.columns.iter().filter(|column| !old.is_generated(column) && !new.is_generated(column)) {
        let reaches = if reads(column) { Some(true) } else { misplaced::reaches(subject, rebuild, column)? };
        if !reaches.unwrap_or(copies.is_empty()) {
            lost.push(column);
        }
    }
    Ok(lost)
}

fn sequence(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let name = &rebuild.before.name;
    let (Some(before), after) = (last_given(&subject.before, name), last_given(&subject.after, name)) else {
        return Ok(());
    };
    if after.is_none_or(|after| after < before) {
        let next = after.map_or_else(|| "any that is free".to_owned(), |after| (after + 1).to_string());
        let message = format!(
            "table \"{name}\" had given ids up to {before}, and its next is {next} behind the rebuild: ids of deleted rows come back"
        );
        report.add(Lint::LosesSequence, subject.up, subject.run.statements[rebuild.dropped].line, message, SEQUENCE);
    }
    Ok(())
}

/// The last id that AUTOINCREMENT has given.
///
/// Source: <https://www.sqlite.org/autoinc.html>
fn last_given(database: &Connection, table: &str) -> Option<i64> {
    const LAST: &str = "SELECT max(seq) FROM sqlite_sequence WHERE lower(name) = lower(?1)";
    // There is no such table where nothing counts.
    one_row(database, LAST, &[&table], |row| row.get(0)).optional().ok().flatten().flatten()
}

/// Indexes and triggers that went with the old table.
fn objects(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let (Some(before), Some(after)) = (subject.run.before(), subject.run.after()) else { return Ok(()) };
    let table = rebuild.before.name.to_ascii_lowercase();
    let drop = &subject.run.statements[rebuild.dropped];
    for (key, object) in &before.objects {
        let is_lost =
            object.table == table && !after.objects.contains_key(key) && drop.before.objects.contains_key(key);
        if !is_lost {
            continue;
        }
        let (lint, remedy) =
            if object.kind == "index" { (Lint::LosesIndex, INDEX) } else { (Lint::LosesTrigger, TRIGGER) };
        if lint == Lint::LosesIndex && is_made_up_for(subject, rebuild, &object.name)? {
            continue;
        }
        let message = format!(
            "the {} \"{}\" of table \"{}\" is gone with the rebuild",
            object.kind, object.name, rebuild.before.name
        );
        report.add(lint, subject.up, drop.line, message, remedy);
    }
    Ok(())
}

/// Whether the new table has no place for an index, or another that does the same: one that begins with its columns.
fn is_made_up_for(subject: &Subject<'_>, rebuild: &Rebuild<'_>, index: &str) -> rusqlite::Result<bool> {
    const INDEXES: &str = "SELECT name, \"unique\", partial FROM pragma_index_list(?1, 'main')";
    const KEY: &str = "SELECT lower(name) FROM pragma_table_info(?1, 'main') WHERE pk > 0";
    let indexes = |database| {
        all_rows(database, INDEXES, &[&rebuild.before.name], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?))
        })
    };
    let lost = columns_of(&subject.before, index)?;
    let is_gone = |column: &str| !column.is_empty() && !rebuild.after.has_column(column);
    let key: Vec<String> = all_rows(&subject.after, KEY, &[&rebuild.before.name], |row| row.get(0))?;
    // Rows are in the order of their primary key, whether it has an index or not.
    let is_key = key.len() == 1 && lost.len() == 1 && lost[0].0 == key[0];
    if is_key || lost.iter().any(|(column, ..)| is_gone(column)) {
        return Ok(true);
    }
    let own = indexes(&subject.before)?.into_iter().find(|(name, ..)| name == index);
    let (is_unique, is_partial) = own.map_or((false, false), |(_, is_unique, is_partial)| (is_unique, is_partial));
    for (other, other_is_unique, other_is_partial) in indexes(&subject.after)? {
        let columns = columns_of(&subject.after, &other)?;
        let is_like = if is_unique { other_is_unique && columns == lost } else { columns.starts_with(&lost) };
        if is_like && (is_partial || !other_is_partial) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an index is over: each column, with its collation and order.
pub(super) fn columns_of(database: &Connection, index: &str) -> rusqlite::Result<Vec<(String, String, bool)>> {
    const COLUMNS: &str =
        "SELECT lower(coalesce(name, '')), coll, \"desc\" FROM pragma_index_xinfo(?1, 'main') WHERE key ORDER BY seqno";
    all_rows(database, COLUMNS, &[&index], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

fn collations(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let name = &rebuild.before.name;
    let made = rebuild.new.made.unwrap_or(rebuild.dropped);
    for column in rebuild.before.columns.iter().filter(|column| rebuild.after.has_column(column)) {
        let (before, after) = (collation(&subject.before, name, column)?, collation(&subject.after, name, column)?);
        if before != after && before != "BINARY" && after == "BINARY" {
            let message = format!(
                "column \"{column}\" of table \"{name}\" was compared by {before}, and is no more behind the rebuild"
            );
            report.add(Lint::LosesCollation, subject.up, subject.run.statements[made].line, message, COLLATION);
        }
    }
    Ok(())
}

/// How the values of a column are compared.
fn collation(database: &Connection, table: &str, column: &str) -> rusqlite::Result<String> {
    let (_, collation, ..) = database.column_metadata(Some("main"), table, column)?;
    let name = collation.map(|collation| collation.to_string_lossy().to_ascii_uppercase());
    Ok(name.unwrap_or_else(|| "BINARY".to_owned()))
}
