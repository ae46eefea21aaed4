use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::{MigrationSet, Migrator, OnAhead, OnDrift, OnEdited, OnLate, OnUnmanaged, Target};

/// `MigrateOptions` of client/protocol/migrate-options.ts. What is absent has the engine's default.
///
/// Read by hand: deserializing costs 2 KB of the download.
pub(crate) struct MigrateOptions {
    pub target: Target,
    edited: OnEdited,
    late: OnLate,
    ahead: OnAhead,
    drift: OnDrift,
    unmanaged: OnUnmanaged,
    pub app_version: Option<String>,
}

impl MigrateOptions {
    /// # Errors
    /// The name of an option that has another value than those it can have.
    pub fn read(options: &JsValue) -> Result<Self, &'static str> {
        let text = |name: &'static str| match Reflect::get(options, &name.into()) {
            Ok(value) if value.is_undefined() => Ok(None),
            value => value.ok().and_then(|value| value.as_string()).map(Some).ok_or(name),
        };
        Ok(Self {
            target: text("target")?.map_or(Target::Latest, Target::up_to),
            edited: match text("edited")?.as_deref() {
                Some("error") | None => OnEdited::Error,
                Some("reapply") => OnEdited::Reapply,
                Some(_) => return Err("edited"),
            },
            late: match text("late")?.as_deref() {
                Some("apply") | None => OnLate::Apply,
                Some("error") => OnLate::Error,
                Some(_) => return Err("late"),
            },
            ahead: match text("ahead")?.as_deref() {
                Some("error") | None => OnAhead::Error,
                Some("rollback") => OnAhead::Rollback,
                Some(_) => return Err("ahead"),
            },
            drift: match text("drift")?.as_deref() {
                Some("warn") | None => OnDrift::Warn,
                Some("error") => OnDrift::Error,
                Some(_) => return Err("drift"),
            },
            unmanaged: match (text("baseline")?, text("adopt")?.as_deref(), text("unmanaged")?.as_deref()) {
                (Some(id), _, _) => OnUnmanaged::Baseline(id),
                (None, Some("auto"), _) => OnUnmanaged::Adopt,
                (None, Some(_), _) => return Err("adopt"),
                (None, None, Some("error") | None) => OnUnmanaged::Error,
                (None, None, Some("apply")) => OnUnmanaged::Apply,
                (None, None, Some(_)) => return Err("unmanaged"),
            },
            app_version: text("appVersion")?,
        })
    }

    pub fn migrator(self, set: &MigrationSet) -> Migrator<'_> {
        let Self { edited, late, ahead, drift, unmanaged, .. } = self;
        let migrator =
            Migrator::new(set).on_edited(edited).on_late(late).on_ahead(ahead).on_drift(drift).on_unmanaged(unmanaged);
        match self.app_version {
            Some(version) => migrator.app_version(version),
            None => migrator,
        }
    }
}
