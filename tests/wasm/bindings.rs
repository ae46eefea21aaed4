//! The bindings as the worker's JavaScript uses them: values, rows, reports and errors that cross.
#![cfg(target_family = "wasm")]

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, BigInt, Date, Function, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wheatear::wasm::{Connection, Migrations, delete_opfs};
use wheatear::{MigrationSet, SourceFile, migrations};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

static WEATHER: MigrationSet = migrations!("migrations");

async fn connection(name: &str) -> Connection {
    delete_opfs(name.to_owned()).await.expect("a deletion");
    Connection::open_opfs(name.to_owned(), None).await.expect("the database opens")
}

fn migrate(connection: &mut Connection, set: &MigrationSet, options: &str) -> Result<JsValue, JsValue> {
    connection.migrate(&Migrations::new(set.clone()), &JSON::parse(options).expect("options"), None)
}

fn operate(connection: &mut Connection, request: &str) -> Result<JsValue, JsValue> {
    connection.operate(&Migrations::new(WEATHER.clone()), &JSON::parse(request).expect("a request"))
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).expect("a property")
}

fn json(value: &JsValue) -> String {
    JSON::stringify(value).expect("a value without bigint").into()
}

/// What one value comes back as after it was bound.
fn echo(connection: &mut Connection, value: impl Into<JsValue>) -> JsValue {
    let rows = connection.query("SELECT ? AS v", &Array::of1(&value.into())).expect("a row");
    get(&rows.get(0), "v")
}

fn refusal(connection: &mut Connection, sql: &str, parameters: &JsValue) -> JsValue {
    connection.query(sql, parameters).expect_err("a refusal")
}

#[wasm_bindgen_test]
async fn values_come_back_as_they_went_in() {
    let mut connection = connection("values").await;
    let db = &mut connection;
    for value in [
        JsValue::NULL,
        0.into(),
        (-1.5).into(),
        9_007_199_254_740_991_f64.into(),
        (-9_007_199_254_740_991_f64).into(),
        1e300.into(),
        f64::INFINITY.into(),
        "".into(),
        "Wetter ☀ 🐦".into(),
        BigInt::from(i64::MAX).into(),
        BigInt::from(i64::MIN).into(),
        BigInt::from(9_007_199_254_740_992_i64).into(),
    ] {
        assert!(Object::is(&echo(db, &value), &value), "{value:?}");
    }
    assert_eq!(echo(db, true), 1);
    assert_eq!(echo(db, BigInt::from(7_i64)), 7, "a small bigint comes back as a number");
    let bytes = echo(db, Uint8Array::from([0_u8, 255, 7].as_slice()));
    assert_eq!(bytes.dyn_into::<Uint8Array>().expect("a blob").to_vec(), [0, 255, 7]);
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn numbers_are_stored_in_the_class_they_belong_to() {
    let mut connection = connection("classes").await;
    let mut class = |value: JsValue| {
        let rows = connection.query("SELECT typeof(?) AS v", &Array::of1(&value)).expect("a row");
        get(&rows.get(0), "v").as_string().expect("a name")
    };
    assert_eq!(class(3.into()), "integer");
    assert_eq!(class(3.5.into()), "real");
    assert_eq!(class(1e300.into()), "real");
    assert_eq!(class(BigInt::from(3_i64).into()), "integer");
    assert_eq!(class(Uint8Array::new_with_length(0).into()), "blob");
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn what_sqlite_cannot_hold_is_refused_by_name() {
    let mut connection = connection("refusals").await;
    let too_big = js_sys::eval("2n ** 63n").expect("a bigint");
    for (value, why) in [
        (JsValue::from(f64::NAN), "NaN"),
        (JsValue::UNDEFINED, "use null"),
        (too_big, "64 bits"),
        (Object::new().into(), "a value of class Object is not null, a number"),
        (Date::new_0().into(), "a value of class Date"),
        (js_sys::JSON::parse(r#"{"toString":1,"constructor":2}"#).expect("an object"), "a value of type object"),
    ] {
        let error = refusal(&mut connection, "SELECT ?, ?", &Array::of2(&JsValue::NULL, &value));
        assert_eq!(get(&error, "code"), "invalid_value");
        let message = get(&error, "message").as_string().expect("a message");
        assert!(message.starts_with("parameter 2 ") && message.contains(why), "{message}");
    }
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn rows_are_objects_with_columns_in_order() {
    let mut connection = connection("rows").await;
    let named = Object::new();
    Reflect::set(&named, &"b".into(), &2.into()).expect("a property");
    let rows = connection.query("SELECT 1 AS z, :b AS a UNION ALL SELECT 3, 4", &named).expect("rows");
    assert_eq!(json(&rows), r#"[{"z":1,"a":2},{"z":3,"a":4}]"#);
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn reports_and_status_have_the_clients_shape() {
    let mut connection = connection("reports").await;
    let report = migrate(&mut connection, &WEATHER, r#"{"target":"0001.create"}"#).expect("a report");
    let applied = Array::from(&get(&report, "applied")).get(0);
    assert!(get(&applied, "durationMs").as_f64().expect("a number") >= 0.0);
    Reflect::set(&applied, &"durationMs".into(), &1.into()).expect("a property");
    assert_eq!(
        json(&report),
        r#"{"from":null,"to":"0001.create","applied":[{"id":"0001.create","durationMs":1,"late":false}],"rolledBack":[],"warnings":[]}"#
    );

    let status = Array::from(&connection.status(&Migrations::new(WEATHER.clone())).expect("a status"));
    let (first, second) = (status.get(0), status.get(1));
    assert_eq!(get(&first, "state"), "applied");
    let age = Date::now() - get(&first, "appliedAt").dyn_into::<Date>().expect("a date").get_time();
    assert!((-1000.0..60_000.0).contains(&age), "{age} ms old");
    assert_eq!(json(&second), r#"{"id":"0002.alter-table","state":"pending","appliedAt":null,"durationMs":null}"#);
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn operations_are_carried_out_planned_and_rehearsed_and_the_log_tells_of_them() {
    let mut connection = connection("operations").await;
    let db = &mut connection;
    migrate(db, &WEATHER, "{}").expect("a report");
    db.take_changes();

    let back = r#""operation":"rollback","on":1,"options":{"appVersion":"1.4.2"}"#;
    let plan = operate(db, &format!(r#"{{"mode":"plan",{back}}}"#)).expect("a plan");
    let step = Array::from(&get(&plan, "steps")).get(0);
    let sql = get(&step, "sql").as_string().expect("its SQL");
    assert!(sql.contains("DROP COLUMN"), "{sql}");
    Reflect::set(&step, &"sql".into(), &JsValue::NULL).expect("a property");
    assert_eq!(
        json(&plan),
        r#"{"from":"0002.alter-table","to":"0001.create","steps":[{"operation":"rollback","id":"0002.alter-table","was":null,"late":false,"transactional":true,"sql":null}]}"#
    );

    let rehearsal = operate(db, &format!(r#"{{"mode":"rehearse",{back}}}"#)).expect("a rehearsal");
    assert!(get(&rehearsal, "durationMs").as_f64().expect("a number") > 0.0);
    assert_eq!(
        (get(&get(&rehearsal, "report"), "to"), get(&rehearsal, "error")),
        ("0001.create".into(), JsValue::NULL)
    );
    let failing = r#"{"mode":"rehearse","operation":"rollback","on":"0009.absent","options":{}}"#;
    let rehearsal = operate(db, failing).expect("a rehearsal");
    assert_eq!(
        (get(&rehearsal, "report"), get(&get(&rehearsal, "error"), "code")),
        (JsValue::NULL, "unknown_target".into())
    );
    assert!(db.take_changes().is_empty());

    let report = operate(db, &format!(r#"{{"mode":"run",{back}}}"#)).expect("a report");
    let text = |object: &JsValue, key: &str| get(object, key).as_string().unwrap_or_default();
    let named = |report: &JsValue| {
        let steps = Array::from(&get(report, "steps"));
        steps.iter().map(|step| format!("{} {}", text(&step, "operation"), text(&step, "id"))).collect::<Vec<_>>()
    };
    assert_eq!(named(&report), ["rollback 0002.alter-table"]);
    assert!(db.take_changes().contains(&"weather_node".to_owned()));

    let mark = r#"{"mode":"run","operation":"mark","on":["0002.alter-table"],"options":{}}"#;
    assert_eq!(named(&operate(db, mark).expect("a report")), ["mark 0002.alter-table"]);
    assert!(db.take_changes().is_empty(), "no row was changed");

    let log = Array::from(&db.log().expect("a log"));
    assert_eq!(log.length(), 4);
    let entry = log.get(2);
    assert_eq!(get(&entry, "operation"), "rollback");
    assert_eq!(get(&entry, "id"), "0002.alter-table");
    assert_eq!((get(&entry, "outcome"), get(&entry, "appVersion")), ("done".into(), "1.4.2".into()));
    assert!(get(&entry, "at").dyn_into::<Date>().expect("a date").get_time() > 0.0);
    assert_eq!(get(&log.get(3), "appVersion"), JsValue::NULL);

    for request in
        ["{}", "1", r#"{"operation":"vacuum"}"#, r#"{"operation":"rollback"}"#, r#"{"operation":"baseline"}"#]
    {
        let error = operate(db, request).expect_err("a refusal");
        assert_eq!(get(&error, "code"), "invalid_option", "{request}");
    }
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn whoever_knows_the_digest_of_what_is_applied_needs_no_set() {
    let unneeded =
        |connection: &mut Connection, digest: &str| connection.migrate_announced(digest, &Object::new(), None);
    let mut connection = connection("unchanged").await;
    let digest = WEATHER.digest().to_string();
    assert!(unneeded(&mut connection, &digest).expect("a digest").is_undefined());
    assert_eq!(json(&connection.applied().expect("nothing")), "[]");

    migrate(&mut connection, &WEATHER, "{}").expect("an upgrade");
    let report = unneeded(&mut connection, &digest).expect("a digest");
    assert_eq!(json(&report), json(&migrate(&mut connection, &WEATHER, "{}").expect("nothing to do")));
    let described = Migrations::new(WEATHER.clone()).describe().expect("a set");
    assert_eq!(json(&connection.applied().expect("a history")), json(&get(&described, "migrations")));
    assert!(unneeded(&mut connection, &"0".repeat(64)).expect("a digest").is_undefined());
    let error = unneeded(&mut connection, "0").expect_err("no digest");
    assert_eq!(get(&error, "code"), "invalid_option");
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn errors_are_plain_data_with_code_and_place() {
    let mut connection = connection("errors").await;
    connection.exec("CREATE TABLE weather_node (a UNIQUE)").expect("a table in the way");
    let error = migrate(&mut connection, &WEATHER, "{}").expect_err("the table exists");
    assert_eq!(get(&error, "class"), "HistoryError");
    assert_eq!(get(&error, "code"), "unmanaged");
    let options = r#"{"unmanaged":"apply"}"#;
    let error = migrate(&mut connection, &WEATHER, options).expect_err("the table exists");
    assert_eq!(get(&error, "class"), "ApplyError");
    assert_eq!(get(&error, "code"), "statement_failed");
    assert_eq!(get(&error, "migrationId"), "0001.create");
    assert_eq!((get(&error, "statement"), get(&error, "line")), (1.into(), 1.into()));
    assert_eq!(get(&get(&error, "sqlite"), "code"), 1);

    let error = connection.exec("INSERT INTO weather_node VALUES (1);\nINSERT INTO weather_node VALUES (1)");
    let error = error.expect_err("a duplicate");
    assert_eq!(get(&error, "class"), "QueryError");
    assert_eq!(get(&error, "code"), "query_failed");
    assert_eq!((get(&error, "statement"), get(&error, "line")), (2.into(), 2.into()));
    assert_eq!(get(&get(&error, "sqlite"), "code"), 2067);

    let error = refusal(&mut connection, "SELECT absent", &Array::new());
    assert!(get(&error, "statement").is_undefined());
    let error = migrate(&mut connection, &WEATHER, r#"{"target":"0009"}"#).expect_err("no such target");
    assert_eq!(get(&error, "code"), "unknown_target");
    assert!(get(&error, "report").is_undefined());
    for options in [r#"{"late":"aply"}"#, r#"{"target":7}"#, r#"{"unmanaged":"x"}"#, r#"{"baseline":1}"#, "7"] {
        let error = migrate(&mut connection, &WEATHER, options).expect_err("wrong options");
        assert_eq!(get(&error, "code"), "invalid_option", "{options}");
    }
    connection.close().expect("a close");

    let error = Connection::open_opfs("a\nb".to_owned(), None).await.err().expect("an invalid name");
    assert_eq!(get(&error, "code"), "invalid_name");
}

#[wasm_bindgen_test]
async fn what_a_run_had_committed_before_it_failed_comes_with_the_error() {
    let mut connection = connection("partial").await;
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let set = MigrationSet::from_files([
        file("1.create.sql", "CREATE TABLE once (a UNIQUE);"),
        file("2.fill.sql", "-- transactional: false\nINSERT INTO once VALUES (1);\nINSERT INTO once VALUES (1);"),
    ]);
    let error = migrate(&mut connection, &set.expect("a valid set"), "{}").expect_err("a duplicate");
    assert_eq!(get(&error, "code"), "statement_failed");
    assert_eq!((get(&error, "migrationId"), get(&error, "line")), ("2.fill".into(), 3.into()));
    let report = get(&error, "report");
    assert_eq!((get(&report, "from"), get(&report, "to")), (JsValue::NULL, "1.create".into()));
    assert_eq!(get(&Array::from(&get(&report, "applied")).get(0), "id"), "1.create");
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn progress_arrives_while_the_run_goes_on_and_a_listener_that_throws_ends_it() {
    let mut connection = connection("progress").await;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&heard);
    let listener = Closure::<dyn FnMut(JsValue)>::new(move |progress| log.borrow_mut().push(json(&progress)));
    let listener: Function = listener.into_js_value().unchecked_into();
    connection.migrate(&Migrations::new(WEATHER.clone()), &Object::new(), Some(listener)).expect("a report");
    assert_eq!(
        heard.take(),
        [
            r#"{"type":"phase","phase":"planning"}"#,
            r#"{"type":"phase","phase":"migrating"}"#,
            r#"{"type":"step","operation":"apply","migrationId":"0001.create","number":1,"count":2}"#,
            r#"{"type":"statement","migrationId":"0001.create","statement":1,"line":1}"#,
            r#"{"type":"step","operation":"apply","migrationId":"0002.alter-table","number":2,"count":2}"#,
            r#"{"type":"statement","migrationId":"0002.alter-table","statement":1,"line":2}"#,
            r#"{"type":"phase","phase":"checking"}"#,
            r#"{"type":"phase","phase":"committing"}"#,
        ]
    );
    connection.close().expect("a close");

    let mut connection = self::connection("progress").await;
    let throws = Function::new_no_args("throw 'enough'");
    let error = connection.migrate(&Migrations::new(WEATHER.clone()), &Object::new(), Some(throws));
    assert_eq!(get(&error.expect_err("a cancelled run"), "code"), "cancelled");
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn code_in_javascript_has_the_transaction_of_its_migration_until_it_ends() {
    let code = js_sys::eval(
        r#"[{
            id: '2.code', version: '1', depends: ['1.note'], was: [], compatible: false, hasDown: true,
            run(isDown, ask) {
                globalThis.ask = ask;
                if (isDown) return { message: 'no way', cause: { value: 7 } };
                ask('exec', "INSERT INTO note VALUES ('a'), ('b')", []);
                const done = ask('run', 'UPDATE note SET text = text || ?', [1]);
                globalThis.told = [ask('query', 'SELECT text FROM note', []), done];
                try {
                    ask('exec', 'COMMIT', []);
                } catch (error) {
                    globalThis.told.push(error.class, error.code);
                }
            },
        }]"#,
    );
    let code: Array = code.expect("an array").unchecked_into();
    let note = JSON::parse(r#"{"id":"1.note","up":"CREATE TABLE note (text)"}"#).expect("a migration");
    let set = Migrations::of_sql(vec![note], false, Some(code)).expect("a set");
    let sql =
        wheatear::SqlMigration { id: "1.note".into(), up: "CREATE TABLE note (text)".into(), ..Default::default() };
    let step = wheatear::CodeStep::new("2.code", "1", |_| Ok(())).depends(["1.note"]).down(|_| Ok(()));
    let same = MigrationSet::from_sql([sql], [step]).expect("a set");
    assert_eq!(get(&set.describe().expect("a set"), "digest"), same.digest().to_string());

    let mut connection = connection("code-in-javascript").await;
    connection.migrate(&set, &Object::new(), None).expect("a report");
    let global = js_sys::global();
    assert_eq!(
        json(&get(&global, "told")),
        r#"[[{"text":"a1"},{"text":"b1"}],{"changes":2,"lastInsertRowid":null},"QueryError","transaction_misuse"]"#
    );
    let ask: Function = get(&global, "ask").unchecked_into();
    ask.call3(&JsValue::NULL, &"exec".into(), &"DELETE FROM note".into(), &Array::new()).expect_err("it has ended");

    let request = JSON::parse(r#"{"operation":"rollback","on":1,"options":{},"mode":"run"}"#).expect("a request");
    let error = connection.operate(&set, &request).expect_err("a function that fails");
    assert_eq!(get(&error, "code"), "code_failed");
    assert_eq!(json(&get(&error, "cause")), r#"{"value":7}"#);
    assert_eq!(get(&connection.query("SELECT count(*) AS n FROM note", &Array::new()).expect("rows").get(0), "n"), 2);
    connection.close().expect("a close");
}

#[wasm_bindgen_test]
async fn rows_come_part_by_part_in_each_shape() {
    let mut connection = connection("parts").await;
    let db = &mut connection;
    let none = JsValue::from(Array::new());
    db.begin(&JsValue::UNDEFINED).expect("a transaction");
    let sql = "SELECT value AS v FROM json_each(?)";
    let parameters = JsValue::from(Array::of1(&"[1,2,3]".into()));
    assert_eq!(
        json(&db.fetch(7, sql, &parameters, 2, false).expect("a part")),
        r#"{"rows":[{"v":1},{"v":2}],"isLast":false}"#
    );
    // Another one beside it, whose rows fill a part before they are so many.
    let large = "WITH n(i) AS (VALUES (1), (2), (3)) SELECT zeroblob(600000) FROM n";
    let part = db.fetch(8, large, &none, 3, true).expect("a part");
    assert_eq!((Array::from(&get(&part, "rows")).length(), get(&part, "isLast")), (2, false.into()));
    db.close_cursor(8);
    assert_eq!(json(&db.fetch(7, sql, &parameters, 2, true).expect("a part")), r#"{"rows":[[3]],"isLast":true}"#);
    for ended in [7, 8] {
        let error = db.fetch(ended, sql, &parameters, 2, true).expect_err("an error");
        assert_eq!(get(&error, "code"), "transaction_misuse");
    }
    let refused = db.fetch(9, "DELETE FROM nothing", &none, 1, true).expect_err("an error");
    assert_eq!(get(&refused, "code"), "query_failed");
    let unfit = db.fetch(10, sql, &Array::of1(&f64::NAN.into()), 1, true).expect_err("an error");
    assert_eq!(get(&unfit, "code"), "invalid_value");
    connection.close().expect("a close, with a cursor open or not");
}

#[wasm_bindgen_test]
async fn the_tables_that_a_statement_reads_are_told_and_what_writes_is_refused() {
    let mut connection = connection("reads").await;
    let db = &mut connection;
    db.exec("CREATE TABLE a (b); CREATE TABLE c (d); CREATE VIEW v AS SELECT b FROM a").expect("a schema");
    let tables = db.tables_read("SELECT * FROM v").expect("tables");
    assert!(tables.contains(&"a".to_owned()) && !tables.contains(&"c".to_owned()), "{tables:?}");
    for sql in ["INSERT INTO c SELECT b FROM a RETURNING d", "SAVEPOINT s"] {
        assert_eq!(get(&db.tables_read(sql).expect_err("an error"), "code"), "query_refused");
    }
    connection.close().expect("a close");
}
