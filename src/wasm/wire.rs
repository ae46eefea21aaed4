//! What crosses to JavaScript: the shapes that everybody has of reports, statuses, plans and progress, with moments as a
//! `Date`; and the sets of client/protocol/migration-set.ts.

use js_sys::Date;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use wheatear_core::{LedgerEntry, Migration};

use crate::shapes::{LogEntryShape, ReportShape, StatusShape};
use crate::{LogEntry, MigrationSet, MigrationStatus, Report};

/// A value of JavaScript among others, which crosses as it is.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Preserved(#[serde(with = "serde_wasm_bindgen::preserve")] pub(crate) JsValue);

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
    /// Ids that it had before, and those of what it replaces.
    was: Vec<&'a str>,
    compatible: bool,
}

pub(crate) fn set(set: &MigrationSet) -> Result<JsValue, serde_wasm_bindgen::Error> {
    fn migration(migration: &Migration) -> WireMigration<'_> {
        WireMigration {
            id: migration.id(),
            checksum: migration.checksum().to_string(),
            was: migration.recorded_as().collect(),
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
    to_js(&ReportShape::of_opening(report))
}

pub(crate) fn log(log: &[LogEntry]) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&log.iter().map(|entry| LogEntryShape::new(entry, date)).collect::<Vec<_>>())
}

pub(crate) fn statuses(statuses: &[MigrationStatus]) -> Result<JsValue, serde_wasm_bindgen::Error> {
    to_js(&statuses.iter().map(|status| StatusShape::new(status, date)).collect::<Vec<_>>())
}

fn date(at: &str) -> Preserved {
    Preserved(Date::new(&at.into()).into())
}

pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, serde_wasm_bindgen::Error> {
    value.serialize(&Serializer::new().serialize_missing_as_null(true))
}
