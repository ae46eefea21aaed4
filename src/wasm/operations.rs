#![expect(clippy::missing_errors_doc, reason = "everything here throws `ErrorData`, as `Connection` says")]
//! Everything that can be done with migrations once the database is open.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::wasm::connection::object;
use crate::wasm::migrate_options::MigrateOptions;
use crate::wasm::{Connection, Migrations, error_data, wire};
use crate::{Error, Migrator, Operation, Rehearsal, RollbackTarget, Target};

#[wasm_bindgen]
impl Connection {
    /// What `request` (`OperateRequest` of client/protocol/migration-operation.ts) asks for: carries an operation out and
    /// returns the `OperationReport`, or returns its `Plan` or `Rehearsal`; or the `LogEntry` of everything that was done.
    pub fn operate(&mut self, migrations: &Migrations, request: &JsValue) -> Result<JsValue, JsValue> {
        // Of what is no object nothing is read.
        let get = |name: &str| Reflect::get(request, &name.into()).unwrap_or_default();
        let options = MigrateOptions::read(&get("options")).map_err(error_data::invalid_option)?;
        let operation = read_operation(&get("operation"), &get("on"), options.target.clone())
            .ok_or_else(|| error_data::invalid_option("operation"))?;
        let migrator = options.migrator(migrations.set());
        match get("mode").as_string().as_deref() {
            Some("log") => Ok(wire::log(&self.outcome(migrator.log(self.session.connection()))?)?),
            Some("plan") => Ok(wire::plan(&self.outcome(migrator.plan(self.session.connection(), &operation))?)?),
            Some("rehearse") => self.rehearse(&migrator, &operation),
            _ => self.carry_out(&migrator, &operation),
        }
    }
}

impl Connection {
    fn rehearse(&self, migrator: &Migrator<'_>, operation: &Operation) -> Result<JsValue, JsValue> {
        self.require_all()?;
        let Rehearsal { outcome, duration } = self.outcome(migrator.rehearse(self.session.connection(), operation))?;
        let (report, error) = match outcome {
            Ok(report) => (wire::operation_report(&report)?, JsValue::NULL),
            Err(error) => (JsValue::NULL, error_data::to_js(error)),
        };
        Ok(object([("durationMs", wire::milliseconds(duration).into()), ("report", report), ("error", error)]))
    }

    fn carry_out(&mut self, migrator: &Migrator<'_>, operation: &Operation) -> Result<JsValue, JsValue> {
        // A script that runs outside of a transaction could not simply be begun again.
        self.require_all()?;
        let report = self.session.change_schema(|connection| {
            let report = migrator.run(connection, operation);
            let has_changed = match &report {
                // What only changes the record is nobody's news.
                Ok(report) => report.applied().chain(report.rolled_back()).next().is_some(),
                Err(error) => matches!(error, Error::Partial(_)),
            };
            (report, has_changed)
        });
        Ok(wire::operation_report(&self.outcome(report)?)?)
    }
}

/// The operation of this name, on what a page names: how many migrations, an id, or ids.
fn read_operation(name: &JsValue, on: &JsValue, target: Target) -> Option<Operation> {
    let back = || match on.as_f64() {
        Some(count) => Some(RollbackTarget::Last(count as usize)),
        None => on.as_string().map(RollbackTarget::DownTo),
    };
    let ids = || Array::from(on).iter().filter_map(|id| id.as_string()).collect();
    Some(match name.as_string()?.as_str() {
        "apply" => Operation::Apply(target),
        "rollback" => Operation::Rollback(back()?),
        "reapply" => Operation::Reapply(back()?),
        "mark" => Operation::MarkOnly(ids()),
        "unmark" => Operation::UnmarkOnly(ids()),
        "baseline" => Operation::Baseline(on.as_string()?),
        "repair" => Operation::Repair,
        _ => return None,
    })
}
