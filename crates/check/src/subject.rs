use rusqlite::Connection;
use wheatear_core::Script;
use wheatear_sqlite::script::{Cause, ScriptError};

use crate::CheckOptions;
use crate::copied::copy;
use crate::culprit::Culprits;
use crate::failing::fails;
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
        let mut told = Vec::new();
        for _ in 0..MOST_FAILURES {
            let after = copy(&before, options)?;
            let error = match Run::of(&after, up) {
                Ok(run) => return Ok(Some(Self { up, down, options, before, after, run })),
                Err(error) if is_too_long(&error) => return Ok(None),
                Err(error) => error,
            };
            let culprits = Culprits::of(&before, up, &error, options)?;
            // Of those that break one statement the first will do.
            if !told.contains(&error.statement) {
                fails(up, &error, &culprits, report);
                told.push(error.statement);
            }
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

/// Whether a script was ended because it does more than is tried.
fn is_too_long(error: &ScriptError) -> bool {
    matches!(&error.cause, Cause::Sqlite(sqlite) if sqlite.is_interrupt())
}
