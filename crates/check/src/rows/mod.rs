//! Rows that are made up: as different from each other as the constraints of their table allow.

mod candidates;
mod described;
mod kind;
mod shape;

use std::collections::HashMap;

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, ffi, params_from_iter};
use wheatear_core::schema_statements::mentioned_names;
use wheatear_sqlite::{SqliteFailure, all_rows, quoted};

use candidates::{Candidate, candidates, is_text, usual};
use kind::Kind;
use shape::{ForeignKey, Shape};

pub(crate) use described::{RowName, clear, describe, remove, rows_of, set, tables_with_rows};

/// The number that the first row gets where values must differ: migrations that add rows begin with small ones.
const FIRST: i64 = 1_000_001;

/// How far AUTOINCREMENT is ahead of the largest id, as if rows had been deleted.
const DELETED: i64 = 1000;

/// The most that is tried to satisfy the constraints of one row.
const MOST_ATTEMPTS: usize = 300;

/// Fills databases, and remembers for each table what satisfied its constraints.
#[derive(Default)]
pub(crate) struct Filler {
    found: HashMap<(String, Kind), Found>,
}

/// Which candidates a row needs, by the place of their column; `None` if no row was found.
type Found = Option<Vec<(usize, Candidate)>>;

impl Filler {
    /// Puts rows into every table; one whose constraints cannot be guessed gets fewer, or none.
    pub fn fill(&mut self, database: &Connection) -> rusqlite::Result<()> {
        let shapes = Shape::all(database)?;
        database.execute_batch("BEGIN")?;
        for shape in shape::parents_first(&shapes) {
            self.fill_table(database, shape)?;
        }
        database.execute_batch("COMMIT")?;
        // There is such a table only if one counts.
        let _ = database.execute(&format!("UPDATE sqlite_sequence SET seq = seq + {DELETED}"), []);
        Ok(())
    }

    fn fill_table(&mut self, database: &Connection, shape: &Shape) -> rusqlite::Result<()> {
        let names: Vec<String> = shape.columns.iter().map(|column| quoted(&column.name)).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let insert = format!("INSERT INTO main.{} ({}) VALUES ({marks})", quoted(&shape.name), names.join(", "));
        let insertion = Insertion { database, insert: &insert };
        let has_letters = shape.columns.iter().any(is_text);
        let kinds = (FIRST..).zip(Kind::ALL).filter(|(_, kind)| has_letters || !kind.is_of_letters());
        for (number, kind) in kinds {
            let Some(mut values) = values(database, shape, kind, number)? else { continue };
            let key = (shape.sql.clone(), kind);
            match self.found.get(&key) {
                Some(Some(found)) => {
                    found.iter().for_each(|(column, candidate)| values[*column] = candidate.value(number));
                    if insertion.refusal(&values).is_some() {
                        let _ = solve(&insertion, shape, kind, &mut values, number);
                    }
                }
                Some(None) => {}
                None => {
                    let found = solve(&insertion, shape, kind, &mut values, number);
                    self.found.insert(key, found);
                }
            }
        }
        Ok(())
    }
}

/// The values of a row before its constraints are looked at; `None` if it needs a parent and there is none.
fn values(database: &Connection, shape: &Shape, kind: Kind, number: i64) -> rusqlite::Result<Option<Vec<Value>>> {
    let value = |column: &shape::Column| match kind {
        Kind::Sparse if !column.is_needed => Value::Null,
        _ => usual(column, kind, number),
    };
    let mut values: Vec<Value> = shape.columns.iter().map(value).collect();
    for key in &shape.keys {
        let may_be_null = key.columns.iter().any(|(from, _)| !shape.columns[*from].is_needed);
        let parent = match kind {
            Kind::Sparse if may_be_null => None,
            _ => parent(database, shape, key, kind, number)?,
        };
        match parent {
            Some(parent) => key.columns.iter().zip(parent).for_each(|((from, _), value)| values[*from] = value),
            None if may_be_null => {
                let nullable = key.columns.iter().filter(|(from, _)| !shape.columns[*from].is_needed);
                nullable.for_each(|(from, _)| values[*from] = Value::Null);
            }
            // A row may be its own parent.
            None if key.parent.eq_ignore_ascii_case(&shape.name) => {
                for (from, to) in &key.columns {
                    if let Some(to) = shape.columns.iter().position(|column| column.name.eq_ignore_ascii_case(to)) {
                        values[*from] = values[to].clone();
                    }
                }
            }
            None => return Ok(None),
        }
    }
    Ok(Some(values))
}

/// The values of a row that a foreign key leads to.
fn parent(
    database: &Connection,
    shape: &Shape,
    key: &ForeignKey,
    kind: Kind,
    number: i64,
) -> rusqlite::Result<Option<Vec<Value>>> {
    let must_differ = key.columns.iter().any(|(from, _)| shape.columns[*from].is_unique);
    let place = match kind {
        _ if must_differ => number - FIRST,
        Kind::Odd => 1,
        _ => 0,
    };
    let columns: Vec<String> = key.columns.iter().map(|(_, to)| quoted(to)).collect();
    // A key that is NULL leads nowhere.
    let is_there = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect::<Vec<_>>().join(" AND ");
    let parents = format!("main.{} WHERE {is_there}", quoted(&key.parent));
    let select = format!(
        "SELECT {} FROM {parents} LIMIT 1 OFFSET {place} % max(1, (SELECT count(*) FROM {parents}))",
        columns.join(", ")
    );
    let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|index| row.get(index)).collect();
    // A key may lead to a table that is not there, or to columns.
    Ok(all_rows(database, &select, &[], read).unwrap_or_default().into_iter().next())
}

/// Inserts one row, whose triggers run if they can.
struct Insertion<'a> {
    database: &'a Connection,
    insert: &'a str,
}

impl Insertion<'_> {
    /// What refuses the row, if anything.
    fn refusal(&self, values: &[Value]) -> Option<SqliteFailure> {
        let insert = || -> rusqlite::Result<()> {
            self.database.prepare_cached(self.insert)?.execute(params_from_iter(values)).map(drop)
        };
        let failure = SqliteFailure::from(insert().err()?);
        let is_of_table =
            failure.primary_code() == ffi::SQLITE_CONSTRAINT && failure.code != ffi::SQLITE_CONSTRAINT_TRIGGER;
        if is_of_table {
            return Some(failure);
        }
        let triggers = DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER;
        if self.database.set_db_config(triggers, false).is_err() {
            return Some(failure);
        }
        let refusal = insert().err().map(SqliteFailure::from);
        let _ = self.database.set_db_config(triggers, true);
        refusal
    }
}

/// Inserts a row, with other values where a constraint refuses those it has, and tells which.
fn solve(insertion: &Insertion<'_>, shape: &Shape, kind: Kind, values: &mut [Value], number: i64) -> Found {
    let candidates =
        shape.columns.iter().map(|column| candidates(column, &shape.literals, kind, number)).collect::<Vec<_>>();
    let mut changed: Vec<(usize, Candidate)> = Vec::new();
    let mut attempts = 0;
    let mut refusal = insertion.refusal(values);
    let mut messages = Vec::new();
    while let Some(SqliteFailure { message, .. }) = refusal {
        let columns = columns_of(shape, &message);
        messages.push(message);
        let mut search = Search { insertion, candidates: &candidates, number, messages: &messages, attempts };
        let (better, now) = search.changed(values, &columns, 1).or_else(|| search.changed(values, &columns, 2))?;
        attempts = search.attempts;
        changed.extend(better);
        refusal = now;
    }
    Some(changed)
}

/// What was changed, and what refuses the row now.
type Change = (Vec<(usize, Candidate)>, Option<SqliteFailure>);

/// Looks for values with which a row is refused no more, or as it never was.
struct Search<'a> {
    insertion: &'a Insertion<'a>,
    /// By the place of their column.
    candidates: &'a [Vec<Candidate>],
    number: i64,
    /// What the row was refused with so far.
    messages: &'a [String],
    attempts: usize,
}

impl Search<'_> {
    /// Changes so many of these columns; `None`, and nothing changed, if that does not help.
    fn changed(&mut self, values: &mut [Value], columns: &[usize], so_many: usize) -> Option<Change> {
        let candidates = self.candidates;
        for (at, column) in columns.iter().enumerate() {
            let kept = values[*column].clone();
            for candidate in &candidates[*column] {
                if self.attempts > MOST_ATTEMPTS {
                    break;
                }
                values[*column] = candidate.value(self.number);
                let found = match so_many {
                    1 => self.helps(values).map(|now| (Vec::new(), now)),
                    _ => self.changed(values, &columns[at + 1..], so_many - 1),
                };
                if let Some((mut changed, now)) = found {
                    changed.push((*column, candidate.clone()));
                    return Some((changed, now));
                }
            }
            values[*column] = kept;
        }
        None
    }

    /// What refuses the row now, if anything; `None` if that has been seen.
    fn helps(&mut self, values: &[Value]) -> Option<Option<SqliteFailure>> {
        self.attempts += 1;
        let now = self.insertion.refusal(values);
        now.as_ref().is_none_or(|failure| !self.messages.contains(&failure.message)).then_some(now)
    }
}

/// The columns that a constraint is about, told by what SQLite says of it; all if it says nothing of them.
fn columns_of(shape: &Shape, message: &str) -> Vec<usize> {
    let names = mentioned_names(message.split_once(": ").map_or(message, |(_, what)| what));
    let columns = || shape.columns.iter().enumerate();
    let meant = columns().filter(|(_, column)| names.contains(&column.name.to_ascii_lowercase()));
    let meant: Vec<usize> = meant.map(|(index, _)| index).collect();
    if meant.is_empty() { columns().map(|(index, _)| index).collect() } else { meant }
}

#[cfg(test)]
mod tests {
    use wheatear_sqlite::one_row;

    use super::*;

    /// A database with these tables, filled.
    fn filled(sql: &str) -> Connection {
        let database = Connection::open_in_memory().expect("a database");
        database.execute_batch(sql).expect("tables");
        Filler::default().fill(&database).expect("rows");
        database
    }

    fn count(database: &Connection, condition: &str) -> i64 {
        one_row(database, &format!("SELECT count(*) FROM {condition}"), &[], |row| row.get(0)).expect("a count")
    }

    #[test]
    fn every_row_satisfies_the_constraints_of_its_table() {
        for (columns, rows) in [
            ("(a INTEGER PRIMARY KEY, b TEXT NOT NULL, c)", 4),
            ("(a TEXT PRIMARY KEY, b) WITHOUT ROWID", 4),
            ("(a INTEGER PRIMARY KEY, b INT, c REAL, d TEXT, e BLOB, f ANY) STRICT", 4),
            ("(a UNIQUE, b, c, UNIQUE (b, c), PRIMARY KEY (a, b))", 4),
            ("(a CHECK (a IN ('red', 'it''s')), b)", 4),
            ("(a TEXT NOT NULL UNIQUE CHECK (length(a) = 36))", 4),
            ("(a TEXT CHECK (json_valid(a)), b INTEGER CHECK (b BETWEEN 17 AND 19), c CHECK (typeof(c) = 'real'))", 4),
            ("(a, b, CONSTRAINT one CHECK ((a IS NULL) <> (b IS NULL)))", 4),
            ("(a TEXT NOT NULL CHECK (a > 'm'), b AS (upper(a)) STORED UNIQUE)", 1),
            ("(a, b INTEGER NOT NULL REFERENCES t (rowid_) , rowid_ INTEGER PRIMARY KEY)", 4),
            ("(a CHECK (a <> a))", 0),
        ] {
            let database = filled(&format!("CREATE TABLE t {columns};"));
            assert!(count(&database, "t") >= rows, "{columns}: {}", count(&database, "t"));
            assert_eq!(count(&database, "pragma_integrity_check WHERE integrity_check <> 'ok'"), 0, "{columns}");
            assert_eq!(count(&database, "pragma_foreign_key_check"), 0, "{columns}");
        }
    }

    #[test]
    fn rows_are_equal_null_and_odd_where_they_may_be() {
        let database = filled("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n INTEGER NOT NULL);");
        assert_eq!(count(&database, "t AS a, t AS b WHERE a.name = b.name AND a.n = b.n AND a.id < b.id"), 1);
        assert_eq!(count(&database, "t WHERE name IS NULL"), 1);
        assert_eq!(count(&database, "t WHERE name = '' AND n < 0"), 1);
    }

    #[test]
    fn primary_keys_are_null_where_they_may_be() {
        for (columns, rows) in [
            ("(a TEXT PRIMARY KEY)", 1),
            ("(a TEXT, b TEXT, PRIMARY KEY (a, b))", 1),
            ("(a INTEGER PRIMARY KEY DESC)", 1),
            ("(a INTEGER PRIMARY KEY)", 0),
            ("(a TEXT PRIMARY KEY NOT NULL)", 0),
            ("(a TEXT PRIMARY KEY) STRICT", 0),
            ("(a TEXT PRIMARY KEY) WITHOUT ROWID", 0),
        ] {
            assert_eq!(count(&filled(&format!("CREATE TABLE t {columns};")), "t WHERE a IS NULL"), rows, "{columns}");
        }
    }

    #[test]
    fn texts_differ_in_case_only_where_they_may() {
        for (columns, pairs) in [
            ("(a TEXT)", 1),
            ("(a TEXT UNIQUE NOT NULL)", 1),
            ("(a VARCHAR PRIMARY KEY CHECK (length(a) = 36)) WITHOUT ROWID", 1),
            ("(a TEXT UNIQUE CHECK (a LIKE '%@%'))", 1),
            ("(a TEXT UNIQUE COLLATE NOCASE)", 0),
            ("(a TEXT CHECK (a IN ('red', 'green')))", 0),
            ("(a INTEGER)", 0),
        ] {
            let database = filled(&format!("CREATE TABLE t {columns};"));
            let found = count(&database, "t AS b, t AS c WHERE b.a < c.a AND b.a <> c.a AND lower(b.a) = lower(c.a)");
            assert_eq!(found, pairs, "{columns}");
        }
    }

    #[test]
    fn keys_lead_to_rows_that_are_there_whatever_the_order_of_the_tables() {
        let database = filled(
            "CREATE TABLE photo (album TEXT NOT NULL, place INTEGER, FOREIGN KEY (album, place) REFERENCES album (name, place));
             CREATE TABLE cover (album TEXT PRIMARY KEY REFERENCES album (name));
             CREATE TABLE album (name TEXT UNIQUE NOT NULL, place INTEGER NOT NULL, UNIQUE (name, place));
             CREATE TABLE note (album REFERENCES gone (id));
             CREATE TRIGGER refuse BEFORE INSERT ON album BEGIN SELECT raise(ABORT, 'never'); END;",
        );
        assert_eq!((count(&database, "album"), count(&database, "cover"), count(&database, "photo")), (6, 6, 6));
        assert_eq!(count(&database, "photo AS p JOIN album AS a ON a.name = p.album AND a.place = p.place"), 5);
        assert_eq!(count(&database, "cover JOIN album ON album.name = cover.album"), 5);
        assert_eq!(count(&database, "cover WHERE album IS NULL"), 1);
    }

    #[test]
    fn autoincrement_is_ahead_of_the_rows_and_shadow_tables_are_left_alone() {
        let database = filled(
            "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE VIRTUAL TABLE search USING fts5 (text);",
        );
        assert_eq!(count(&database, "sqlite_sequence WHERE seq > (SELECT max(id) FROM a)"), 1);
        assert_eq!(count(&database, "search"), 0);
        assert_eq!(count(&database, "search_content"), 0);
    }
}
