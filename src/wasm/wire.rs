//! Shapes that cross to JavaScript: `Report` and `MigrationStatus` of client/report.ts.

use std::time::Duration;

use js_sys::Date;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::{AppliedMigration, MigrationState, MigrationStatus, Report};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireReport<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    applied: Vec<WireApplied<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireApplied<'a> {
    id: &'a str,
    duration_ms: f64,
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

pub(crate) fn report(report: &Report) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&WireReport {
        from: report.from.as_deref(),
        to: report.to.as_deref(),
        applied: report.applied.iter().map(applied).collect(),
    })
}

fn applied(AppliedMigration { id, duration }: &AppliedMigration) -> WireApplied<'_> {
    WireApplied { id, duration_ms: milliseconds(*duration) }
}

pub(crate) fn statuses(statuses: &[MigrationStatus]) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&statuses.iter().map(status).collect::<Vec<_>>())
}

fn status(MigrationStatus { id, state }: &MigrationStatus) -> WireStatus<'_> {
    match state {
        MigrationState::Pending => WireStatus { id, state: "pending", applied_at: JsValue::NULL, duration_ms: None },
        MigrationState::Applied { at, duration } => WireStatus {
            id,
            state: "applied",
            applied_at: Date::new(&at.into()).into(),
            duration_ms: Some(milliseconds(*duration)),
        },
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn to_js(value: &impl Serialize) -> Result<JsValue, serde_wasm_bindgen::Error> {
    value.serialize(&Serializer::new().serialize_missing_as_null(true))
}
