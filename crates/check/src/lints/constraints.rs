//! What kept the rows of a rebuilt table in order, and no longer does. A NOT NULL or CHECK is seldom left out but on
//! purpose: a rebuild is how it is taken away.

use rusqlite::Connection;
use wheatear_sqlite::all_rows;

use super::listed::listed;
use super::rebuilt::columns_of;
use crate::Lint;
use crate::report::Report;
use crate::story::Rebuild;
use crate::subject::Subject;

const UNIQUE: &str =
    "Give the new table the same constraint, or make a unique index over these columns behind the rebuild.";
const KEY: &str = "Give the new table the same REFERENCES, with what it does ON DELETE and ON UPDATE.";

pub(super) fn look(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    unique(subject, rebuild, report)?;
    keys(subject, rebuild, report)
}

fn tell(subject: &Subject<'_>, rebuild: &Rebuild<'_>, what: &str, remedy: &str, report: &mut Report<'_>) {
    let made = rebuild.new.made.unwrap_or(rebuild.dropped);
    let message = format!("table \"{}\" no longer has {what} behind the rebuild", rebuild.before.name);
    report.add(Lint::LosesConstraint, subject.up, subject.run.statements[made].line, message, remedy);
}

/// Columns in which no two rows are equal. Of how they are compared another lint tells.
struct Unique {
    is_primary: bool,
    /// In lower case.
    columns: Vec<String>,
}

fn unique(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let name = &rebuild.before.name;
    let kept = all_unique(&subject.after, name, "1")?;
    for Unique { is_primary, columns } in all_unique(&subject.before, name, "origin <> 'c'")? {
        // Rows that differ in fewer columns differ in these; of more, or another primary key, somebody has thought.
        let is_kept = kept.iter().any(|kept| {
            let (fewer, more) = (is_in(&kept.columns, &columns), is_in(&columns, &kept.columns));
            fewer || more || (is_primary && kept.is_primary)
        });
        if is_kept || !columns.iter().all(|column| rebuild.after.has_column(column)) {
            continue;
        }
        let what = if is_primary { "PRIMARY KEY" } else { "UNIQUE" };
        tell(subject, rebuild, &format!("its {what} over {}", listed(&columns)), UNIQUE, report);
    }
    Ok(())
}

fn is_in(some: &[String], all: &[String]) -> bool {
    some.iter().all(|column| all.contains(column))
}

/// What keeps rows of a table apart: its unique indexes of some origin, and the rowid if it has a name.
fn all_unique(database: &Connection, table: &str, origin: &str) -> rusqlite::Result<Vec<Unique>> {
    const ROWID: &str = "SELECT lower(name) FROM pragma_table_info(?1, 'main') WHERE pk > 0 AND upper(type) = 'INTEGER'
        AND (SELECT max(pk) FROM pragma_table_info(?1, 'main')) = 1
        AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?1, 'main') WHERE origin = 'pk')";
    let indexes = format!(
        "SELECT name, origin = 'pk' FROM pragma_index_list(?1, 'main') WHERE \"unique\" AND NOT partial AND {origin}"
    );
    let indexes: Vec<(String, bool)> = all_rows(database, &indexes, &[&table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found = Vec::new();
    for (index, is_primary) in indexes {
        let columns = columns_of(database, &index)?.into_iter().map(|(column, ..)| column);
        found.push(Unique { is_primary, columns: columns.collect() });
    }
    let rowid: Vec<String> = all_rows(database, ROWID, &[&table], |row| row.get(0))?;
    found.extend(rowid.into_iter().map(|column| Unique { is_primary: true, columns: vec![column] }));
    Ok(found)
}

/// A key that leads to another table.
struct ForeignKey {
    parent: String,
    /// In lower case.
    columns: Vec<String>,
    /// What it does with its rows, such as `ON DELETE CASCADE`.
    actions: Vec<String>,
}

fn keys(subject: &Subject<'_>, rebuild: &Rebuild<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let name = &rebuild.before.name;
    let Some(after) = subject.run.after() else { return Ok(()) };
    let kept = foreign_keys(&subject.after, name)?;
    for ForeignKey { parent, columns, actions } in foreign_keys(&subject.before, name)? {
        let leads_somewhere = after.tables.contains_key(&parent.to_ascii_lowercase());
        if !leads_somewhere || !columns.iter().all(|column| rebuild.after.has_column(column)) {
            continue;
        }
        let key = format!("its foreign key over {} to \"{parent}\"", listed(&columns));
        match kept.iter().find(|kept| kept.columns == columns) {
            None => tell(subject, rebuild, &key, KEY, report),
            // One that does something else was written anew.
            Some(kept) if kept.actions.is_empty() && !actions.is_empty() => {
                tell(subject, rebuild, &format!("{} in {key}", actions.join(" ")), KEY, report);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn foreign_keys(database: &Connection, table: &str) -> rusqlite::Result<Vec<ForeignKey>> {
    const KEYS: &str = "SELECT id, \"table\", lower(\"from\"), on_delete, on_update
        FROM pragma_foreign_key_list(?1, 'main') ORDER BY id DESC, seq";
    let rows: Vec<(i64, String, String, String, String)> = all_rows(database, KEYS, &[&table], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    })?;
    let of_key = |rows: &[(i64, String, String, String, String)]| {
        let (_, parent, _, on_delete, on_update) = &rows[0];
        let actions = [("DELETE", on_delete), ("UPDATE", on_update)].into_iter();
        let actions = actions.filter(|(_, action)| *action != "NO ACTION");
        ForeignKey {
            parent: parent.clone(),
            columns: rows.iter().map(|(_, _, column, ..)| column.clone()).collect(),
            actions: actions.map(|(when, action)| format!("ON {when} {action}")).collect(),
        }
    };
    Ok(rows.chunk_by(|(one, ..), (other, ..)| one == other).map(of_key).collect())
}
