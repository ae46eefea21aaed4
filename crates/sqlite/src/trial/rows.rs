//! What only a table with rows refuses. A set is tried out on empty tables, and `ALTER TABLE` lets pass there what
//! fails in a database that is in use.
//!
//! Rows have to be invented, so only what any row would meet is a fault: SQLite's refusals to add a column, which do
//! not depend on what is in the row, and a copy that leaves a needed column out. That an invented value breaks a
//! `CHECK` or an index says nothing.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#alter_table_add_column>

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ffi, params};
use wheatear_core::Script;
use wheatear_core::schema_statements::{AddedColumn, altered_or_dropped, copied_columns, mentioned_names};
use wheatear_core::sql_text::line_at;
use wheatear_core::statements::statements;

use super::attempt::{Open, attempt};
use super::invented::{Row, fill};
use super::past::Past;
use super::trial_error::TrialFault;
use crate::script::{Cause, ScriptError};
use crate::{SqliteFailure, one_row, quoted};

/// What SQLite says about an added column whatever the rows hold.
const OF_ANY_ROW: [&str; 4] = [
    "Cannot add a NOT NULL column with default value NULL",
    "Cannot add a column with non-constant default",
    "Cannot add a REFERENCES column with non-NULL default value",
    "cannot add a STORED column",
];

/// What it says about one once it has looked at the rows.
const OF_SOME_ROW: [&str; 3] = ["CHECK constraint failed", "NOT NULL constraint failed", "type mismatch on DEFAULT"];

/// A statement that would fail.
pub(super) struct RowFault {
    pub statement: usize,
    pub line: usize,
    pub fault: TrialFault,
}

/// Tries a script with a row in each table that it mentions, as these tables are before it runs. They are made
/// anew in a database of their own, which is cheaper than taking back what the script does.
///
/// Of tables that the set may have emptied or rewritten before, only what holds all the same is a fault.
pub(super) fn fault(
    database: &Connection,
    script: &Script,
    past: &Past,
    open: Open<'_>,
) -> rusqlite::Result<Option<RowFault>> {
    let statements: Vec<&str> = statements(&script.sql).map(|(_, statement)| statement).collect();
    let added: Vec<Option<AddedColumn<'_>>> = statements.iter().map(|sql| AddedColumn::parse(sql)).collect();
    if added.iter().all(Option::is_none) && !statements.iter().any(|sql| copied_columns(sql).is_some()) {
        return Ok(None);
    }
    let copy = Copy::of(database, script, past, open)?;
    let Some(ScriptError { statement, line, cause: Cause::Sqlite(sqlite), .. }) = copy.run(Row::Full)? else {
        return copy.fault_with_nulls(&added, usize::MAX);
    };
    let Some(index) = statement.checked_sub(1) else { return Ok(None) };
    let fault = match (added.get(index), statements.get(index)) {
        (Some(Some(column)), _) if copy.refuses_any_row(column, &sqlite)? => {
            Some(TrialFault::AddedColumn { table: column.table.clone(), takes_null: false, sqlite })
        }
        (Some(None), Some(text)) if leaves_out(text, &sqlite) && !copy.may_be_of_none(text) => {
            Some(TrialFault::CopiedRow(sqlite))
        }
        _ => None,
    };
    if let Some(fault) = fault {
        return Ok(Some(RowFault { statement, line, fault }));
    }
    // What an invented value meets is no fault, and of what comes behind it only a little is known.
    match copy.fault_with_nulls(&added, statement)? {
        None => copy.fault_behind(&added, statement),
        found => Ok(found),
    }
}

/// Whether a copy fails because of a column that it does not name.
fn leaves_out(statement: &str, sqlite: &SqliteFailure) -> bool {
    let missing =
        sqlite.message.strip_prefix("NOT NULL constraint failed: ").and_then(|column| column.rsplit_once('.'));
    sqlite.code == ffi::SQLITE_CONSTRAINT_NOTNULL
        && missing.zip(copied_columns(statement)).is_some_and(|((table, column), (copied_to, named))| {
            // A trigger may write into another table.
            table.to_ascii_lowercase() == copied_to && !named.contains(&column.to_ascii_lowercase())
        })
}

/// Whether a statement surely leaves the rows of a table where they are, whatever keys do with them.
fn leaves_rows(statement: &str, table: &str) -> bool {
    let names = mentioned_names(statement);
    let has = |word: &str| names.contains(word);
    let removes = ["delete", "replace"].iter().any(|word| has(word)) || altered_or_dropped(statement).is_some();
    let makes_it = has("create") && has("table") && has(table);
    AddedColumn::parse(statement).is_some() || !(removes || makes_it)
}

struct Object {
    is_table: bool,
    name: String,
    sql: String,
}

/// The tables that a script mentions, with their indexes behind them, and the views.
struct Copy<'script> {
    script: &'script Script,
    past: &'script Past,
    open: Open<'script>,
    objects: Vec<Object>,
}

impl<'script> Copy<'script> {
    fn of(
        database: &Connection,
        script: &'script Script,
        past: &'script Past,
        open: Open<'script>,
    ) -> rusqlite::Result<Self> {
        const OBJECTS: &str = "SELECT tbl_name, type = 'table', name, sql FROM sqlite_schema
             WHERE type IN ('table', 'index', 'view') AND sql IS NOT NULL AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'
             ORDER BY rowid";
        let names = mentioned_names(&script.sql);
        let mut select = database.prepare(OBJECTS)?;
        let mut rows = select.query(params![])?;
        let mut objects = Vec::new();
        while let Some(row) = rows.next()? {
            let table: String = row.get(0)?;
            if names.contains(&table.to_ascii_lowercase()) {
                objects.push(Object { is_table: row.get(1)?, name: row.get(2)?, sql: row.get(3)? });
            }
        }
        Ok(Self { script, past, objects, open })
    }

    /// Runs the script with a row in each table; gives what fails.
    fn run(&self, row: Row) -> rusqlite::Result<Option<ScriptError>> {
        let database = self.filled(row)?;
        Ok(attempt(&database, self.script, &mut |_, _| {}).err())
    }

    /// The tables with a row in each.
    fn filled(&self, row: Row) -> rusqlite::Result<Connection> {
        let database = (self.open)()?;
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
        for Object { is_table, name, sql } in &self.objects {
            // One that needs what only the application has stays out, and so does a row that cannot be guessed.
            if database.execute_batch(sql).is_ok() && *is_table {
                fill(&database, name, row)?;
            }
        }
        Ok(database)
    }

    /// Whether a copy may find no row.
    fn may_be_of_none(&self, statement: &str) -> bool {
        let names = mentioned_names(statement);
        let tables =
            self.objects.iter().filter(|object| object.is_table).map(|object| object.name.to_ascii_lowercase());
        tables.filter(|table| names.contains(table)).any(|table| self.past.may_have_emptied(&table))
    }

    /// A column behind the statement that stopped the script, refused by its table whatever that one does.
    fn fault_behind(&self, added: &[Option<AddedColumn<'_>>], stopped: usize) -> rusqlite::Result<Option<RowFault>> {
        let all: Vec<(usize, &str)> = statements(&self.script.sql).collect();
        for (index, (column, (at, text))) in added.iter().zip(&all).enumerate().skip(stopped) {
            let Some(column) = column else { continue };
            let before = all.iter().take(index).map(|(_, text)| *text);
            if self.past.may_have_emptied(&column.table) || !before.clone().all(|text| leaves_rows(text, &column.table))
            {
                continue;
            }
            let database = self.filled(Row::Full)?;
            database.execute_batch(&format!("PRAGMA foreign_keys = {}", self.script.foreign_keys))?;
            let Some(sqlite) = database.execute_batch(text).err().map(SqliteFailure::from) else { continue };
            if OF_ANY_ROW.contains(&sqlite.message.as_str()) {
                let fault = TrialFault::AddedColumn { table: column.table.clone(), takes_null: false, sqlite };
                let line = line_at(&self.script.sql, *at);
                return Ok(Some(RowFault { statement: index + 1, line, fault }));
            }
        }
        Ok(None)
    }

    /// Whether any row makes SQLite refuse this column.
    fn refuses_any_row(&self, column: &AddedColumn<'_>, sqlite: &SqliteFailure) -> rusqlite::Result<bool> {
        if OF_ANY_ROW.contains(&sqlite.message.as_str()) {
            return Ok(!self.past.may_have_emptied(&column.table));
        }
        if !OF_SOME_ROW.contains(&sqlite.message.as_str()) || self.past.may_have_rewritten(&column.table) {
            return Ok(false);
        }
        // On a table of which nothing else is known, what the column itself says is to blame.
        let table = quoted(&column.table);
        let is_strict = self.is_strict(&column.table)?;
        let other = (self.open)()?;
        let strict = if is_strict { "STRICT" } else { "" };
        other.execute_batch(&format!("CREATE TABLE {table} (_ INTEGER) {strict}; INSERT INTO {table} VALUES (1)"))?;
        let alone = other.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {}", column.definition));
        Ok(alone.is_err_and(|error| OF_SOME_ROW.contains(&SqliteFailure::from(error).message.as_str())))
    }

    fn is_strict(&self, table: &str) -> rusqlite::Result<bool> {
        let is_it = |object: &&Object| object.is_table && object.name.to_ascii_lowercase() == table;
        let Some(Object { name, sql, .. }) = self.objects.iter().find(is_it) else { return Ok(false) };
        let database = (self.open)()?;
        database.execute_batch(sql)?;
        one_row(&database, "SELECT strict FROM pragma_table_list(?1)", &[&name], |row| row.get(0))
    }

    /// A generated column that must not be NULL, and is where its sources are. Only of statements before the one
    /// at which the script stopped with full rows: there it is NULL itself that makes the difference.
    fn fault_with_nulls(
        &self,
        added: &[Option<AddedColumn<'_>>],
        stopped: usize,
    ) -> rusqlite::Result<Option<RowFault>> {
        if !added.iter().flatten().any(AddedColumn::is_generated_not_null) {
            return Ok(None);
        }
        let Some(ScriptError { statement, line, cause: Cause::Sqlite(sqlite), .. }) = self.run(Row::Sparse)? else {
            return Ok(None);
        };
        let column = statement.checked_sub(1).and_then(|index| added.get(index)).and_then(Option::as_ref);
        Ok(column
            .filter(|column| {
                statement < stopped
                    && column.is_generated_not_null()
                    && !self.past.may_have_rewritten(&column.table)
                    && sqlite.message == "NOT NULL constraint failed"
            })
            .map(|column| {
                let fault = TrialFault::AddedColumn { table: column.table.clone(), takes_null: true, sqlite };
                RowFault { statement, line, fault }
            }))
    }
}

#[cfg(test)]
mod tests {
    use crate::trial::tests::set;
    use crate::trial::{TrialError, try_out};

    const PARCEL: &str = "CREATE TABLE depot (id INTEGER PRIMARY KEY);
        CREATE TABLE parcel (id INTEGER PRIMARY KEY, grams INTEGER, town TEXT NOT NULL DEFAULT 'Lund');";

    fn tried(create: &str, change: &str) -> Result<(), TrialError> {
        try_out(&set(&[("1", create), ("2", change)])).map(drop)
    }

    #[test]
    fn a_column_that_only_an_empty_table_takes_is_refused_and_says_so() {
        for (column, why) in [
            ("sender TEXT NOT NULL", "Cannot add a NOT NULL column with default value NULL"),
            ("seen TEXT DEFAULT CURRENT_TIMESTAMP", "Cannot add a column with non-constant default"),
            ("token TEXT DEFAULT (lower(hex(randomblob(8))))", "Cannot add a column with non-constant default"),
            ("kilos REAL AS (grams / 1000.0) STORED", "cannot add a STORED column"),
            ("state INTEGER DEFAULT 0 CHECK (state > 0)", "CHECK constraint failed"),
        ] {
            let change = format!("SELECT 1;\nALTER TABLE parcel ADD COLUMN {column};");
            let message = tried(PARCEL, &change).expect_err(column).to_string();
            let expected = format!(
                "m/2.sql:2: applying migration \"2\" would fail at statement 2 as soon as \"parcel\" has a row: {why} "
            );
            assert!(message.starts_with(&expected), "{message}");
        }
        let change = "-- foreign_keys: on\nALTER TABLE parcel ADD depot INTEGER DEFAULT 1 REFERENCES depot (id);";
        let message = tried(PARCEL, change).expect_err("a reference").to_string();
        assert!(message.contains("Cannot add a REFERENCES column with non-NULL default value"), "{message}");
        let strict = "CREATE TABLE parcel (id INTEGER PRIMARY KEY, name TEXT) STRICT;";
        let message = tried(strict, "ALTER TABLE parcel ADD n INTEGER DEFAULT 'x';").expect_err("a text").to_string();
        assert!(message.contains("type mismatch on DEFAULT"), "{message}");
    }

    #[test]
    fn a_generated_column_that_may_not_be_null_is_refused_if_its_sources_may() {
        let doubled = "ALTER TABLE parcel ADD COLUMN doubled INTEGER AS (grams * 2) VIRTUAL NOT NULL;";
        let message = tried(PARCEL, doubled).expect_err("grams may be NULL").to_string();
        assert!(message.contains("as soon as \"parcel\" has a row with NULL where it may have one"), "{message}");
        for fine in [
            "ALTER TABLE parcel ADD COLUMN doubled INTEGER AS (coalesce(grams, 0) * 2) NOT NULL;",
            "ALTER TABLE parcel ADD COLUMN shout TEXT AS (upper(town)) NOT NULL;",
            // What it is of a town that was not invented is not known.
            "ALTER TABLE parcel ADD COLUMN post INTEGER AS (CASE town WHEN 'Lund' THEN 22 WHEN 'Ystad' THEN 27 END) NOT NULL;",
            "ALTER TABLE parcel ADD COLUMN class TEXT AS (CASE grams WHEN 20 THEN 'letter' END) NOT NULL;",
        ] {
            tried(PARCEL, fine).expect(fine);
        }
    }

    #[test]
    fn a_down_is_tried_with_rows_too() {
        let files = [
            ("1", PARCEL),
            ("2", "ALTER TABLE parcel DROP COLUMN town;"),
            ("2.rollback", "ALTER TABLE parcel ADD COLUMN town TEXT NOT NULL;"),
        ];
        let message = try_out(&set(&files)).expect_err("a column without a default").to_string();
        assert!(message.starts_with("m/2.rollback.sql:1: taking back migration \"2\" would fail"), "{message}");
    }

    #[test]
    fn a_copy_that_leaves_a_needed_column_out_is_refused() {
        let rebuild = |columns: &str, values: &str, age: &str| {
            format!(
                "CREATE TABLE next (id INTEGER PRIMARY KEY, town TEXT, age INTEGER NOT NULL {age});
                 INSERT INTO next ({columns}) SELECT {values} FROM parcel;
                 DROP TABLE parcel;
                 ALTER TABLE next RENAME TO parcel;"
            )
        };
        let message = tried(PARCEL, &rebuild("id, town", "id, town", "")).expect_err("no age").to_string();
        assert!(
            message.contains(
                "would fail at statement 2 as soon as there is a row to copy: NOT NULL constraint failed: next.age"
            ),
            "{message}"
        );
        tried(PARCEL, &rebuild("id, town", "id, town", "DEFAULT 0")).expect("a default");
        // An invented row has none, others may.
        tried(PARCEL, &rebuild("id, town, age", "id, town, nullif(grams, 1)", "")).expect("a value, at times");
    }

    #[test]
    fn what_a_trigger_lacks_is_no_fault_of_a_copy() {
        let change = "CREATE TABLE history (parcel INTEGER NOT NULL, author TEXT NOT NULL);
            CREATE TABLE next (id INTEGER PRIMARY KEY, town TEXT NOT NULL);
            CREATE TRIGGER told AFTER INSERT ON next BEGIN
              INSERT INTO history (parcel, author) VALUES (new.id, json_extract(new.town, '$.author')); END;
            INSERT INTO next (id, town) SELECT id, town FROM parcel;";
        tried(PARCEL, change).expect("the invented town has no author");
    }

    #[test]
    fn what_stops_a_script_hides_no_column_behind_it() {
        let create = format!(
            "{PARCEL} CREATE TRIGGER told AFTER INSERT ON parcel BEGIN SELECT 1; END;
             CREATE VIRTUAL TABLE search USING fts5 (town);"
        );
        for before in [
            "DROP TRIGGER told;",
            "INSERT INTO search (search) VALUES ('optimize');",
            "UPDATE parcel SET town = json_extract(town, '$.name');",
        ] {
            for (column, why) in [
                ("seen TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP", "Cannot add a column with non-constant default"),
                ("sender TEXT NOT NULL", "Cannot add a NOT NULL column with default value NULL"),
            ] {
                let change = format!("{before}\nALTER TABLE parcel ADD COLUMN {column};");
                let message = tried(&create, &change).expect_err(before).to_string();
                assert!(message.starts_with("m/2.sql:2: ") && message.contains(why), "{message}");
                assert!(message.contains("would fail at statement 2 as soon as \"parcel\" has a row"), "{message}");
            }
            for fine in [
                "DELETE FROM parcel; ALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL;",
                "DELETE FROM depot; ALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL;",
                "DROP TABLE parcel; CREATE TABLE parcel (id); ALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL;",
                "ALTER TABLE parcel ADD COLUMN most INTEGER DEFAULT 0 CHECK (most > grams);",
                "ALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL DEFAULT '';",
            ] {
                tried(&create, &format!("{before} {fine}")).expect(fine);
            }
        }
    }

    #[test]
    fn what_an_invented_row_meets_is_no_fault() {
        for (create, change) in [
            // Nothing is refused that the migration itself sees to.
            (PARCEL, "DELETE FROM parcel; ALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL;"),
            (PARCEL, "DROP TABLE parcel; CREATE TABLE parcel (id); ALTER TABLE parcel ADD COLUMN a TEXT NOT NULL;"),
            ("SELECT 1;", "CREATE TABLE a (b); ALTER TABLE a ADD COLUMN c TEXT NOT NULL; CREATE UNIQUE INDEX d ON a (b);"),
            // The new column is compared with what the row has, and that was invented.
            (PARCEL, "ALTER TABLE parcel ADD COLUMN most INTEGER DEFAULT 0 CHECK (most > grams);"),
            (
                "CREATE TABLE a (b INTEGER NOT NULL) STRICT;",
                "ALTER TABLE a ADD COLUMN c INTEGER DEFAULT 0 CHECK (c > b);",
            ),
            (
                "CREATE TABLE a (b TEXT NOT NULL) STRICT;",
                "ALTER TABLE a ADD COLUMN c INTEGER AS (b || 'x');",
            ),
            // Rows that cannot be guessed, and others that can.
            (
                "CREATE TABLE kind (name TEXT PRIMARY KEY CHECK (name IN ('a', 'b'))) WITHOUT ROWID;",
                "ALTER TABLE kind ADD COLUMN n INTEGER NOT NULL DEFAULT 0;",
            ),
            (
                "CREATE TABLE a (b UNIQUE, c BLOB NOT NULL, d TEXT REFERENCES a (b), e AS (json_extract(d, '$.x')) STORED);
                 CREATE INDEX f ON a (json_extract(d, '$.y'));
                 CREATE TRIGGER g BEFORE INSERT ON a BEGIN SELECT raise(ABORT, 'never'); END;
                 CREATE VIRTUAL TABLE h USING fts5 (i);",
                "ALTER TABLE a ADD COLUMN j; UPDATE a SET b = b + 1; INSERT INTO h (i) SELECT d FROM a;
                 UPDATE a SET c = NULL WHERE b = 2;",
            ),
            // The migration's own rows.
            (PARCEL, "INSERT INTO parcel (id, grams) VALUES (1, 1); ALTER TABLE parcel ADD COLUMN read INTEGER;"),
            ("CREATE TABLE a (b UNIQUE);", "INSERT INTO a VALUES (1); ALTER TABLE a ADD COLUMN c; INSERT INTO a (b) SELECT 2;"),
        ] {
            tried(create, change).unwrap_or_else(|error| panic!("{change}: {error}"));
        }
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        let create = "CREATE TABLE \"My \"\"Parcel\"\"\" (id INTEGER PRIMARY KEY);";
        let error = tried(create, "ALTER TABLE main.[my \"parcel\"] ADD [a b] TEXT NOT NULL").expect_err("a column");
        assert!(error.to_string().contains("Cannot add a NOT NULL column"), "{error}");
        let renamed = "ALTER TABLE parcel RENAME TO box; ALTER TABLE box ADD COLUMN sender TEXT NOT NULL;";
        tried(PARCEL, renamed).expect_err("a column of a table by its new name");
        let outside = "-- transactional: false\nBEGIN; ALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL; COMMIT;";
        tried(PARCEL, outside).expect_err("a column outside of a transaction");
    }
}
