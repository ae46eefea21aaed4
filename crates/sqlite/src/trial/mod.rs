use rusqlite::{Connection, OptionalExtension, Row, ffi};
use wheatear_core::statements::{leaves_the_database, statements};
use wheatear_core::{Body, Migration, MigrationSet, Schema, Script};

use crate::script::{self, Cause, Control, ScriptError};
use crate::{SqliteFailure, read_schema, switches};

/// A migration that SQLite refuses.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {direction} migration \"{migration}\" failed{}: {failure}", at_statement(*.statement))]
#[non_exhaustive]
pub struct TrialError {
    /// Id of the migration.
    pub migration: String,
    /// Path of its file.
    pub file: String,
    /// What was tried, such as `applying`.
    pub direction: &'static str,
    /// Which statement of the file, counted from 1; 0 if it is what they leave behind together.
    pub statement: usize,
    /// Line in the file, counted from 1.
    pub line: usize,
    /// What SQLite said.
    pub failure: SqliteFailure,
}

fn at_statement(statement: usize) -> String {
    if statement == 0 { String::new() } else { format!(" at statement {statement}") }
}

/// Runs a whole set on an empty database in memory: up, down as far as there are downs, and up again, the
/// hooks each time. Returns the schema that it makes the first time.
///
/// Code is left out: it changes rows, and there are none. So is a script that would reach for files
/// (`ATTACH`, `VACUUM INTO`); the schema is then not known, `None`.
///
/// # Errors
/// [`TrialError`] for the first statement that SQLite refuses.
pub fn try_out(set: &MigrationSet) -> Result<Option<Schema>, TrialError> {
    let database = Connection::open_in_memory().map_err(unusable)?;
    // What one migration leaves undone another may mend; what stays is the first one's.
    let mut broken = None;
    for migration in set {
        up(&database, migration, "applying")?;
        broken = broken_keys(&database).map_err(unusable)?.map(|what| broken.unwrap_or((migration, what)));
    }
    if let Some((migration, what)) = broken {
        let (id, file) = (migration.id().to_owned(), migration.file().to_owned());
        let failure = SqliteFailure { code: ffi::SQLITE_CONSTRAINT_FOREIGNKEY, message: what };
        return Err(TrialError { migration: id, file, direction: "applying", statement: 0, line: 1, failure });
    }
    // Hooks have run before anything is taken back, and run again after that.
    run_hooks(&database, set)?;
    // Going back may write the same schema otherwise, such as a name in quotes after a rebuild.
    let schema = schema_of(&database, set)?;
    let back: Vec<&Migration> = set.iter().rev().take_while(|migration| migration.has_down()).collect();
    for migration in &back {
        if let Body::Sql { down: Some(down), .. } = migration.body() {
            run(&database, migration.id(), down, "taking back")?;
        }
    }
    for migration in back.iter().rev() {
        up(&database, migration, "applying again")?;
    }
    run_hooks(&database, set)?;
    Ok(schema)
}

/// The schema that the first `count` migrations of a set make, and the hooks if these are all;
/// `None` if it cannot be known, as in [`try_out`].
///
/// # Errors
/// [`TrialError`] for the first statement that SQLite refuses.
pub fn schema_after(set: &MigrationSet, count: usize) -> Result<Option<Schema>, TrialError> {
    let database = Connection::open_in_memory().map_err(unusable)?;
    for migration in set.iter().take(count) {
        up(&database, migration, "applying")?;
    }
    if count >= set.len() {
        run_hooks(&database, set)?;
    }
    schema_of(&database, set)
}

/// A foreign key that leads nowhere: to a table that does not exist (a rename can leave one behind), to
/// columns without a unique index, or from a row to none.
fn broken_keys(database: &Connection) -> rusqlite::Result<Option<String>> {
    const DANGLING: &str = "
        SELECT 'table \"' || child.name || '\" refers to \"' || key.\"table\" || '\", which does not exist'
          FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
         WHERE child.type = 'table' AND NOT EXISTS (
           SELECT 1 FROM sqlite_schema AS parent WHERE parent.type = 'table' AND lower(parent.name) = lower(key.\"table\"))";
    let dangling = database.query_row(DANGLING, [], |row| row.get(0)).optional()?;
    if dangling.is_some() {
        return Ok(dangling);
    }
    let orphan = |row: &Row<'_>| {
        Ok(format!("a row of \"{}\" refers to no row of \"{}\"", row.get::<_, String>(0)?, row.get::<_, String>(2)?))
    };
    match database.query_row("PRAGMA foreign_key_check", [], orphan).optional() {
        Err(error) => Ok(Some(SqliteFailure::from(error).message)),
        found => found,
    }
}

fn run_hooks(database: &Connection, set: &MigrationSet) -> Result<(), TrialError> {
    set.hooks().iter().try_for_each(|hook| run(database, &hook.id, &hook.script, "applying"))
}

fn schema_of(database: &Connection, set: &MigrationSet) -> Result<Option<Schema>, TrialError> {
    let ups = set.iter().filter_map(|migration| match migration.body() {
        Body::Sql { up, .. } => Some(up),
        Body::Code { .. } => None,
    });
    if ups.chain(set.hooks().iter().map(|hook| &hook.script)).any(reaches_out) {
        return Ok(None);
    }
    read_schema(database).map(Some).map_err(unusable)
}

fn up(database: &Connection, migration: &Migration, direction: &'static str) -> Result<(), TrialError> {
    match migration.body() {
        Body::Sql { up, .. } => run(database, migration.id(), up, direction),
        Body::Code { .. } => Ok(()),
    }
}

fn run(database: &Connection, id: &str, script: &Script, direction: &'static str) -> Result<(), TrialError> {
    if reaches_out(script) {
        return Ok(());
    }
    let control = if script.transactional { Control::Refused } else { Control::Allowed };
    let attempt = || -> Result<(), ScriptError> {
        database.pragma_update(None, "foreign_keys", script.foreign_keys).map_err(ScriptError::before)?;
        if script.transactional {
            database.execute_batch("BEGIN").map_err(ScriptError::before)?;
        }
        let work = || script::run(database, &script.sql, control, |_, _| Ok(()));
        switches::restored(database, Some(&script.sql), work).map_err(ScriptError::before)??;
        if script.transactional { database.execute_batch("COMMIT").map_err(ScriptError::before) } else { Ok(()) }
    };
    attempt().map_err(|ScriptError { statement, line, cause }| TrialError {
        migration: id.to_owned(),
        file: script.file.to_string(),
        direction,
        statement,
        line,
        failure: match cause {
            Cause::Sqlite(failure) => failure,
            Cause::TransactionControl | Cause::Stopped => SqliteFailure::misuse("it begins or ends a transaction"),
        },
    })
}

fn reaches_out(script: &Script) -> bool {
    !script.transactional && statements(&script.sql).any(|(_, statement)| leaves_the_database(statement))
}

fn unusable(error: rusqlite::Error) -> TrialError {
    TrialError {
        migration: String::new(),
        file: "a database in memory".to_owned(),
        direction: "preparing",
        statement: 0,
        line: 1,
        failure: error.into(),
    }
}

#[cfg(test)]
mod tests {
    use wheatear_core::SourceFile;

    use super::*;

    fn set(files: &[(&str, &str)]) -> MigrationSet {
        let file = |(name, text): &(&str, &str)| SourceFile { path: format!("m/{name}.sql"), text: (*text).to_owned() };
        MigrationSet::from_files(files.iter().map(file)).expect("a valid set")
    }

    #[test]
    fn gives_the_schema_that_the_whole_set_makes() {
        let set = set(&[
            ("1", "CREATE TABLE a (b);"),
            ("2", "ALTER TABLE a ADD COLUMN c;"),
            ("2.rollback", "ALTER TABLE a DROP COLUMN c;"),
            ("post-apply", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT b FROM a;"),
        ]);
        let schema = try_out(&set).expect("it runs").expect("a schema");
        let names: Vec<&str> = schema.objects().iter().map(|object| object.name.as_ref()).collect();
        assert_eq!(names, ["a", "v"]);
    }

    #[test]
    fn finds_errors_in_ups_downs_repetitions_and_hooks_with_file_and_line() {
        for (files, message) in [
            (
                &[("1", "CREATE TABLE a (b);\nCREATE TABL c (d);")][..],
                "m/1.sql:2: applying migration \"1\" failed at statement 2: near \"TABL\": syntax error (SQLite code 1)",
            ),
            (
                &[("1", "CREATE TABLE a (b);"), ("1.rollback", "SELECT 1;\nDROP TABLE b;")][..],
                "m/1.rollback.sql:2: taking back migration \"1\" failed at statement 2: no such table: b (SQLite code 1)",
            ),
            (
                &[("1", "CREATE TABLE a (b);"), ("1.rollback", "SELECT 1;")][..],
                "m/1.sql:1: applying again migration \"1\" failed at statement 1: table a already exists (SQLite code 1)",
            ),
            (
                &[("1", "CREATE TABLE a (b);"), ("post-apply", "SELECT x FROM a;")][..],
                "m/post-apply.sql:1: applying migration \"post-apply\" failed at statement 1: no such column: x (SQLite code 1)",
            ),
        ] {
            assert_eq!(try_out(&set(files)).expect_err("a fault").to_string(), message);
        }
    }

    #[test]
    fn finds_keys_that_lead_nowhere_and_the_migration_that_began_it() {
        let node = ("1", "CREATE TABLE node (id INTEGER PRIMARY KEY);");
        let reading = ("2", "CREATE TABLE reading (node_id INTEGER REFERENCES node);");
        for (bad, message) in [
            (
                "ALTER TABLE node RENAME TO old; CREATE TABLE node (id INTEGER PRIMARY KEY); DROP TABLE old;",
                "table \"reading\" refers to \"old\", which does not exist",
            ),
            ("INSERT INTO reading VALUES (9);", "a row of \"reading\" refers to no row of \"node\""),
            (
                "CREATE TABLE bad (x REFERENCES reading (node_id));",
                "foreign key mismatch - \"bad\" referencing \"reading\"",
            ),
        ] {
            let error = try_out(&set(&[node, reading, ("3", bad), ("4", "SELECT 1;")])).expect_err(bad);
            let expected = format!("m/3.sql:1: applying migration \"3\" failed: {message}");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
        let mended = [node, reading, ("3", "INSERT INTO reading VALUES (9);"), ("4", "INSERT INTO node VALUES (9);")];
        try_out(&set(&mended)).expect("what is mended is fine");
    }

    #[test]
    fn goes_back_only_as_far_as_there_are_downs() {
        let set = set(&[("1", "CREATE TABLE a (b);"), ("2", "CREATE TABLE c (d);"), ("2.rollback", "DROP TABLE c;")]);
        assert_eq!(try_out(&set).expect("it runs").expect("a schema").objects().len(), 2);
    }

    #[test]
    fn runs_outside_of_a_transaction_what_asks_for_it_and_leaves_files_alone() {
        let header = "-- transactional: false\n";
        let vacuum = set(&[("1", &format!("{header}VACUUM; BEGIN; CREATE TABLE a (b); COMMIT;"))]);
        assert_eq!(try_out(&vacuum).expect("it runs").expect("a schema").objects().len(), 1);
        let attach = set(&[("1", &format!("{header}ATTACH 'file-of-a-test.sqlite3' AS b; DETACH b;"))]);
        assert_eq!(try_out(&attach).expect("it is left out"), None);
        assert!(!std::path::Path::new("file-of-a-test.sqlite3").exists());
    }

    #[test]
    fn hooks_have_run_when_something_is_taken_back_and_run_again_after_it() {
        let files = [
            ("1", "CREATE TABLE a (b, c);"),
            ("2", "ALTER TABLE a ADD COLUMN d;"),
            ("2.rollback", "ALTER TABLE a DROP COLUMN d;"),
            ("post-apply", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT d FROM a;"),
        ];
        let message = try_out(&set(&files)).expect_err("a view in the way").to_string();
        assert!(message.starts_with("m/2.rollback.sql:1: taking back") && message.contains("view v"), "{message}");
        let once = try_out(&set(&[("1", "SELECT 1;"), ("post-apply", "CREATE VIEW v AS SELECT 1;")]));
        assert!(once.expect_err("a hook that runs once").to_string().contains("view v already exists"));
    }
}
