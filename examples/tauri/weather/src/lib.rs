//! The weather station's database, natively: nothing here knows of Tauri, so that it is tested without it.

mod failure;

use std::path::Path;

use serde::{Deserialize, Serialize};
use wheatear::rusqlite::{Connection, Row, named_params};
use wheatear::{MigrationSet, Migrator, Report, migrations, storage};

pub use failure::Failure;

static MIGRATIONS: MigrationSet = migrations!("migrations");

/// An open database, which has all migrations.
pub struct Weather {
    db: Connection,
}

/// Where it is measured.
#[derive(Debug, PartialEq, Serialize)]
pub struct Place {
    pub id: i64,
    pub name: String,
}

/// What was measured.
#[derive(Debug, PartialEq, Serialize)]
pub struct Reading {
    pub place: String,
    pub temp_c: f64,
    /// In percent; readings from before there was a second sensor have none.
    pub humidity: Option<i64>,
}

/// What is to be kept.
#[derive(Debug, Deserialize)]
pub struct NewReading {
    pub place_id: i64,
    pub temp_c: f64,
    pub humidity: Option<i64>,
}

impl Weather {
    /// Opens the file, makes it if there is none, and brings it up to date in one transaction. Another program may do the same
    /// at that time: one of them waits.
    ///
    /// # Errors
    /// [`Failure::Wheatear`] if it cannot be read, is of a newer build, or an upgrade fails. It is as it was before then.
    pub fn open(path: &Path) -> Result<(Self, Report), Failure> {
        let mut db = storage::open_file(path).map_err(wheatear::Error::from)?;
        let report = Migrator::new(&MIGRATIONS).apply(&mut db)?;
        Ok((Self { db }, report))
    }

    /// Every place, by its name.
    ///
    /// # Errors
    /// [`Failure::Query`] if the database cannot be read.
    pub fn places(&self) -> Result<Vec<Place>, Failure> {
        let place = |row: &Row<'_>| Ok(Place { id: row.get("id")?, name: row.get("name")? });
        let mut statement = self.db.prepare_cached("SELECT id, name FROM place ORDER BY name")?;
        Ok(statement.query_map([], place)?.collect::<Result<_, _>>()?)
    }

    /// The newest readings first.
    ///
    /// # Errors
    /// [`Failure::Query`] if the database cannot be read.
    pub fn newest(&self) -> Result<Vec<Reading>, Failure> {
        let reading = |row: &Row<'_>| {
            Ok(Reading { place: row.get("place")?, temp_c: row.get("temp_c")?, humidity: row.get("humidity")? })
        };
        let mut statement = self.db.prepare_cached(
            "SELECT place.name AS place, temp_c, humidity FROM reading JOIN place ON place.id = place_id
              ORDER BY reading.id DESC LIMIT 20",
        )?;
        Ok(statement.query_map([], reading)?.collect::<Result<_, _>>()?)
    }

    /// Keeps a reading: it is stored when this returns.
    ///
    /// # Errors
    /// [`Failure::Query`] if there is no such place, or the database cannot be written.
    pub fn record(&self, reading: &NewReading) -> Result<(), Failure> {
        let sql = "INSERT INTO reading (place_id, temp_c, humidity) VALUES (:place_id, :temp_c, :humidity)";
        let NewReading { place_id, temp_c, humidity } = reading;
        let values = named_params! { ":place_id": place_id, ":temp_c": temp_c, ":humidity": humidity };
        self.db.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}
