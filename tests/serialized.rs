//! Feature `serde`: what a command of an application hands to its page has the shapes of the npm package, as literal JSON.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};
use support::{set, set_with_code};
use wheatear::{
    CodeStep, Error, MigrationSet, Migrator, OnDrift, Operation, RollbackTarget, Session, TablePrefix, Target,
};

const FILES: &[(&str, &str)] = &[
    ("1", "CREATE TABLE a (b);"),
    ("2", "ALTER TABLE a ADD COLUMN c;"),
    ("2.rollback", "ALTER TABLE a DROP COLUMN c;"),
    ("post-apply", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT b FROM a;"),
];

fn memory() -> Connection {
    Connection::open_in_memory().expect("a database")
}

/// As JSON, with what is different each time made the same: times by a clock, and the version of this library.
fn told(value: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(value).expect("it can be told");
    make_the_same(&mut value);
    value
}

fn make_the_same(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(make_the_same),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), &*value) {
                    ("durationMs" | "elapsedMs", Value::Number(time)) => {
                        assert!(time.as_f64().is_some_and(|time| (0.0..60_000.0).contains(&time)), "{time}");
                        *value = json!("ms");
                    }
                    ("at" | "appliedAt", Value::String(at)) => {
                        let digits = at.replace(|c: char| c.is_ascii_digit(), "0");
                        assert_eq!(digits, "0000-00-00T00:00:00.000Z");
                        *value = json!("moment");
                    }
                    ("libraryVersion", Value::String(version)) => {
                        assert_eq!(version, env!("CARGO_PKG_VERSION"));
                        *value = json!("version");
                    }
                    _ => make_the_same(value),
                }
            }
        }
        _ => {}
    }
}

fn error(set: &MigrationSet, database: &mut Connection, operation: &Operation) -> Value {
    told(&Migrator::new(set).run(database, operation).expect_err("an error"))
}

#[test]
fn a_report_has_what_was_applied_and_taken_back_and_every_step() {
    let (set, mut database) = (set(FILES), memory());
    let migrator = Migrator::new(&set);
    let report = migrator.apply(&mut database).expect("it applies");
    assert_eq!(
        told(&report),
        json!({
            "from": null,
            "to": "2",
            "applied": [
                { "id": "1", "durationMs": "ms", "late": false },
                { "id": "2", "durationMs": "ms", "late": false },
            ],
            "rolledBack": [],
            "warnings": [],
            "steps": [
                { "operation": "apply", "id": "1", "durationMs": "ms" },
                { "operation": "apply", "id": "2", "durationMs": "ms" },
                { "operation": "hook", "id": "post-apply", "durationMs": "ms" },
            ],
        })
    );
    assert_eq!(told(&report.steps[2]), json!({ "operation": "hook", "id": "post-apply", "durationMs": "ms" }));
    let report = migrator.rollback(&mut database, RollbackTarget::last(1)).expect("there is a way back");
    assert_eq!(
        told(&report),
        json!({
            "from": "2",
            "to": "1",
            "applied": [],
            "rolledBack": [{ "id": "2", "durationMs": "ms" }],
            "warnings": [],
            "steps": [{ "operation": "rollback", "id": "2", "durationMs": "ms" }],
        })
    );
}

#[test]
fn times_are_milliseconds() {
    let set = set(FILES);
    let report = Migrator::new(&set).apply(&mut memory()).expect("it applies");
    let expected = report.steps[0].duration.as_secs_f64() * 1000.0;
    let told = serde_json::to_value(&report).expect("it can be told");
    assert_eq!(told["steps"][0]["durationMs"], json!(expected));
}

#[test]
fn a_warning_has_its_kind_and_words() {
    let set = set(FILES).tried_out().expect("it runs");
    let mut database = memory();
    database.execute_batch("CREATE TABLE other (x)").expect("a table");
    let report = Migrator::new(&set).apply(&mut database).expect("it applies");
    let message = "the schema is not what the migrations make: table \"other\" is made by none of these migrations";
    assert_eq!(told(&report)["warnings"], json!([{ "kind": "schema_drift", "message": message }]));
}

#[test]
fn a_status_has_state_moment_and_time() {
    let (set, mut database) = (set(FILES), memory());
    let migrator = Migrator::new(&set);
    migrator.apply_to(&mut database, Target::next(1)).expect("it applies");
    assert_eq!(
        told(&migrator.status(&database).expect("a status")),
        json!([
            { "id": "1", "state": "applied", "appliedAt": "moment", "durationMs": "ms" },
            { "id": "2", "state": "pending", "appliedAt": null, "durationMs": null },
        ])
    );
}

#[test]
fn a_plan_has_its_steps_with_their_sql() {
    let renamed = set(&[("1b", "-- was: 1\nCREATE TABLE a (b);"), ("2", "-- transactional: false\nVACUUM;")]);
    let mut database = memory();
    Migrator::new(&set(&FILES[..1])).apply(&mut database).expect("it applies");
    let plan = Migrator::new(&renamed).plan(&database, &Operation::Apply(Target::Latest)).expect("a plan");
    assert_eq!(
        told(&plan),
        json!({
            "from": "1",
            "to": "2",
            "steps": [
                { "operation": "rename", "id": "1b", "was": "1", "late": false, "transactional": true, "sql": null },
                {
                    "operation": "apply",
                    "id": "2",
                    "was": null,
                    "late": false,
                    "transactional": false,
                    "sql": "-- transactional: false\nVACUUM;",
                },
            ],
        })
    );
    assert_eq!(told(&plan.steps[0]), told(&plan)["steps"][0]);
}

#[test]
fn what_another_tool_has_recorded_is_told_of_plan_and_report() {
    let set = set(&FILES[..1]);
    let mut database = memory();
    let record =
        "CREATE TABLE a (b); CREATE TABLE schema_migrations (version); INSERT INTO schema_migrations VALUES (1);";
    database.execute_batch(record).expect("a record");
    let migrator = Migrator::new(&set);
    let adopted = json!({ "tool": "dbmate or Rails", "by": "id", "count": 1 });
    assert_eq!(told(&migrator.plan(&database, &Operation::Adopt).expect("a plan"))["adopted"], adopted);
    assert_eq!(told(&migrator.adopt(&mut database).expect("adopted"))["adopted"], adopted);
}

#[test]
fn a_log_has_every_entry() {
    let (set, mut database) = (set(&FILES[..1]), memory());
    let migrator = Migrator::new(&set).app_version("1.4.2");
    migrator.apply(&mut database).expect("it applies");
    let entry = json!({
        "operation": "apply",
        "id": "1",
        "outcome": "done",
        "at": "moment",
        "libraryVersion": "version",
        "appVersion": "1.4.2",
    });
    assert_eq!(told(&migrator.log(&database).expect("a log")), json!([entry]));
}

#[test]
fn a_rehearsal_has_a_report_or_an_error() {
    let apply = Operation::Apply(Target::Latest);
    let (good, bad) = (set(&FILES[..1]), set(&[("1", "SELECT x;")]));
    let database = memory();
    let rehearsal = Migrator::new(&good).rehearse(&database, &apply).expect("a rehearsal");
    let told_of_good = told(&rehearsal);
    assert_eq!(told_of_good["error"], Value::Null);
    assert_eq!(told_of_good["report"], told(rehearsal.outcome.as_ref().expect("it succeeds")));
    assert_eq!(told_of_good["durationMs"], json!("ms"));
    let told_of_bad = told(&Migrator::new(&bad).rehearse(&database, &apply).expect("a rehearsal"));
    assert_eq!(told_of_bad["report"], Value::Null);
    assert_eq!(told_of_bad["error"]["code"], json!("statement_failed"));
}

#[test]
fn progress_is_told_by_type() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (set, heard) = (set(&FILES[..1]), Arc::clone(&seen));
    let migrator = Migrator::new(&set).on_progress(move |progress| {
        heard.lock().expect("the list").push(told(progress));
        ControlFlow::Continue(())
    });
    migrator.apply(&mut memory()).expect("it applies");
    let seen = seen.lock().expect("the list");
    let of_type = |name: &str| seen.iter().find(|progress| progress["type"] == name).cloned();
    assert_eq!(of_type("phase"), Some(json!({ "type": "phase", "phase": "planning" })));
    let step = json!({ "type": "step", "operation": "apply", "migrationId": "1", "number": 1, "count": 1 });
    assert_eq!(of_type("step"), Some(step));
    let statement = json!({ "type": "statement", "migrationId": "1", "statement": 1, "line": 1 });
    assert_eq!(of_type("statement"), Some(statement));
}

#[test]
fn an_error_of_a_statement_says_where_and_what_sqlite_said() {
    let set = set(&[("1", "CREATE TABLE a (b);\nSELECT x;")]);
    let told = error(&set, &mut memory(), &Operation::Apply(Target::Latest));
    let message = "m/1.sql:2: statement 2 of migration \"1\" failed: no such column: x (SQLite code 1); \
                   nothing was changed\n  2 | SELECT x;\n    |        ^";
    assert_eq!(
        told,
        json!({
            "class": "ApplyError",
            "code": "statement_failed",
            "message": message,
            "migrationId": "1",
            "statement": 2,
            "line": 2,
            "sqlite": { "code": 1, "message": "no such column: x" },
        })
    );
}

#[test]
fn an_error_after_a_part_was_committed_has_the_report_of_that() {
    let set = set(&[("1", "CREATE TABLE a (b);"), ("2", "-- transactional: false\nVACUUM; SELECT x;")]);
    let told = error(&set, &mut memory(), &Operation::Apply(Target::Latest));
    assert_eq!(
        (&told["class"], &told["migrationId"], &told["statement"]),
        (&json!("ApplyError"), &json!("2"), &json!(2))
    );
    assert_eq!(
        told["report"],
        json!({
            "from": null,
            "to": "1",
            "applied": [{ "id": "1", "durationMs": "ms", "late": false }],
            "rolledBack": [],
            "warnings": [],
        })
    );
}

#[test]
fn errors_of_each_class_say_what_they_know_and_leave_out_the_rest() {
    let unknown = error(&set(FILES), &mut memory(), &Operation::Apply(Target::up_to("9")));
    let message = "there is no migration \"9\" to stop at; the latest is \"2\"";
    assert_eq!(unknown, json!({ "class": "HistoryError", "code": "unknown_target", "message": message }));

    let file = wheatear::SourceFile { path: "m/1.sql".into(), text: "SELECT 1;\nCOMMIT;".into() };
    let definition = told(&Error::from(MigrationSet::from_files([file]).expect_err("a commit")));
    let place = (&definition["class"], &definition["migrationId"], &definition["statement"], &definition["line"]);
    assert_eq!(place, (&json!("DefinitionError"), &json!("1"), &json!(2), &json!(2)));

    let unsound = set(&[("1", "CREATE TABLE a (b);"), ("2", "\nALTER TABLE a ADD COLUMN c NOT NULL;")]);
    let unsound = told(&unsound.tried_out().expect_err("rows"));
    assert_eq!((&unsound["migrationId"], &unsound["line"]), (&json!("2"), &json!(2)));

    let query = told(&Session::new(memory()).exec("SELECT 1;\nSELECT x;").expect_err("no such column"));
    assert_eq!((&query["class"], &query["statement"], &query["line"]), (&json!("QueryError"), &json!(2), &json!(2)));
    assert_eq!(query["sqlite"], json!({ "code": 1, "message": "no such column: x" }));

    let name = told(&Error::from(TablePrefix::new("a b").expect_err("a name with a space")));
    assert_eq!(name["code"], json!("invalid_name"));
    assert_eq!(name.as_object().map(serde_json::Map::len), Some(3));

    let failing = set_with_code(&[], [CodeStep::new("1", "1", |_| Err("no".into()))]);
    let code = error(&failing, &mut memory(), &Operation::Apply(Target::Latest));
    assert_eq!((&code["code"], &code["migrationId"]), (&json!("code_failed"), &json!("1")));
}

#[test]
fn drift_that_is_an_error_is_one_of_history() {
    let set = set(FILES).tried_out().expect("it runs");
    let mut database = memory();
    database.execute_batch("CREATE TABLE other (x)").expect("a table");
    let error = Migrator::new(&set).on_drift(OnDrift::Error).apply(&mut database).expect_err("drift");
    assert_eq!((&told(&error)["class"], &told(&error)["code"]), (&json!("HistoryError"), &json!("schema_drift")));
}
