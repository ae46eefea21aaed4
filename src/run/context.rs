use rusqlite::Connection;

use super::settings::Settings;
use crate::progress::Reporter;
use crate::report::Report;

/// A run, of which a part may be committed.
pub(super) struct Run<'a, 'set> {
    pub connection: &'a Connection,
    pub settings: &'a Settings<'set>,
    pub reporter: &'a Reporter,
    /// What was committed so far.
    pub report: Report,
    /// Id of what runs outside of the run's transaction now, so that a failure would leave half of it.
    pub unfinished: Option<String>,
}
