//! Every operation of the engine on the origin private file system, in a dedicated worker of a real
//! browser. Each step opens the database anew: what counts is what is stored.
#![cfg(target_family = "wasm")]

mod support;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, Transaction};
use support::{close, fresh, open, stored};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wheatear::storage::DatabaseName;
use wheatear::{
    CodeError, CodeStep, DoneStep, Error, ErrorCode, MigrationSet, Migrator, OnAhead, Operation, Progress,
    RollbackTarget, SourceFile, Target,
};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

type File = (&'static str, &'static str);

const CREATE: File = ("1.note.sql", "CREATE TABLE note (text TEXT);");
const DROP: File = ("1.note.rollback.sql", "DROP TABLE note;");
const ADD: File = ("2.at.sql", "ALTER TABLE note ADD COLUMN at TEXT;");
const REMOVE: File = ("2.at.rollback.sql", "ALTER TABLE note DROP COLUMN at;");

/// Opens the stored database, works with it, and closes it again.
async fn with<T>(name: &DatabaseName, work: impl FnOnce(&mut Connection) -> T) -> T {
    let mut database = open(name).await;
    let result = work(&mut database.1);
    close(database);
    result
}

fn source(files: &[File]) -> impl Iterator<Item = SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() })
}

fn set(files: &[File]) -> MigrationSet {
    MigrationSet::from_files(source(files)).expect("a valid set")
}

fn write(connection: &mut Connection) {
    connection.execute("INSERT INTO note (text) VALUES ('kept')", []).expect("a row");
}

/// The values of the column `x`.
fn values(connection: &Connection, sql: &str) -> String {
    let values = format!("SELECT coalesce(group_concat(x), '') FROM ({sql})");
    connection.query_row(&values, [], |row| row.get(0)).expect("values")
}

fn columns(connection: &mut Connection) -> String {
    values(connection, "SELECT name AS x FROM pragma_table_info('note')")
}

fn notes(connection: &mut Connection) -> String {
    values(connection, "SELECT text AS x FROM note")
}

fn ids<'a>(steps: impl Iterator<Item = &'a DoneStep>) -> Vec<&'a str> {
    steps.map(|step| step.id.as_str()).collect()
}

fn states(migrator: &Migrator<'_>, connection: &Connection) -> Vec<&'static str> {
    let statuses = migrator.status(connection).expect("a status");
    statuses.iter().map(|migration| migration.state.as_str()).collect()
}

#[wasm_bindgen_test]
async fn rollback_takes_back_and_reapply_does_both() {
    let name = fresh("rollback").await;
    let set = set(&[CREATE, DROP, ADD, REMOVE]);
    let migrator = Migrator::new(&set);
    with(&name, |db| migrator.apply(db)).await.expect("the set");
    with(&name, write).await;

    let report = with(&name, |db| migrator.reapply(db, RollbackTarget::last(1))).await.expect("there and back");
    assert_eq!((ids(report.rolled_back()), ids(report.applied())), (vec!["2.at"], vec!["2.at"]));
    assert_eq!(with(&name, columns).await, "text,at");

    let report = with(&name, |db| migrator.rollback(db, RollbackTarget::last(1))).await.expect("back");
    assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some("2.at"), Some("1.note")));
    assert_eq!(with(&name, columns).await, "text");
    assert_eq!(with(&name, notes).await, "kept");

    with(&name, |db| migrator.rollback(db, RollbackTarget::All)).await.expect("back to the start");
    assert_eq!(with(&name, columns).await, "");
}

#[wasm_bindgen_test]
async fn a_rehearsal_leaves_the_stored_file_byte_for_byte() {
    let name = fresh("rehearsal").await;
    with(&name, |db| Migrator::new(&set(&[CREATE])).apply(db)).await.expect("the set");
    with(&name, write).await;
    let before = stored(&name).await.expect("the file");

    let apply = Operation::Apply(Target::Latest);
    let fine = set(&[CREATE, ADD]);
    let rehearsal = with(&name, |db| Migrator::new(&fine).rehearse(db, &apply)).await.expect("a copy");
    assert_eq!(ids(rehearsal.outcome.expect("a success").applied()), ["2.at"]);

    let bad =
        set(&[CREATE, ("2.one.sql", "CREATE TABLE one (x CHECK (x = 0)); INSERT INTO one SELECT count(*) FROM note;")]);
    let rehearsal = with(&name, |db| Migrator::new(&bad).rehearse(db, &apply)).await.expect("a copy");
    assert_eq!(rehearsal.outcome.expect_err("a row too many").code(), ErrorCode::StatementFailed);
    assert_eq!(stored(&name).await.expect("the file"), before);
}

#[wasm_bindgen_test]
async fn a_database_from_elsewhere_is_adopted_if_its_schema_fits() {
    let name = fresh("baseline").await;
    let set = set(&[CREATE, ADD]);
    let migrator = Migrator::new(&set);
    with(&name, |db| db.execute_batch("CREATE TABLE note (wrong)")).await.expect("a table");
    let error = with(&name, |db| migrator.baseline(db, "1.note")).await.expect_err("another schema");
    assert_eq!(error.code(), ErrorCode::SchemaDrift);

    with(&name, |db| db.execute_batch("DROP TABLE note; CREATE TABLE note (text TEXT)")).await.expect("a table");
    with(&name, write).await;
    with(&name, |db| migrator.baseline(db, "1.note")).await.expect("the schema of 1.note");
    let report = with(&name, |db| migrator.apply(db)).await.expect("an upgrade");
    assert_eq!(ids(report.applied()), ["2.at"]);
    assert_eq!(with(&name, notes).await, "kept");
}

#[wasm_bindgen_test]
async fn mark_unmark_and_repair_change_the_record_only() {
    let name = fresh("record").await;
    let old = set(&[CREATE, ADD]);
    let migrator = Migrator::new(&old);
    with(&name, |db| migrator.mark(db, Target::Latest)).await.expect("a mark");
    assert_eq!(with(&name, |db| states(&migrator, db)).await, ["applied", "applied"]);
    with(&name, |db| migrator.unmark(db, RollbackTarget::last(1))).await.expect("its removal");
    assert_eq!(with(&name, |db| states(&migrator, db)).await, ["applied", "pending"]);

    let edited = set(&[("1.note.sql", "CREATE TABLE note (text TEXT NOT NULL);")]);
    let migrator = Migrator::new(&edited);
    let error = with(&name, |db| migrator.apply(db)).await.expect_err("another text");
    assert_eq!(error.code(), ErrorCode::Edited);
    assert!(error.to_string().contains("\n+CREATE TABLE note (text TEXT NOT NULL);"), "{error}");
    with(&name, |db| migrator.repair(db)).await.expect("a repair");
    assert_eq!(with(&name, |db| states(&migrator, db)).await, ["applied"]);
    assert_eq!(with(&name, columns).await, "", "nothing of all this made a table");
}

#[wasm_bindgen_test]
async fn code_runs_in_the_runs_transaction_and_hooks_after_it() {
    fn shout(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        transaction.execute("UPDATE note SET text = upper(text)", [])?;
        Ok(())
    }
    fn fail(transaction: &Transaction<'_>) -> Result<(), CodeError> {
        transaction.execute("DELETE FROM note", [])?;
        Err("changed its mind".into())
    }
    let name = fresh("code").await;
    let hook = ("post-apply.sql", "INSERT INTO note (text) VALUES ('hook');");
    with(&name, |db| Migrator::new(&set(&[CREATE, hook])).apply(db)).await.expect("the set");

    let build = |steps: Vec<CodeStep>| MigrationSet::build(source(&[CREATE, hook]), steps).expect("a valid set");
    let failing = build(vec![CodeStep::new("2.shout", "1", shout), CodeStep::new("3.fail", "1", fail)]);
    let error = with(&name, |db| Migrator::new(&failing).apply(db)).await.expect_err("a step that fails");
    assert_eq!(error.code(), ErrorCode::CodeFailed);
    assert!(error.to_string().contains("changed its mind"), "{error}");
    assert_eq!(with(&name, notes).await, "hook");

    let fine = build(vec![CodeStep::new("2.shout", "1", shout)]);
    with(&name, |db| Migrator::new(&fine).apply(db)).await.expect("a step");
    assert_eq!(with(&name, notes).await, "HOOK,hook");
}

#[wasm_bindgen_test]
async fn vacuum_runs_outside_of_a_transaction_and_what_was_committed_is_reported() {
    let name = fresh("vacuum").await;
    let fill: File = (
        "2.fill.sql",
        "INSERT INTO note (text) SELECT hex(zeroblob(100000)) FROM (VALUES (1), (2), (3)); DELETE FROM note;",
    );
    with(&name, |db| Migrator::new(&set(&[CREATE, fill])).apply(db)).await.expect("the set");
    let large = stored(&name).await.expect("the file").len();

    let vacuum = ("3.vacuum.sql", "-- transactional: false\nVACUUM;");
    let bad = ("4.bad.sql", "INSERT INTO note (text) SELECT json(id) FROM _wheatear_migration;");
    let set = set(&[CREATE, fill, vacuum, bad]);
    let error = with(&name, |db| Migrator::new(&set).apply(db)).await.expect_err("what is no JSON");
    let Error::Partial(partial) = &error else { panic!("{error}") };
    assert_eq!(ids(partial.report.applied()), ["3.vacuum"]);
    assert_eq!((partial.unfinished.as_deref(), error.code()), (None, ErrorCode::StatementFailed));
    assert!(stored(&name).await.expect("the file").len() < large, "the file is no smaller");
    assert_eq!(with(&name, |db| states(&Migrator::new(&set), db)).await, ["applied", "applied", "applied", "pending"]);
}

#[wasm_bindgen_test]
async fn older_code_takes_a_newer_database_back_if_the_policy_says_so() {
    let name = fresh("ahead").await;
    with(&name, |db| Migrator::new(&set(&[CREATE, DROP, ADD, REMOVE])).apply(db)).await.expect("the new set");
    with(&name, write).await;
    let before = stored(&name).await.expect("the file");

    let old = set(&[CREATE]);
    let error = with(&name, |db| Migrator::new(&old).apply(db)).await.expect_err("a newer database");
    assert_eq!(error.code(), ErrorCode::DatabaseAhead);
    assert_eq!(stored(&name).await.expect("the file"), before);

    let lenient = Migrator::new(&old).on_ahead(OnAhead::Rollback);
    let report = with(&name, |db| lenient.apply(db)).await.expect("a way back");
    assert_eq!((ids(report.rolled_back()), report.to.as_deref()), (vec!["2.at"], Some("1.note")));
    assert_eq!(with(&name, columns).await, "text");
    assert_eq!(with(&name, notes).await, "kept");
}

/// Would go on for ever.
const ENDLESS: File = (
    "2.endless.sql",
    "INSERT INTO note (text) VALUES ('never');
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;",
);

#[wasm_bindgen_test]
async fn a_long_statement_reports_ten_times_a_second_and_can_be_cancelled() {
    let name = fresh("long").await;
    with(&name, |db| Migrator::new(&set(&[CREATE])).apply(db)).await.expect("the set");
    let before = stored(&name).await.expect("the file");

    let (signs, milliseconds) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let (count, last) = (Arc::clone(&signs), Arc::clone(&milliseconds));
    let observer = move |progress: &Progress<'_>| {
        let Progress::Working { id, statement, elapsed } = *progress else { return ControlFlow::Continue(()) };
        assert_eq!((id, statement), ("2.endless", 2));
        last.store(elapsed.as_millis() as u64, Ordering::Relaxed);
        let enough = count.fetch_add(1, Ordering::Relaxed) + 1 == 20;
        if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let endless = set(&[CREATE, ENDLESS]);
    let migrator = Migrator::new(&endless).on_progress(observer);
    let error = with(&name, |db| migrator.apply(db)).await.expect_err("a cancelled run");
    assert_eq!(error.code(), ErrorCode::Cancelled);
    let milliseconds = milliseconds.load(Ordering::Relaxed);
    assert_eq!(signs.load(Ordering::Relaxed), 20);
    assert!(milliseconds <= 2000, "20 signs of life took {milliseconds} ms");
    assert_eq!(stored(&name).await.expect("the file"), before);
}

#[wasm_bindgen_test]
async fn a_run_cancelled_at_any_event_leaves_the_stored_file_byte_for_byte() {
    let name = fresh("cancelled").await;
    with(&name, |db| Migrator::new(&set(&[CREATE])).apply(db)).await.expect("the set");
    let before = stored(&name).await.expect("the file");

    let newer = set(&[CREATE, ADD, ("3.index.sql", "CREATE INDEX note_at ON note (at); UPDATE note SET at = text;")]);
    let events = Arc::new(Mutex::new(Vec::new()));
    for cancelled in 0.. {
        events.lock().expect("no panic").clear();
        let heard = Arc::clone(&events);
        let observer = move |progress: &Progress<'_>| {
            let mut heard = heard.lock().expect("no panic");
            heard.push(format!("{progress:?}"));
            if heard.len() > cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let migrator = Migrator::new(&newer).on_progress(observer);
        match with(&name, |db| migrator.apply(db)).await {
            Ok(report) => {
                assert_eq!(ids(report.applied()), ["2.at", "3.index"]);
                // Four phases, two steps, three statements.
                assert_eq!(cancelled, 9, "{:?}", events.lock().expect("no panic"));
                break;
            }
            Err(error) => assert_eq!(error.code(), ErrorCode::Cancelled),
        }
        assert!(
            stored(&name).await.expect("the file") == before,
            "cancelled at {:?}",
            events.lock().expect("no panic").last()
        );
    }
}

/// Sets are tried out for pages on machines that build, by a list of what there is. `SQLITE_WASM_RS_FLAGS` is that of
/// scripts/tools.mjs.
#[wasm_bindgen_test]
fn sqlite_in_a_page_has_what_sets_are_tried_out_for() {
    let connection = Connection::open_in_memory().expect("a database");
    let all = "SELECT 'function ' || name AS x FROM pragma_function_list
        UNION SELECT 'module ' || name FROM pragma_module_list WHERE name NOT LIKE 'pragma\\_%' ESCAPE '\\' ORDER BY 1";
    let mut select = connection.prepare(all).expect("a query");
    let lines = select.query_map([], |row| row.get::<_, String>(0)).expect("rows");
    let lines: Vec<String> = lines.collect::<rusqlite::Result<_>>().expect("names");
    let listed: Vec<&str> = include_str!("../../crates/sqlite/src/pages/page-sqlite.txt").lines().collect();
    assert_eq!(lines, listed, "crates/sqlite/src/pages/page-sqlite.txt is behind");
}
