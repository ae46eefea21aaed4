//! Trying a set out on a database in memory, before any user's database meets it.

mod attempt;
mod dangling;
mod foreign_keys;
mod invented;
mod past;
mod rows;
mod trial_error;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use wheatear_core::schema_statements::altered_or_dropped;
use wheatear_core::sql_text::excerpt_of_line;
use wheatear_core::statements::statements;
use wheatear_core::{Body, Migration, Schema, Script, SetDefinition, set_of};

use crate::script::{Cause, ScriptError};
use crate::{SqliteFailure, read_schema};
use attempt::Open;
use dangling::State;
use past::Past;
use rows::RowFault;

pub use attempt::{attempt, reaches_out};
pub use trial_error::{TrialError, TrialFault};

/// Runs a whole set on an empty database in memory: up, down as far as there are downs, and up again, the
/// hooks each time. Returns the schema that it makes the first time.
///
/// What passes on empty tables and fails as soon as they have rows is found by trying each script with a row in
/// them too, and what is left without what it stands on (foreign keys, views, triggers) at the end of the set and
/// behind each down.
///
/// Code is left out: it changes rows, and there are none. So is a script that would reach for files
/// (`ATTACH`, `VACUUM INTO`); the schema is then not known, `None`.
///
/// # Errors
/// [`TrialError`] for the first fault.
pub fn try_out(set: &SetDefinition) -> Result<Option<Schema>, TrialError> {
    try_out_prepared(set, &|| Connection::open_in_memory())
}

/// The same on connections that `open` gives, which may have more functions and collations.
///
/// # Errors
/// As [`try_out`].
pub fn try_out_prepared(
    set: &SetDefinition,
    open: &dyn Fn() -> rusqlite::Result<Connection>,
) -> Result<Option<Schema>, TrialError> {
    let database = open().map_err(unusable)?;
    try_out_on(&database, set, open, |_| Ok(()))
}

/// The same on a given database, for one that knows more functions or listens. `open` gives more of the kind;
/// `at_end` looks at the database when the set has been applied.
pub(crate) fn try_out_on(
    database: &Connection,
    set: &SetDefinition,
    open: Open<'_>,
    at_end: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Option<Schema>, TrialError> {
    let mut past = Past::default();
    // Those of an earlier release have run in a database that meets a later one.
    set.hooks().iter().for_each(|hook| past.hear(&hook.script));
    for migration in set {
        match migration.body() {
            Body::Sql { up, .. } => {
                try_rows(database, migration.id(), up, APPLYING, &past, open)?;
                run(database, migration.id(), up, APPLYING)?;
                past.hear(up);
            }
            Body::Code { .. } => past.hear_code(database).map_err(unusable)?,
        }
    }
    // Hooks have run before anything is taken back, and run again after that.
    run_hooks(database, set)?;
    check_end(database, set, open)?;
    at_end(database).map_err(unusable)?;
    // Going back may write the same schema otherwise, such as a name in quotes after a rebuild.
    let schema = schema_of(database, set)?;
    let back: Vec<&Migration> = set.iter().rev().take_while(|migration| migration.has_down()).collect();
    for migration in &back {
        match migration.body() {
            Body::Sql { down: Some(down), .. } => {
                try_rows(database, migration.id(), down, TAKING_BACK, &past, open)?;
                run(database, migration.id(), down, TAKING_BACK)?;
                check_down(database, set, migration.id(), down, open)?;
                past.hear(down);
            }
            Body::Sql { down: None, .. } => {}
            Body::Code { .. } => past.hear_code(database).map_err(unusable)?,
        }
    }
    for migration in back.iter().rev() {
        up(database, migration, "applying again")?;
    }
    run_hooks(database, set)?;
    Ok(schema)
}

/// The schema that the first `count` migrations of a set make, and the hooks if these are all;
/// `None` if it cannot be known, as in [`try_out`].
///
/// # Errors
/// [`TrialError`] for the first statement that SQLite refuses.
pub fn schema_after(
    set: &SetDefinition,
    count: usize,
    open: &dyn Fn() -> rusqlite::Result<Connection>,
) -> Result<Option<Schema>, TrialError> {
    let database = open().map_err(unusable)?;
    for migration in set.iter().take(count) {
        up(&database, migration, APPLYING)?;
    }
    if count >= set.len() {
        run_hooks(&database, set)?;
    }
    schema_of(&database, set)
}

const APPLYING: &str = "applying";
const TAKING_BACK: &str = "taking back";

/// Refuses what fails once there are rows.
fn try_rows(
    database: &Connection,
    id: &str,
    script: &Script,
    direction: &'static str,
    past: &Past,
    open: Open<'_>,
) -> Result<(), TrialError> {
    if reaches_out(script) {
        return Ok(());
    }
    match rows::fault(database, script, past, open).map_err(unusable)? {
        None => Ok(()),
        Some(RowFault { statement, line, fault }) => {
            let excerpt = Some(excerpt_of_line(&script.sql, line, None));
            Err(TrialError { statement: Some(statement), line, excerpt, ..left_by(id, script, direction, fault) })
        }
    }
}

/// Refuses what is left without what it stands on by the whole set. What one migration leaves undone another or a
/// hook may mend; for what stays the first of those answers that have left it so.
fn check_end(database: &Connection, set: &SetDefinition, open: Open<'_>) -> Result<(), TrialError> {
    enforce_no_keys(database).map_err(unusable)?;
    // What code makes is not there, so that only what was fine once is known to be a fault beside it.
    let has_code = set.iter().any(|migration| matches!(migration.body(), Body::Code { .. }));
    // Step 10, once for the whole set. A key cannot tell: rows and tables that it leads to are code's to make at any time.
    if !has_code && foreign_keys::broken(database).map_err(unusable)?.is_some() {
        blame(set, open, |database| Ok(foreign_keys::broken(database)?.map(TrialFault::ForeignKey)))?;
    }
    for (object, _) in dangling::all(database, None).map_err(unusable)? {
        let mut counts = !has_code;
        blame(set, open, |database| {
            Ok(match object.state_in(database)? {
                State::Unusable(fault) => counts.then_some(fault),
                State::Sound => {
                    counts = true;
                    None
                }
                State::Absent => None,
            })
        })?;
    }
    Ok(())
}

/// Fails with a fault that the whole set leaves, and names who began it: found by running it once more.
fn blame(
    set: &SetDefinition,
    open: Open<'_>,
    mut fault: impl FnMut(&Connection) -> rusqlite::Result<Option<TrialFault>>,
) -> Result<(), TrialError> {
    let database = open().map_err(unusable)?;
    let ups = set.iter().filter_map(|migration| match migration.body() {
        Body::Sql { up, .. } => Some((migration.id(), up)),
        Body::Code { .. } => None,
    });
    let hooks = set.hooks().iter().map(|hook| (hook.id.as_ref(), &hook.script));
    let mut began = None;
    for (id, script) in ups.chain(hooks) {
        run(&database, id, script, APPLYING)?;
        enforce_no_keys(&database).map_err(unusable)?;
        let fault = fault(&database).map_err(unusable)?;
        began = fault.map(|fault| began.unwrap_or_else(|| left_by(id, script, APPLYING, fault)));
    }
    began.map_or(Ok(()), Err)
}

/// Refuses a down that leaves something unusable which was usable before its up.
fn check_down(
    database: &Connection,
    set: &SetDefinition,
    id: &str,
    down: &Script,
    open: Open<'_>,
) -> Result<(), TrialError> {
    let changed = set_of(statements(&down.sql).filter_map(|(_, sql)| altered_or_dropped(sql)));
    if changed.is_empty() {
        return Ok(());
    }
    enforce_no_keys(database).map_err(unusable)?;
    let before = || -> Result<Connection, TrialError> {
        let before = open().map_err(unusable)?;
        for migration in set.iter().take_while(|migration| migration.id() != id) {
            up(&before, migration, APPLYING)?;
        }
        enforce_no_keys(&before).map_err(unusable)?;
        Ok(before)
    };
    if let Some(what) = foreign_keys::without_parent(database, Some(&changed)).map_err(unusable)?
        && foreign_keys::without_parent(&before()?, None).map_err(unusable)?.is_none()
    {
        return Err(left_by(id, down, TAKING_BACK, TrialFault::ForeignKey(what)));
    }
    for (object, fault) in dangling::all(database, Some(&changed)).map_err(unusable)? {
        if matches!(object.state_in(&before()?).map_err(unusable)?, State::Sound) {
            return Err(left_by(id, down, TAKING_BACK, fault));
        }
    }
    Ok(())
}

/// Enforced keys would be compiled into every statement that is looked at.
fn enforce_no_keys(database: &Connection) -> rusqlite::Result<()> {
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false).map(drop)
}

fn left_by(id: &str, script: &Script, direction: &'static str, fault: TrialFault) -> TrialError {
    let (migration, file) = (id.to_owned(), script.file.to_string());
    TrialError { migration, file, direction, statement: None, line: 1, excerpt: None, fault: Box::new(fault) }
}

fn run_hooks(database: &Connection, set: &SetDefinition) -> Result<(), TrialError> {
    set.hooks().iter().try_for_each(|hook| run(database, &hook.id, &hook.script, APPLYING))
}

fn schema_of(database: &Connection, set: &SetDefinition) -> Result<Option<Schema>, TrialError> {
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
    attempt(database, script, &mut |_, _| {}).map_err(|ScriptError { statement, line, offset, cause }| {
        let fault = TrialFault::Sqlite(match cause {
            Cause::Sqlite(failure) => failure,
            Cause::TransactionControl | Cause::Stopped => SqliteFailure::misuse("it begins or ends a transaction"),
        });
        let excerpt = (statement > 0).then(|| excerpt_of_line(&script.sql, line, offset));
        let statement = (statement > 0).then_some(statement);
        TrialError { statement, line, excerpt, ..left_by(id, script, direction, fault) }
    })
}

pub(crate) fn unusable(error: rusqlite::Error) -> TrialError {
    TrialError::unusable(error)
}

#[cfg(test)]
pub(crate) mod tests {
    use wheatear_core::{CodeMigration, SourceFile};

    use super::*;

    /// A set of files without their folder and `.sql`.
    pub(crate) fn set(files: &[(&str, &str)]) -> SetDefinition {
        let file = |(name, text): &(&str, &str)| SourceFile { path: format!("m/{name}.sql"), text: (*text).to_owned() };
        SetDefinition::from_files(files.iter().map(file)).expect("a valid set")
    }

    /// The same with code between them.
    pub(crate) fn set_with_code(files: &[(&str, &str)], id: &'static str) -> SetDefinition {
        let file = |(name, text): &(&str, &str)| SourceFile { path: format!("m/{name}.sql"), text: (*text).to_owned() };
        let code = CodeMigration {
            id: id.into(),
            version: "1".into(),
            depends: Vec::new().into(),
            was: Vec::new().into(),
            compatible: false,
            has_down: false,
        };
        SetDefinition::build(files.iter().map(file), [code]).expect("a valid set")
    }

    #[test]
    fn beside_code_nothing_is_said_of_keys() {
        let refers = "CREATE TABLE setting (user INTEGER NOT NULL REFERENCES user, name TEXT);";
        let user = "CREATE TABLE user (id INTEGER PRIMARY KEY);";
        try_out(&set_with_code(&[("1", refers)], "2.code")).expect("code may make the table");
        let row = ("3", "INSERT INTO setting VALUES (1, 'theme');");
        try_out(&set_with_code(&[("0", user), ("1", refers), row], "2.code")).expect("code may make the row");
        try_out(&set(&[("0", user), ("1", refers), row])).expect_err("nobody makes the row");
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
                "m/1.sql:2: applying migration \"1\" failed at statement 2: near \"TABL\": syntax error (SQLite code 1)\n  2 | CREATE TABL c (d);\n    |        ^",
            ),
            (
                &[("1", "CREATE TABLE a (b);"), ("1.rollback", "SELECT 1;\nDROP TABLE b;")][..],
                "m/1.rollback.sql:2: taking back migration \"1\" failed at statement 2: no such table: b (SQLite code 1)\n  2 | DROP TABLE b;",
            ),
            (
                &[("1", "CREATE TABLE a (b);"), ("1.rollback", "SELECT 1;")][..],
                "m/1.sql:1: applying again migration \"1\" failed at statement 1: table a already exists (SQLite code 1)\n  1 | CREATE TABLE a (b);\n    |              ^",
            ),
            (
                &[("1", "CREATE TABLE a (b);"), ("post-apply", "SELECT x FROM a;")][..],
                "m/post-apply.sql:1: applying migration \"post-apply\" failed at statement 1: no such column: x (SQLite code 1)\n  1 | SELECT x FROM a;\n    |        ^",
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
            let expected = format!("m/3.sql:1: applying migration \"3\" leaves a fault: {message}");
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
