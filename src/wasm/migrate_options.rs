use serde::Deserialize;

use crate::{MigrationSet, Migrator, OnAhead, OnDrift, OnLate};

/// `MigrateOptions` of client/open-options.ts. What is absent has the engine's default.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MigrateOptions {
    pub target: Option<String>,
    late: Option<WireOnLate>,
    ahead: Option<WireOnAhead>,
    drift: Option<WireOnDrift>,
    app_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum WireOnLate {
    Apply,
    Error,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum WireOnAhead {
    Rollback,
    Error,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum WireOnDrift {
    Warn,
    Error,
}

impl MigrateOptions {
    pub fn migrator(self, set: &'static MigrationSet) -> Migrator<'static> {
        let migrator = Migrator::new(set)
            .on_late(match self.late {
                Some(WireOnLate::Error) => OnLate::Error,
                Some(WireOnLate::Apply) | None => OnLate::Apply,
            })
            .on_ahead(match self.ahead {
                Some(WireOnAhead::Rollback) => OnAhead::Rollback,
                Some(WireOnAhead::Error) | None => OnAhead::Error,
            })
            .on_drift(match self.drift {
                Some(WireOnDrift::Error) => OnDrift::Error,
                Some(WireOnDrift::Warn) | None => OnDrift::Warn,
            });
        match self.app_version {
            Some(version) => migrator.app_version(version),
            None => migrator,
        }
    }
}
