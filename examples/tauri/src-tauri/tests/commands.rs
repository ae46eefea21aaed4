//! The commands as windows call them, in the runtime that Tauri has for tests.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewWindow, WebviewWindowBuilder};
use weather_tauri::with_weather;
use wheatear::{MigrationSet, Migrator, Target, storage};

fn start(folder: &Path) -> App<MockRuntime> {
    let folder = folder.to_path_buf();
    let builder = with_weather(mock_builder(), move |_| Ok(folder));
    let mut app = builder.build(mock_context(noop_assets())).expect("the application");
    // The set-up runs once the loop of events does, and this turns it once. What Tauri warns of is to call it again and again.
    #[expect(deprecated)]
    app.run_iteration(|_, _| {});
    app
}

fn window(app: &App<MockRuntime>, label: &str) -> WebviewWindow<MockRuntime> {
    WebviewWindowBuilder::new(app, label, Default::default()).build().expect("a window")
}

fn call<T: DeserializeOwned>(window: &WebviewWindow<MockRuntime>, command: &str, values: Value) -> Result<T, Value> {
    let request = InvokeRequest {
        cmd: command.into(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: "tauri://localhost".parse().expect("an address"),
        body: InvokeBody::Json(values),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.into(),
    };
    get_ipc_response(window, request).map(|body| body.deserialize().expect("what the command gives"))
}

/// A database at its second migration, with a reading from the shed.
fn leave_old_database(folder: &Path) {
    let set = MigrationSet::from_folder("../weather/migrations").expect("the set");
    let mut db = storage::open_file(folder.join("weather.sqlite3")).expect("a new file");
    Migrator::new(&set).apply_to(&mut db, Target::up_to("0002.humidity")).expect("the first two");
    let sql = "INSERT INTO reading (place_id, temp_c) SELECT id, 21 FROM place WHERE name = 'Shed'";
    db.execute(sql, []).expect("a reading");
}

#[test]
fn two_windows_see_what_was_upgraded_and_what_one_of_them_records() {
    let folder = tempfile::tempdir().expect("a folder");
    leave_old_database(folder.path());
    let app = start(folder.path());
    let (one, other) = (window(&app, "one"), window(&app, "other"));

    let report: Value = call(&one, "report", json!({})).expect("a report");
    assert_eq!((&report["from"], &report["to"]), (&json!("0002.humidity"), &json!("0003.greenhouse")));

    let places: Vec<Value> = call(&one, "places", json!({})).expect("places");
    let roof = places.iter().find(|place| place["name"] == "Roof").expect("a roof");
    let reading = json!({ "reading": { "place_id": roof["id"], "temp_c": 5.0, "humidity": 40 } });
    call::<Value>(&one, "record", reading).expect("it is stored");
    let newest: Value = call(&other, "newest", json!({})).expect("readings");
    assert_eq!(
        newest,
        json!([
            { "place": "Roof", "temp_c": 5.0, "humidity": 40 },
            { "place": "Greenhouse", "temp_c": 21.0, "humidity": null },
        ])
    );
}

#[test]
fn an_application_whose_database_is_damaged_starts_and_says_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weather.sqlite3");
    std::fs::write(&path, "This is no database, however long one makes it.".repeat(20)).expect("a text");
    let app = start(folder.path());
    let one = window(&app, "one");
    let refusal = call::<Value>(&one, "newest", json!({})).expect_err("there is no database");
    assert_eq!(refusal["path"], json!(path));

    std::fs::remove_file(&path).expect("it was there");
    let report: Value = call(&one, "reopen", json!({})).expect("a new database");
    assert_eq!(report["to"], json!("0003.greenhouse"));
}
