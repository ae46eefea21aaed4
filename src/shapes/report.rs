//! `Report` and `MigrationStatus` of client/protocol/report.ts, `OperationReport`, `DoneStep` and `LogEntry` of
//! client/protocol/migration-operation.ts.

use std::time::Duration;

use serde::{Serialize, Serializer};
use wheatear_core::{Adopted, StepOperation};

use crate::log::{LogEntry, Outcome};
use crate::report::{DoneStep, Report, Warning};
use crate::status::{MigrationState, MigrationStatus};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportShape<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    applied: Vec<StepShape<'a>>,
    rolled_back: Vec<StepShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adopted: Option<&'a Adopted>,
    warnings: &'a [Warning],
    /// Of an operation that was asked for by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'a [DoneStep]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<StepOperation>,
    id: &'a str,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    late: Option<bool>,
}

#[derive(Serialize)]
struct WarningShape {
    kind: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusShape<'a, Moment> {
    id: &'a str,
    state: MigrationState,
    applied_at: Option<Moment>,
    duration_ms: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogEntryShape<'a, Moment> {
    operation: StepOperation,
    id: &'a str,
    outcome: Outcome,
    at: Moment,
    library_version: &'a str,
    app_version: Option<&'a str>,
}

impl<'a> ReportShape<'a> {
    /// `Report`, of a run that `open` has made.
    pub(crate) fn of_opening(report: &'a Report) -> Self {
        Self {
            from: report.from.as_deref(),
            to: report.to.as_deref(),
            applied: report.applied().map(|applied| StepShape { late: Some(applied.late), ..step(applied) }).collect(),
            rolled_back: report.rolled_back().map(step).collect(),
            adopted: report.adopted.as_ref(),
            warnings: &report.warnings,
            steps: None,
        }
    }

    /// `OperationReport`.
    pub(crate) fn of_operation(report: &'a Report) -> Self {
        Self { steps: Some(&report.steps), ..Self::of_opening(report) }
    }
}

fn step(done: &DoneStep) -> StepShape<'_> {
    StepShape { operation: None, id: &done.id, duration_ms: milliseconds(done.duration), late: None }
}

impl<'a, Moment> StatusShape<'a, Moment> {
    /// `moment` makes of a time's text what is told of it.
    pub(crate) fn new(status: &'a MigrationStatus, moment: impl Fn(&'a str) -> Moment) -> Self {
        Self {
            id: &status.id,
            state: status.state,
            applied_at: status.applied_at.as_deref().map(moment),
            duration_ms: status.duration.map(milliseconds),
        }
    }
}

impl<'a, Moment> LogEntryShape<'a, Moment> {
    /// `moment` makes of a time's text what is told of it.
    pub(crate) fn new(entry: &'a LogEntry, moment: impl Fn(&'a str) -> Moment) -> Self {
        Self {
            operation: entry.operation,
            id: &entry.migration,
            outcome: entry.outcome,
            at: moment(&entry.at),
            library_version: &entry.library_version,
            app_version: entry.app_version.as_deref(),
        }
    }
}

/// How long it was, in milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// As `OperationReport` of the npm package: `applied` and `rolledBack`, and everything in `steps`.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReportShape::of_operation(self).serialize(serializer)
    }
}

/// As `DoneStep` of the npm package: the time is `durationMs`. Whether it was late, `applied` of a report tells.
impl Serialize for DoneStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StepShape { operation: Some(self.operation), ..step(self) }.serialize(serializer)
    }
}

/// As `Warning` of the npm package: `kind` and `message`.
impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match self {
            Self::OrphanedRows { .. } => "orphaned_rows",
            Self::RanAgain { .. } => "ran_again",
            Self::SchemaDrift(_) => "schema_drift",
        };
        WarningShape { kind, message: self.to_string() }.serialize(serializer)
    }
}

/// As `MigrationStatus` of the npm package; the moment as text.
impl Serialize for MigrationStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StatusShape::new(self, |at| at).serialize(serializer)
    }
}

/// As its word.
impl Serialize for MigrationState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// As `LogEntry` of the npm package; the moment as text.
impl Serialize for LogEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LogEntryShape::new(self, |at| at).serialize(serializer)
    }
}

/// As its word.
impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
