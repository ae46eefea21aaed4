//! The weather station in Tauri: it opens and upgrades its database when it starts, and windows ask for it by commands.

mod commands;

use std::fs;
use std::path::PathBuf;

use tauri::{App, Builder, Manager, Runtime};
use weather_store::{Failure, Weather};

use commands::Store;

/// Runs the application until its last window is closed.
///
/// # Panics
/// If Tauri cannot start.
pub fn run() {
    with_weather(Builder::default(), |app| app.path().app_data_dir())
        .run(tauri::generate_context!())
        .expect("the weather station could not be started");
}

/// An application with the database and its commands: in Tauri's runtime, or in that of its tests.
///
/// `folder` says where the database lives.
pub fn with_weather<R: Runtime>(
    builder: Builder<R>,
    folder: impl FnOnce(&App<R>) -> tauri::Result<PathBuf> + Send + 'static,
) -> Builder<R> {
    builder
        .setup(|app| {
            let folder = folder(app)?;
            fs::create_dir_all(&folder)?;
            // A failure is no reason not to start: a window tells of it, and what can be done.
            let store = Store::new(folder.join("weather.sqlite3"));
            app.manage(store);
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            commands::report,
            commands::reopen,
            commands::places,
            commands::newest,
            commands::record
        ])
}

/// What opening gives.
type Opened = Result<(Weather, wheatear::Report), Failure>;
