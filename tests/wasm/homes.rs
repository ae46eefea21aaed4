//! What holds wherever a database lives: in the origin private file system, and in memory with its commits
//! stored elsewhere. Through the bindings, as the worker uses them.
#![cfg(target_family = "wasm")]

mod home;

use home::{Home, number};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test_configure;
use wheatear::wasm::{Connection, Migrations};
use wheatear::{MigrationSet, SourceFile, migrations};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

static WEATHER: MigrationSet = migrations!("migrations");

/// Runs each test in each home.
macro_rules! in_every_home {
    ($($name:ident)*) => {
        mod opfs {
            $(#[wasm_bindgen_test::wasm_bindgen_test]
            async fn $name() {
                super::$name(super::Home::opfs(stringify!($name)).await).await;
            })*
        }
        mod mirror {
            $(#[wasm_bindgen_test::wasm_bindgen_test]
            async fn $name() {
                super::$name(super::Home::mirror()).await;
            })*
        }
    };
}

in_every_home! {
    rows_are_there_after_reopening
    a_blob_of_ten_megabytes_comes_back
    a_large_transaction_is_kept_and_one_rolled_back_is_not
    savepoints_take_back_their_part
    what_is_deleted_makes_the_file_smaller
    the_page_size_changes_with_a_vacuum
    a_set_is_applied_once_and_a_failing_one_changes_nothing
    pending_is_what_would_be_done
    the_file_can_be_read_while_it_is_open
    a_check_finds_nothing_wrong
}

const SOME_ROWS: &str = "CREATE TABLE note (id INTEGER PRIMARY KEY, bytes BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO note (bytes) SELECT zeroblob(1000) FROM n;";

async fn rows_are_there_after_reopening(mut home: Home) {
    home.exec(SOME_ROWS).await;
    home.reopen().await;
    assert_eq!(home.number("SELECT count(*) AS n FROM note WHERE length(bytes) = 1000").await, 500.0);
    home.exec("DELETE FROM note WHERE id % 2").await;
    home.reopen().await;
    assert_eq!(home.number("SELECT count(*) AS n FROM note").await, 250.0);
    home.close();
}

async fn a_blob_of_ten_megabytes_comes_back(mut home: Home) {
    let blob = Uint8Array::new_with_length(10_000_000);
    blob.fill(0x5a, 0, 10_000_000);
    blob.set_index(9_999_999, 7);
    home.exec("CREATE TABLE note (bytes BLOB)").await;
    let parameters = Array::of1(&blob);
    home.run(|db| db.query("INSERT INTO note VALUES (?)", &parameters)).await.expect("a row");
    home.reopen().await;
    let rows = home.run(|db| db.query("SELECT bytes FROM note", &Array::new())).await.expect("a row");
    let bytes = Uint8Array::new(&home::get(&rows.get(0), "bytes"));
    assert!((bytes.length(), bytes.get_index(0), bytes.get_index(9_999_999)) == (10_000_000, 0x5a, 7));
    assert!(bytes.to_vec() == blob.to_vec());
    home.close();
}

async fn a_large_transaction_is_kept_and_one_rolled_back_is_not(mut home: Home) {
    home.exec("PRAGMA cache_size = 10").await;
    for (end, expected) in [(Connection::commit as fn(&mut Connection) -> _, 500.0), (Connection::rollback, 500.0)] {
        home.run(|db| db.begin(&JsValue::UNDEFINED)).await.expect("a transaction");
        home.exec(&SOME_ROWS.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")).await;
        home.exec("UPDATE note SET bytes = zeroblob(999)").await;
        home.run(end).await.expect("its end");
        home.reopen().await;
        assert_eq!(home.number("SELECT count(*) AS n FROM note WHERE length(bytes) = 999").await, expected);
    }
    home.check().await;
    home.close();
}

async fn savepoints_take_back_their_part(mut home: Home) {
    home.exec("CREATE TABLE note (text)").await;
    home.run(|db| db.begin(&JsValue::UNDEFINED)).await.expect("a transaction");
    for sql in ["INSERT INTO note VALUES (1)", "SAVEPOINT s", "INSERT INTO note VALUES (2)", "ROLLBACK TO s"] {
        home.exec(sql).await;
    }
    home.run(Connection::commit).await.expect("a commit");
    home.reopen().await;
    assert_eq!(home.number("SELECT sum(text) AS n FROM note").await, 1.0);
    home.close();
}

async fn what_is_deleted_makes_the_file_smaller(mut home: Home) {
    home.exec(SOME_ROWS).await;
    let before = home.run(|db| db.file_size()).await.expect("a size");
    home.exec("DELETE FROM note WHERE id > 10").await;
    home.exec("VACUUM").await;
    let after = home.run(|db| db.file_size()).await.expect("a size");
    assert!(after * 10.0 < before, "{before} to {after}");
    home.reopen().await;
    assert_eq!(home.run(|db| db.file_size()).await.expect("a size"), after);
    assert_eq!(home.number("SELECT count(*) AS n FROM note").await, 10.0);
    home.check().await;
    home.close();
}

async fn the_page_size_changes_with_a_vacuum(mut home: Home) {
    home.exec(SOME_ROWS).await;
    for size in [512.0, 65536.0, 4096.0] {
        home.exec(&format!("PRAGMA page_size = {size}")).await;
        home.exec("VACUUM").await;
        home.reopen().await;
        assert_eq!(home.number("SELECT page_size AS n FROM pragma_page_size").await, size);
        assert_eq!(home.number("SELECT count(*) AS n FROM note").await, 500.0);
        home.check().await;
    }
    home.close();
}

async fn a_set_is_applied_once_and_a_failing_one_changes_nothing(mut home: Home) {
    let migrate = |set: &MigrationSet| {
        let migrations = Migrations::new(set.clone());
        move |db: &mut Connection| db.migrate(&migrations, &js_sys::Object::new(), None)
    };
    home.run(migrate(&WEATHER)).await.expect("a report");
    home.reopen().await;
    let report = home.run(migrate(&WEATHER)).await.expect("a report");
    assert_eq!(Array::from(&home::get(&report, "applied")).length(), 0);
    let before = home.file().await;

    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files =
        WEATHER.iter().map(|migration| file(&format!("{}.sql", migration.id()), migration.up().unwrap_or_default()));
    let bad = file("0003.bad.sql", "CREATE TABLE big AS SELECT zeroblob(1000000) AS b; INSERT INTO absent VALUES (1);");
    let set = MigrationSet::from_files(files.chain([bad])).expect("a valid set");
    let error = home.run(migrate(&set)).await.expect_err("a missing table");
    assert_eq!(home::get(&error, "code"), "statement_failed");
    home.reopen().await;
    assert!(home.file().await == before);
    home.close();
}

async fn pending_is_what_would_be_done(mut home: Home) {
    let options = |json: &str| js_sys::JSON::parse(json).expect("options");
    let migrations = Migrations::new(WEATHER.clone());
    let pending = home.run(|db| db.pending(&migrations, &options("{}"))).await.expect("a plan");
    assert_eq!(home::get(&pending, "from"), JsValue::NULL);
    let first = options(r#"{"target":"0001.create"}"#);
    home.run(|db| db.migrate(&migrations, &first, None)).await.expect("a report");
    home.reopen().await;
    assert!(home.run(|db| db.pending(&migrations, &first)).await.expect("a plan").is_undefined());
    let pending = home.run(|db| db.pending(&migrations, &options("{}"))).await.expect("a plan");
    assert_eq!(home::get(&pending, "from"), "0001.create");
    home.close();
}

async fn the_file_can_be_read_while_it_is_open(mut home: Home) {
    home.exec(SOME_ROWS).await;
    home.exec("UPDATE note SET bytes = zeroblob(10) WHERE id = 300").await;
    let open = home.file().await;
    let refusal = home.run(|db| {
        db.begin(&JsValue::UNDEFINED)?;
        let size = db.file_size();
        db.rollback()?;
        size
    });
    assert_eq!(home::get(&refusal.await.expect_err("unfinished"), "code"), "transaction_misuse");
    let closed = home.stored().await;
    assert!(open.starts_with(b"SQLite format 3\0") && open == closed);
    home.close();
}

async fn a_check_finds_nothing_wrong(mut home: Home) {
    home.check().await;
    home.exec(SOME_ROWS).await;
    home.reopen().await;
    home.check().await;
    assert_eq!(number(&home.run(|db| db.query("SELECT 7 AS n", &Array::new())).await.expect("a row")), 7.0);
    home.close();
}
