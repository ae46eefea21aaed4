//! What windows ask for. Each runs beside the main thread, so that no window waits for the database.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime, State};
use weather_store::{Failure, NewReading, Place, Reading, Weather};
use wheatear::Report;

use crate::Opened;

/// The database, or why there is none.
pub struct Store {
    path: PathBuf,
    opened: Mutex<Opened>,
}

/// Why a command failed, with where the database is: a user can copy it, whatever has happened.
#[derive(Serialize)]
pub struct Refusal {
    message: String,
    path: PathBuf,
}

impl Store {
    pub fn new(path: PathBuf) -> Self {
        let opened = Mutex::new(Weather::open(&path));
        Self { path, opened }
    }

    /// A command that has panicked has left nothing half-done: SQLite has its own transactions.
    fn lock(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refusal(&self, failure: &Failure) -> Refusal {
        Refusal { message: failure.to_string(), path: self.path.clone() }
    }

    fn with<T>(&self, work: impl FnOnce(&Weather, &Report) -> Result<T, Failure>) -> Result<T, Refusal> {
        match &*self.lock() {
            Ok((weather, report)) => work(weather, report).map_err(|failure| self.refusal(&failure)),
            Err(failure) => Err(self.refusal(failure)),
        }
    }
}

/// What opening has done.
#[tauri::command(async)]
pub fn report(store: State<'_, Store>) -> Result<Report, Refusal> {
    store.with(|_, report| Ok(report.clone()))
}

/// Opens the database anew, after it has failed.
#[tauri::command(async)]
pub fn reopen(store: State<'_, Store>) -> Result<Report, Refusal> {
    {
        let mut opened = store.lock();
        if opened.is_err() {
            *opened = Weather::open(&store.path);
        }
    }
    report(store)
}

/// Every place.
#[tauri::command(async)]
pub fn places(store: State<'_, Store>) -> Result<Vec<Place>, Refusal> {
    store.with(|weather, _| weather.places())
}

/// The newest readings.
#[tauri::command(async)]
pub fn newest(store: State<'_, Store>) -> Result<Vec<Reading>, Refusal> {
    store.with(|weather, _| weather.newest())
}

/// Keeps a reading, and tells every window.
#[tauri::command(async)]
pub fn record<R: Runtime>(app: AppHandle<R>, store: State<'_, Store>, reading: NewReading) -> Result<(), Refusal> {
    store.with(|weather, _| weather.record(&reading))?;
    // Who does not hear of it reads it at the next time.
    let _ = app.emit("recorded", ());
    Ok(())
}
