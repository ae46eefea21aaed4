//! Shapes that cross to JavaScript: `Report` and `MigrationStatus` of client/protocol/report.ts, `Progress` of
//! client/protocol/progress.ts, and those of client/protocol/migration-operation.ts.

use std::time::Duration;

use js_sys::Date;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use wheatear_core::{LedgerEntry, Migration};

use crate::{DoneStep, LogEntry, MigrationSet, MigrationStatus, Plan, Progress, Report, Step, Warning};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireReport<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    applied: Vec<WireStep<'a>>,
    rolled_back: Vec<WireStep<'a>>,
    warnings: Vec<WireWarning>,
    /// Of an operation that was asked for by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<WireStep<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireStep<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    id: &'a str,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<bool>,
}

#[derive(Serialize)]
struct WirePlan<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    steps: Vec<WirePlannedStep<'a>>,
}

#[derive(Serialize)]
struct WirePlannedStep<'a> {
    operation: &'static str,
    id: &'a str,
    was: Option<&'a str>,
    late: bool,
    transactional: bool,
    sql: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireLogEntry<'a> {
    operation: &'static str,
    id: &'a str,
    outcome: &'static str,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    at: JsValue,
    library_version: &'a str,
    app_version: Option<&'a str>,
}

#[derive(Serialize)]
struct WireWarning {
    kind: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireStatus<'a> {
    id: &'a str,
    state: &'static str,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    applied_at: JsValue,
    duration_ms: Option<f64>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum WireProgress<'a> {
    Phase { phase: &'static str },
    Step { operation: &'static str, migration_id: &'a str, number: usize, count: usize },
    Statement { migration_id: &'a str, statement: usize, line: usize },
    Working { migration_id: &'a str, statement: usize, elapsed_ms: f64 },
}

#[derive(Serialize)]
struct WireSet<'a> {
    digest: String,
    migrations: Vec<WireMigration<'a>>,
}

#[derive(Serialize)]
struct WireMigration<'a> {
    id: &'a str,
    checksum: String,
    /// Of earlier texts that are as good.
    accepted: Vec<String>,
    /// Ids that it had before.
    was: Vec<&'a str>,
    compatible: bool,
}

pub(crate) fn set(set: &MigrationSet) -> Result<JsValue, serde_wasm_bindgen::Error> {
    fn migration(migration: &Migration) -> WireMigration<'_> {
        WireMigration {
            id: migration.id(),
            checksum: migration.checksum().to_string(),
            was: migration.was().collect(),
            accepted: migration.accepted_checksums().iter().map(ToString::to_string).collect(),
            compatible: migration.is_compatible(),
        }
    }
    to_js(&WireSet { digest: set.digest().to_string(), migrations: set.iter().map(migration).collect() })
}

/// Which other texts and ids they may have had, a database does not record.
pub(crate) fn applied(entries: &[LedgerEntry]) -> Result<JsValue, serde_wasm_bindgen::Error> {
    fn summary(entry: &LedgerEntry) -> WireMigration<'_> {
        let LedgerEntry { id, checksum, compatible, .. } = entry;
        WireMigration {
            id,
            checksum: checksum.to_string(),
            accepted: Vec::new(),
            was: Vec::new(),
            compatible: *compatible,
        }
    }
    to_js(&entries.iter().map(summary).collect::<Vec<_>>())
}

pub(crate) fn report(report: &Report) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&WireReport::from(report))
}

impl<'a> From<&'a Report> for WireReport<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            from: report.from.as_deref(),
            to: report.to.as_deref(),
            applied: report.applied().map(|applied| step(applied, Some(applied.late))).collect(),
            rolled_back: report.rolled_back().map(|taken_back| step(taken_back, None)).collect(),
            warnings: report.warnings.iter().map(warning).collect(),
            steps: None,
        }
    }
}

fn step(DoneStep { id, duration, .. }: &DoneStep, late: Option<bool>) -> WireStep<'_> {
    WireStep { operation: None, id, duration_ms: milliseconds(*duration), late }
}

pub(crate) fn operation_report(report: &Report) -> Result<JsValue, serde_wasm_bindgen::Error> {
    fn named(done: &DoneStep) -> WireStep<'_> {
        WireStep { operation: Some(done.operation.as_str()), ..step(done, None) }
    }
    to_js(&WireReport { steps: Some(report.steps.iter().map(named).collect()), ..WireReport::from(report) })
}

pub(crate) fn plan(plan: &Plan<'_>) -> Result<JsValue, serde_wasm_bindgen::Error> {
    fn planned<'a>(step: &'a Step<'_>) -> WirePlannedStep<'a> {
        let was = match step {
            Step::Rename { from, .. } => Some(from.as_str()),
            _ => None,
        };
        WirePlannedStep {
            operation: step.operation().as_str(),
            id: step.id(),
            was,
            late: matches!(step, Step::Apply { late: true, .. }),
            transactional: step.is_transactional(),
            sql: step.script().map(|script| &*script.sql),
        }
    }
    let steps = plan.steps.iter().map(planned).collect();
    to_js(&WirePlan { from: plan.from.as_deref(), to: plan.to.as_deref(), steps })
}

pub(crate) fn log(log: &[LogEntry]) -> Result<JsValue, serde_wasm_bindgen::Error> {
    fn line(entry: &LogEntry) -> WireLogEntry<'_> {
        WireLogEntry {
            operation: entry.operation.as_str(),
            id: &entry.migration,
            outcome: entry.outcome.as_str(),
            at: date(&entry.at),
            library_version: &entry.library_version,
            app_version: entry.app_version.as_deref(),
        }
    }
    to_js(&log.iter().map(line).collect::<Vec<_>>())
}

fn date(at: &str) -> JsValue {
    Date::new(&at.into()).into()
}

fn warning(warning: &Warning) -> WireWarning {
    let kind = match warning {
        Warning::OrphanedRows { .. } => "orphaned_rows",
        Warning::RanAgain { .. } => "ran_again",
        Warning::SchemaDrift(_) => "schema_drift",
    };
    WireWarning { kind, message: warning.to_string() }
}

pub(crate) fn statuses(statuses: &[MigrationStatus]) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&statuses.iter().map(status).collect::<Vec<_>>())
}

fn status(status: &MigrationStatus) -> WireStatus<'_> {
    WireStatus {
        id: &status.id,
        state: status.state.as_str(),
        applied_at: status.applied_at.as_deref().map_or(JsValue::NULL, date),
        duration_ms: status.duration.map(milliseconds),
    }
}

pub(crate) fn progress(progress: &Progress<'_>) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&match *progress {
        Progress::Phase(phase) => WireProgress::Phase { phase: phase.as_str() },
        Progress::Step { operation, id, number, count } => {
            WireProgress::Step { operation: operation.as_str(), migration_id: id, number, count }
        }
        Progress::Statement { id, statement, line } => WireProgress::Statement { migration_id: id, statement, line },
        Progress::Working { id, statement, elapsed } => {
            WireProgress::Working { migration_id: id, statement, elapsed_ms: milliseconds(elapsed) }
        }
    })
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, serde_wasm_bindgen::Error> {
    value.serialize(&Serializer::new().serialize_missing_as_null(true))
}
