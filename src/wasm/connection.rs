#![expect(clippy::missing_errors_doc, reason = "everything here throws `ErrorData`, as `Connection` says")]

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::storage::{DatabaseName, opfs};
use crate::wasm::migrate_options::MigrateOptions;
use crate::wasm::value::{self, RowReader};
use crate::wasm::{Migrations, error_data, progress, wire};
use crate::{Error, Migrator, Session};

/// The worker's connection to a database in the origin private file system.
///
/// Every method throws `ErrorData`; anything else that is thrown is a fault of this library, after
/// which the worker must end.
#[wasm_bindgen]
pub struct Connection {
    database: opfs::OpfsDatabase,
    session: Session,
}

#[wasm_bindgen]
impl Connection {
    /// Opens a database, or creates it. Call [`Connection::migrate`] next.
    pub async fn open(name: String) -> Result<Connection, JsValue> {
        std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string())));
        let open = async || -> Result<_, Error> { opfs::OpfsDatabase::open(&DatabaseName::new(&name)?).await };
        let (database, connection) = open().await.map_err(error_data::to_js)?;
        Ok(Self { database, session: Session::new(connection) })
    }

    /// Applies what is pending as `options` (`MigrateOptions` of client/open-options.ts) say, and returns the
    /// `Report`. `on_progress` hears a `Progress` now and then.
    pub fn migrate(
        &mut self,
        migrations: Migrations,
        options: &JsValue,
        on_progress: Option<Function>,
    ) -> Result<JsValue, JsValue> {
        let options = MigrateOptions::read(options).map_err(error_data::invalid_option)?;
        let target = options.target.clone();
        let migrator = options.migrator(migrations.0);
        let connection = self.session.connection_mut();
        let report = match on_progress {
            Some(listener) => {
                progress::listening(listener, || migrator.on_progress(progress::tell).apply_to(connection, target))
            }
            None => migrator.apply_to(connection, target),
        };
        Ok(wire::report(&report.map_err(error_data::to_js)?)?)
    }

    /// The `MigrationStatus` of every migration.
    pub fn status(&self, migrations: Migrations) -> Result<JsValue, JsValue> {
        let statuses = Migrator::new(migrations.0).status(self.session.connection()).map_err(error_data::to_js)?;
        Ok(wire::statuses(&statuses)?)
    }

    /// Runs one statement and returns its rows as objects.
    pub fn query(&mut self, sql: &str, parameters: &JsValue) -> Result<Array, JsValue> {
        let mut reader = RowReader::default();
        let mut run = || -> Result<_, Error> {
            let parameters = value::parameters(parameters)?;
            self.session.query(sql, &parameters, |row| reader.read(row))
        };
        Ok(run().map_err(error_data::to_js)?.into_iter().collect())
    }

    /// Runs a script, all of it or nothing.
    pub fn exec(&mut self, script: &str) -> Result<(), JsValue> {
        self.session.exec(script).map_err(error_data::to_js)
    }

    /// Begins a transaction.
    pub fn begin(&mut self) -> Result<(), JsValue> {
        self.session.begin().map_err(error_data::to_js)
    }

    /// Commits the open transaction, or rolls it back if that fails.
    pub fn commit(&mut self) -> Result<(), JsValue> {
        self.session.commit().map_err(error_data::to_js)
    }

    /// Rolls the open transaction back.
    pub fn rollback(&mut self) -> Result<(), JsValue> {
        self.session.rollback().map_err(error_data::to_js)
    }

    /// Closes the database, rolls an open transaction back, and frees its files.
    pub fn close(self) -> Result<(), JsValue> {
        self.database.close(self.session.into_connection()).map_err(error_data::to_js)
    }
}

/// The bytes of a stored database that is not open.
#[wasm_bindgen(js_name = exportDatabase)]
pub async fn export_database(name: String) -> Result<Uint8Array, JsValue> {
    let export = async || -> Result<_, Error> { opfs::export(&DatabaseName::new(&name)?).await };
    let bytes = export().await.map_err(error_data::to_js)?;
    Ok(Uint8Array::from(bytes.as_slice()))
}

/// Deletes a database that is not open.
#[wasm_bindgen(js_name = deleteDatabase)]
pub async fn delete_database(name: String) -> Result<(), JsValue> {
    let delete = async || -> Result<_, Error> { opfs::delete(&DatabaseName::new(&name)?).await };
    delete().await.map_err(error_data::to_js)
}
