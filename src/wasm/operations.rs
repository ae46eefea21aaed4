#![expect(clippy::missing_errors_doc, reason = "everything here throws `ErrorData`, as `Connection` says")]
//! Everything that can be done with migrations once the database is open.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::image;
use crate::ledger::Ledger;
use crate::shapes::milliseconds;
use crate::wasm::migrate_options::MigrateOptions;
use crate::wasm::object::object;
use crate::wasm::{Connection, Migrations, error_data, wire};
use crate::{Error, Migrator, Operation, Rehearsal, Report, RollbackTarget, Target};

#[wasm_bindgen]
impl Connection {
    /// What `request` (`OperateRequest` of client/protocol/migration-operation.ts) asks for: carries an operation out and
    /// returns the `OperationReport`, or returns its `Plan` or `Rehearsal`.
    pub fn operate(&mut self, migrations: &Migrations, request: &JsValue) -> Result<JsValue, JsValue> {
        // Of what is no object nothing is read.
        let get = |name: &str| Reflect::get(request, &name.into()).unwrap_or_default();
        let options = MigrateOptions::read(&get("options")).map_err(error_data::invalid_option)?;
        let operation = read_operation(&get("operation"), &get("on"), options.target.clone())
            .ok_or_else(|| error_data::invalid_option("operation"))?;
        let migrator = options.migrator(migrations.set());
        match get("mode").as_string().as_deref() {
            Some("plan") => Ok(wire::to_js(&self.outcome(migrator.plan(self.session.connection(), &operation))?)?),
            Some("rehearse") => self.rehearse(&migrator, &operation),
            _ => self.carry_out(&migrator, &operation),
        }
    }

    /// The `LogEntry` of everything that was ever done.
    pub fn log(&self) -> Result<JsValue, JsValue> {
        Ok(wire::log(&self.outcome(Ledger::default().log(self.session.connection()))?)?)
    }

    /// What is applied, as the database records it: `MigrationSummary` of client/protocol/migration-set.ts.
    pub fn applied(&self) -> Result<JsValue, JsValue> {
        Ok(wire::applied(&self.outcome(Migrator::applied(self.session.connection()))?)?)
    }

    /// What [`Connection::migrate`] does if the set itself is not needed for that, but its digest alone: all of it is
    /// applied and nothing else, or the database is new and begins as `image`. Else `undefined`, and nothing is done.
    #[wasm_bindgen(js_name = migrateAnnounced)]
    pub fn migrate_announced(
        &mut self,
        digest: &str,
        options: &JsValue,
        image: Option<Box<[u8]>>,
    ) -> Result<JsValue, JsValue> {
        let set = digest.parse().map_err(|_| error_data::invalid_option("migrations"))?;
        let report = if self.outcome(Migrator::has_applied(self.session.connection(), &set))? {
            Report::nothing_done(self.outcome(Migrator::last_applied(self.session.connection()))?)
        } else {
            let MigrateOptions { app_version, .. } =
                MigrateOptions::read(options).map_err(error_data::invalid_option)?;
            let ledger = Ledger { app_version, ..Ledger::default() };
            let Some(image) = image else { return Ok(JsValue::UNDEFINED) };
            let report = image::start(self.session.connection_mut(), &ledger, &set, &image);
            let Some(report) = self.outcome_of_run(report)? else { return Ok(JsValue::UNDEFINED) };
            report
        };
        self.session.watch_changes().map_err(error_data::to_js)?;
        Ok(wire::report(&report)?)
    }
}

impl Connection {
    fn rehearse(&self, migrator: &Migrator<'_>, operation: &Operation) -> Result<JsValue, JsValue> {
        self.require_all()?;
        let Rehearsal { outcome, duration } = self.outcome(migrator.rehearse(self.session.connection(), operation))?;
        let (report, error) = match outcome {
            Ok(report) => (wire::to_js(&report)?, JsValue::NULL),
            Err(error) => (JsValue::NULL, error_data::to_js(error)),
        };
        Ok(object([("durationMs", milliseconds(duration).into()), ("report", report), ("error", error)]))
    }

    fn carry_out(&mut self, migrator: &Migrator<'_>, operation: &Operation) -> Result<JsValue, JsValue> {
        // A script that runs outside of a transaction could not simply be begun again.
        self.expect_much()?;
        let report = self.session.change_schema(|connection| {
            let report = migrator.run(connection, operation);
            let has_changed = match &report {
                // What only changes the record is nobody's news.
                Ok(report) => report.applied().chain(report.rolled_back()).next().is_some(),
                Err(error) => matches!(error, Error::Partial(_)),
            };
            (report, has_changed)
        });
        Ok(wire::to_js(&self.outcome(report)?)?)
    }
}

/// The operation of this name, on what a page names: how many migrations, an id, or ids.
fn read_operation(name: &JsValue, on: &JsValue, target: Target) -> Option<Operation> {
    let ids = || Array::from(on).iter().filter_map(|id| id.as_string()).collect();
    let back = || match on.as_f64() {
        Some(count) => Some(RollbackTarget::Last(count as usize)),
        None if Array::is_array(on) => Some(RollbackTarget::Only(ids())),
        None => on.as_string().map(RollbackTarget::DownTo),
    };
    Some(match name.as_string()?.as_str() {
        "apply" => Operation::Apply(target),
        "rollback" => Operation::Rollback(back()?),
        "reapply" => Operation::Reapply(back()?),
        "mark" => Operation::MarkOnly(ids()),
        "unmark" => Operation::UnmarkOnly(ids()),
        "baseline" => Operation::Baseline(on.as_string()?),
        "adopt" => Operation::Adopt,
        "repair" => Operation::Repair,
        _ => return None,
    })
}
