use rusqlite::Connection;
use wheatear_core::Script;

use crate::CheckOptions;
use crate::copied::copy;
use crate::culprit::Culprits;
use crate::lints;
use crate::report::Report;
use crate::run::Run;

/// A migration that ran on rows.
pub(crate) struct Subject<'a> {
    pub up: &'a Script,
    pub down: Option<&'a Script>,
    pub options: &'a CheckOptions,
    /// The database before it, with rows.
    pub before: Connection,
    /// The same behind it.
    pub after: Connection,
    pub run: Run,
}

/// How often rows that break a migration are taken out of its way, so that what comes behind them is seen, too.
const MOST_FAILURES: usize = 6;

impl<'a> Subject<'a> {
    /// Runs a migration on rows, and tells which of them break it. `empty` has none but those of migrations. `None` if it
    /// cannot be run.
    pub fn of(
        up: &'a Script,
        down: Option<&'a Script>,
        empty: &Connection,
        filled: Connection,
        options: &'a CheckOptions,
        report: &mut Report<'_>,
    ) -> rusqlite::Result<Option<Self>> {
        let mut before = filled;
        for _ in 0..MOST_FAILURES {
            let after = copy(&before, options)?;
            let error = match Run::of(&after, up) {
                Ok(run) => return Ok(Some(Self { up, down, options, before, after, run })),
                Err(error) => error,
            };
            let culprits = Culprits::of(&before, up, &error, options)?;
            lints::fails(up, &error, &culprits, report);
            if culprits.rows.is_empty() {
                break;
            }
            before = culprits.without(&before, options)?;
        }
        let before = copy(empty, options)?;
        let after = copy(&before, options)?;
        Ok(Run::of(&after, up).ok().map(|run| Self { up, down, options, before, after, run }))
    }
}
