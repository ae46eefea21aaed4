//! Whole files into the origin private file system and out of it, in a dedicated worker of a real browser.
#![cfg(target_family = "wasm")]

mod home;
mod support;

use js_sys::{Array, Function, IteratorNext, Promise, Uint8Array};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use support::{close, fresh, open, stored};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemSyncAccessHandle, WorkerGlobalScope,
};
use wheatear::storage::{DatabaseFile, DatabaseName, Mirror, opfs};
use wheatear::wasm::{export_opfs, import_mirror, import_opfs};
use wheatear::{Error, Session};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// A database file of that page size with so many rows of a thousand bytes.
fn file(page_size: u32, rows: u32) -> Vec<u8> {
    let connection =
        Mirror::new(0).and_then(|mirror| mirror.connect().map_err(|_| unreachable!())).expect("a database");
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {page_size};
             CREATE TABLE note (id INTEGER PRIMARY KEY, bytes BLOB);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
             INSERT INTO note (bytes) SELECT zeroblob(1000) FROM n;"
        ))
        .expect("rows");
    Session::new(connection).read_file(0, usize::MAX).expect("its bytes")
}

async fn import(name: &DatabaseName, file: &[u8]) -> Result<Vec<String>, Error> {
    let read = async |offset: u64, length: usize| Ok(file[offset as usize..][..length].to_vec());
    opfs::import(name, DatabaseFile::new(file.len() as u64, read)).await
}

fn value<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> T {
    connection.query_row(sql, [], |row| row.get(0)).expect(sql)
}

/// Rows and page size of a stored database that is sound.
async fn found(name: &DatabaseName) -> (u32, u32) {
    let database = open(name).await;
    assert_eq!(value::<String>(&database.1, "PRAGMA integrity_check"), "ok");
    let found = (value(&database.1, "SELECT count(*) FROM note"), value(&database.1, "PRAGMA page_size"));
    close(database);
    found
}

/// Where the files of a database are.
async fn folder(name: &DatabaseName) -> FileSystemDirectoryHandle {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    let mut folder: FileSystemDirectoryHandle =
        JsFuture::from(scope.navigator().storage().get_directory()).await.expect("a folder").unchecked_into();
    for part in ["wheatear", &name.folder()] {
        let child = folder.get_directory_handle_with_options(part, &options);
        folder = JsFuture::from(child).await.expect("a folder").unchecked_into();
    }
    folder
}

/// Names of the files of a database, sorted.
async fn names(name: &DatabaseName) -> Vec<String> {
    let entries = folder(name).await.entries();
    let mut names = Vec::new();
    loop {
        let next: IteratorNext =
            JsFuture::from(entries.next().expect("an entry")).await.expect("an entry").unchecked_into();
        if next.done() {
            names.sort();
            return names;
        }
        names.push(Array::from(&next.value()).get(0).as_string().expect("a name"));
    }
}

/// Name of the file that is the database.
async fn main_file(name: &DatabaseName) -> String {
    let is_main = |name: &String| name.starts_with("database.") && name.ends_with(".sqlite3");
    names(name).await.into_iter().rfind(is_main).expect("the database")
}

/// Names of the files that a database has.
fn whole_of(main: &str) -> [String; 3] {
    ["", "-journal", "-wal"].map(|end| format!("{main}{end}"))
}

/// What is in a file of a database that is not open.
async fn read(name: &DatabaseName, file: &str) -> Vec<u8> {
    let file = folder(name).await.get_file_handle(file);
    let file: FileSystemFileHandle = JsFuture::from(file).await.expect("a file").unchecked_into();
    let handle: FileSystemSyncAccessHandle =
        JsFuture::from(file.create_sync_access_handle()).await.expect("a handle").unchecked_into();
    let mut bytes = vec![0; handle.get_size().expect("a size") as usize];
    handle.read_with_u8_array(&mut bytes).expect("bytes");
    handle.close();
    bytes
}

/// Writes into a file of a database that is not open, from its beginning, and cuts it there if that is said.
async fn write(name: &DatabaseName, file: &str, bytes: &[u8], size: Option<usize>) {
    let options = FileSystemGetFileOptions::new();
    options.set_create(true);
    let file = folder(name).await.get_file_handle_with_options(file, &options);
    let file: FileSystemFileHandle = JsFuture::from(file).await.expect("a file").unchecked_into();
    let handle: FileSystemSyncAccessHandle =
        JsFuture::from(file.create_sync_access_handle()).await.expect("a handle").unchecked_into();
    handle.write_with_u8_array(bytes).expect("a write");
    if let Some(size) = size {
        handle.truncate_with_u32(size as u32).expect("a cut");
    }
    handle.close();
}

/// Puts something in the place of a database's file.
async fn put(name: &DatabaseName, bytes: &[u8]) {
    write(name, "database.1.00000000.sqlite3", bytes, Some(bytes.len())).await;
}

#[wasm_bindgen_test]
async fn a_file_becomes_a_database_and_comes_back_the_same() {
    let name = fresh("imported").await;
    for page_size in [512, 4096, 65536] {
        let file = file(page_size, 400);
        import(&name, &file).await.expect("an import");
        assert_eq!(found(&name).await, (400, page_size));
        let exported = stored(&name).await.expect("the file");
        assert_eq!(exported.len(), file.len());
        // But for the header, which counts changes.
        assert!(exported[100..] == file[100..]);
    }
}

#[wasm_bindgen_test]
async fn an_import_takes_the_place_of_what_was_there_whatever_its_page_size() {
    let name = fresh("replaced").await;
    for (page_size, rows) in [(4096, 200), (512, 300), (65536, 10), (8192, 400), (1024, 1)] {
        import(&name, &file(page_size, rows)).await.expect("an import");
        assert_eq!(found(&name).await, (rows, page_size));
    }
    assert_eq!(names(&name).await, whole_of(&main_file(&name).await));
}

#[wasm_bindgen_test]
async fn a_file_that_is_no_sound_database_changes_nothing() {
    let name = fresh("refused").await;
    let whole = file(4096, 300);
    import(&name, &whole).await.expect("an import");
    let before = stored(&name).await.expect("the file");
    let mut damaged = whole.clone();
    damaged[4096 * 10..4096 * 20].fill(0x55);
    let page_size = [&whole[..16], &[0x12, 0x34], &whole[18..]].concat();
    for (file, code) in [
        (&whole[..whole.len() - 4096], "database_truncated"),
        (&damaged, "database_corrupt"),
        (&page_size, "invalid_page_size"),
        (b"id,text\n1,hello\n", "not_a_database"),
        (&[], "not_a_database"),
    ] {
        let error = import(&name, file).await.expect_err(code);
        assert_eq!(error.code().as_str(), code, "{error}");
        assert!(stored(&name).await.expect("the file") == before, "{code}");
    }
    let short = async |_: u64, length: usize| Ok::<_, Error>(vec![0; length - 1]);
    assert_eq!(
        opfs::import(&name, DatabaseFile::new(4096, short)).await.expect_err("too few").code().as_str(),
        "storage_io"
    );
    assert!(stored(&name).await.expect("the file") == before);

    // Nor does it leave a database where there was none.
    let name = fresh("not there").await;
    import(&name, &damaged).await.expect_err("damage");
    assert_eq!(stored(&name).await.expect_err("nothing").code().as_str(), "no_such_database");
}

#[wasm_bindgen_test]
async fn whatever_passes_opens_and_whatever_is_stored_can_be_replaced() {
    let whole = file(4096, 30);
    let mut newer_format = whole.clone();
    newer_format[18] = 3;
    let free_list = include_bytes!("../trials/cases/files/min-freelist-view.db");
    let rules = include_bytes!("../trials/cases/38-rows-against-a-check/file.sqlite3");
    for (index, bytes) in [&newer_format[..], free_list].into_iter().enumerate() {
        let name = fresh(&format!("stored {index}")).await;
        import(&name, bytes).await.expect_err("a fault");
        put(&name, bytes).await;
        import(&name, &whole).await.expect("an import");
        assert_eq!(found(&name).await, (30, 4096));
        import(&name, bytes).await.expect_err("a fault");
        assert_eq!(found(&name).await, (30, 4096));
        assert_eq!(import(&name, rules).await.expect("rows that break a rule").len(), 2);
        close(open(&name).await);
    }
}

#[wasm_bindgen_test]
async fn what_something_else_puts_into_the_folder_stays_and_does_not_keep_a_database_from_being_opened() {
    let name = fresh("strays").await;
    import(&name, &file(4096, 30)).await.expect("an import");
    for stray in ["stray", "database.sqlite3", "database.x.y.sqlite3"] {
        write(&name, stray, b"hello", None).await;
    }
    assert_eq!(found(&name).await, (30, 4096));
    assert!(names(&name).await.contains(&"stray".to_owned()));
}

#[wasm_bindgen_test]
async fn a_database_that_is_known_is_not_created_anew_where_its_file_is_cut_or_gone() {
    let whole = file(4096, 30);
    for (size, code) in [(4096, "database_truncated"), (0, "database_corrupt"), (50, "database_truncated")] {
        let name = fresh("cut").await;
        import(&name, &whole).await.expect("an import");
        write(&name, &main_file(&name).await, &[], Some(size)).await;
        let error = opfs::OpfsDatabase::open(&name, true).await.map(drop).expect_err("damage");
        assert_eq!(error.code().as_str(), code, "{size}: {error}");
        import(&name, &whole).await.expect("an import");
        assert_eq!(found(&name).await, (30, 4096));
    }
    let name = fresh("gone").await;
    folder(&name).await;
    let error = opfs::OpfsDatabase::open(&name, true).await.map(drop).expect_err("nothing");
    assert_eq!(error.code().as_str(), "database_corrupt", "{error}");
    // A first visit that ended half-way.
    put(&name, &[]).await;
    close(open(&name).await);
}

#[wasm_bindgen_test]
async fn a_database_whose_header_is_lost_is_refused_and_its_bytes_are_kept() {
    let whole = file(4096, 30);
    for is_known in [true, false] {
        let name = fresh("without a header").await;
        import(&name, &whole).await.expect("an import");
        write(&name, &main_file(&name).await, &[0; 516], None).await;
        let error = opfs::OpfsDatabase::open(&name, is_known).await.map(drop).expect_err("damage");
        assert_eq!(error.code().as_str(), "not_a_database", "{error}");
        let before = stored(&name).await.expect("the bytes");
        assert!(before[..516] == [0; 516] && before[516..] == whole[516..]);
        import(&name, &whole[..5000]).await.expect_err("half a file");
        assert!(stored(&name).await.expect("the bytes") == before);
        import(&name, &file(1024, 7)).await.expect("an import");
        assert_eq!(found(&name).await, (7, 1024));
    }
}

/// Leaves a database in WAL mode, whose newest rows are in its log alone, as a worker does that is ended.
async fn leave_with_log(name: &DatabaseName) {
    let (database, connection) = open(name).await;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE note (bytes); PRAGMA wal_autocheckpoint = 0;")
        .expect("a log");
    for _ in 0..50 {
        connection.execute_batch("INSERT INTO note VALUES (zeroblob(1000))").expect("a row");
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).expect("a setting");
    close((database, connection));
}

#[wasm_bindgen_test]
async fn what_is_in_a_log_is_opened_exported_and_in_the_file_from_then_on() {
    let (name, copy) = (fresh("with a log").await, fresh("its copy").await);
    leave_with_log(&name).await;
    let exported = stored(&name).await.expect("the file");
    import(&copy, &exported).await.expect("a file that is not in WAL mode");
    assert_eq!(found(&copy).await.0, 50);
    assert_eq!(found(&name).await.0, 50);

    let name = fresh("with a log").await;
    leave_with_log(&name).await;
    let database = open(&name).await;
    assert_eq!(value::<String>(&database.1, "PRAGMA journal_mode"), "wal");
    assert_eq!(value::<u32>(&database.1, "SELECT count(*) FROM note"), 50);
    close(database);
    import(&copy, &stored(&name).await.expect("the file")).await.expect("a file that is not in WAL mode");
    assert_eq!(found(&copy).await.0, 50);

    // Whatever else is done to it.
    let name = fresh("with a log").await;
    leave_with_log(&name).await;
    import(&name, &file(4096, 3)).await.expect("an import");
    assert_eq!(found(&name).await, (3, 4096));
}

#[wasm_bindgen_test]
async fn a_log_that_a_crash_has_moved_in_part_makes_the_file_whole() {
    let name = fresh("moved in part").await;
    leave_with_log(&name).await;
    let main = main_file(&name).await;
    let (mut before, log) = (read(&name, &main).await, read(&name, &format!("{main}-wal")).await);
    // There is room in the file already for what the log has.
    assert!(before.len() > 50 * 1000 && log.len() > 50 * 1000);
    before.truncate(2 * 4096);
    let mut first = stored(&name).await.expect("the file")[..4096].to_vec();
    // The first page tells of all the others already, which are in the log alone.
    first[18..20].fill(2);
    let leave = async || {
        write(&name, &main, &before, Some(before.len())).await;
        write(&name, &main, &first, None).await;
    };
    leave().await;
    let error = opfs::OpfsDatabase::open(&name, true).await.map(drop).expect_err("no log");
    assert_eq!(error.code().as_str(), "database_truncated", "{error}");
    for is_exported in [true, false] {
        leave().await;
        write(&name, &format!("{main}-wal"), &log, None).await;
        if is_exported {
            let copy = fresh("moved, exported").await;
            import(&copy, &stored(&name).await.expect("the file")).await.expect("a whole file");
            assert_eq!(found(&copy).await.0, 50);
        }
        assert_eq!(found(&name).await.0, 50);
    }
}

#[wasm_bindgen_test]
async fn an_import_that_a_crash_cut_short_leaves_the_old_database() {
    let name = fresh("cut short").await;
    import(&name, &file(4096, 100)).await.expect("an import");
    let half = &file(4096, 1000)[..4096 * 100];
    let leave_half = async || write(&name, "import.00000000.sqlite3", half, None).await;
    leave_half().await;
    assert_eq!(found(&name).await, (100, 4096));
    assert_eq!(names(&name).await, whole_of(&main_file(&name).await));
    leave_half().await;
    import(&name, &file(4096, 200)).await.expect("the next import");
    assert_eq!(found(&name).await, (200, 4096));
    assert_eq!(names(&name).await, whole_of(&main_file(&name).await));

    // Or just after the new one has taken the place of the old one.
    let second = main_file(&name).await;
    put(&name, &file(4096, 5)).await;
    write(&name, "database.1.00000000.sqlite3-journal", b"what is left of it", None).await;
    assert_eq!(found(&name).await, (200, 4096));
    assert_eq!(names(&name).await, whole_of(&second));
}

#[wasm_bindgen_test]
async fn a_faulty_database_is_named_left_alone_and_can_be_replaced() {
    let whole = file(4096, 300);
    let random: Vec<u8> = (0..8192_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let page_size = [&whole[..16], &[0x12, 0x34], &whole[18..]].concat();
    for (bytes, code) in [
        (&b"no database, but some words. ".repeat(100)[..], "not_a_database"),
        (&whole[..whole.len() / 2 / 4096 * 4096], "database_truncated"),
        (&random, "database_encrypted"),
        (&page_size, "invalid_page_size"),
    ] {
        let name = fresh(code).await;
        put(&name, bytes).await;
        let error = opfs::OpfsDatabase::open(&name, false).await.map(drop).expect_err(code);
        assert_eq!(error.code().as_str(), code, "{error}");
        assert!(error.sqlite.is_some(), "what SQLite said: {error:?}");
        assert!(stored(&name).await.expect("the file") == bytes, "{code}");
        import(&name, &whole).await.expect("an import");
        assert_eq!(found(&name).await, (300, 4096));
    }
}

#[wasm_bindgen_test]
async fn a_damaged_database_is_replaced() {
    let whole = file(4096, 300);
    let name = fresh("damaged").await;
    for from in [1, 20] {
        let mut damaged = whole.clone();
        damaged[4096 * from..].fill(0x55);
        opfs::delete(&name).await.expect("a deletion");
        put(&name, &damaged).await;
        import(&name, &file(1024, 10)).await.expect("an import");
        assert_eq!(found(&name).await, (10, 1024));
    }
}

/// As JavaScript passes it.
fn reader(file: Vec<u8>) -> Function {
    let read = move |offset: f64, length: f64| {
        let part = &file[offset as usize..][..length as usize];
        Promise::resolve(&JsValue::from(Uint8Array::from(part)))
    };
    Closure::<dyn FnMut(f64, f64) -> Promise>::new(read).into_js_value().unchecked_into()
}

#[wasm_bindgen_test]
async fn the_bindings_read_and_hand_out_part_by_part() {
    let name = fresh("bindings").await;
    let whole = file(8192, 2500);
    assert!(whole.len() > 2 << 20);
    import_opfs(name.to_string(), whole.len() as f64, reader(whole.clone()), None, None).await.expect("an import");
    let exported = home::exported(&name.to_string()).await.expect("the file");
    assert!(exported[100..] == whole[100..]);

    let mirror = import_mirror(whole.len() as f64, reader(whole.clone()), None, None).await.expect("an import");
    let mirror = mirror.into_connection();
    let everything = mirror.take_commit(Some(true));
    assert_eq!(home::get(&everything, "size"), whole.len() as f64);
    let rows = mirror.read_file(0.0, 1e9).expect("the file");
    assert!(rows.to_vec() == whole);
    mirror.close().expect("a close");

    let text = import_mirror(3.0, reader(b"abc".to_vec()), None, None).await.err().expect("no database");
    assert_eq!(home::get(&text, "code"), "not_a_database");
}

#[wasm_bindgen_test]
async fn what_a_function_of_javascript_throws_is_thrown_on() {
    let name = fresh("throwing").await;
    let throws = || Function::new_no_args("throw 'enough'");
    let rejects = || Function::new_no_args("return Promise.reject('enough')");
    let enough = JsValue::from("enough");
    for function in [throws(), rejects()] {
        assert_eq!(import_opfs(name.to_string(), 4096.0, function.clone(), None, None).await, Err(enough.clone()));
        assert_eq!(import_mirror(4096.0, function, None, None).await.err(), Some(enough.clone()));
    }
    import(&name, &file(4096, 10)).await.expect("an import");
    assert_eq!(export_opfs(name.to_string(), throws()).await, Err(enough));
    assert_eq!(found(&name).await, (10, 4096));
    let nothing = Function::new_no_args("return undefined");
    let error = import_opfs(name.to_string(), 4096.0, nothing, None, None).await.expect_err("no bytes");
    assert_eq!(home::get(&error, "code"), "storage_io");
}
