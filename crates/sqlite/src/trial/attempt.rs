//! Running one script as a run does.

use rusqlite::Connection;
use wheatear_core::Script;
use wheatear_core::statements::{leaves_the_database, statements};

use crate::script::{self, Control, ScriptError};
use crate::switches;

/// Opens an empty database in memory.
pub(crate) type Open<'a> = &'a dyn Fn() -> rusqlite::Result<Connection>;

/// Runs a script as a run does, and nothing else, by SQLite's procedure for changing a table. Step 10 is left to
/// the end of the set: what one script leaves undone, a later one may mend.
///
/// Source: <https://www.sqlite.org/lang_altertable.html#otheralter>
///
/// `on_statement` hears number and line of each statement when SQLite has compiled it, before it runs.
///
/// # Errors
/// [`ScriptError`] for the first statement that fails; a script that is not transactional leaves what those before it
/// have done.
pub fn attempt(
    database: &Connection,
    script: &Script,
    on_statement: &mut dyn FnMut(usize, usize),
) -> Result<(), ScriptError> {
    let control = if script.transactional { Control::Refused } else { Control::Allowed };
    // Step 1, unless the script asks for enforcement. Step 12 is not needed: the connection is the trial's own.
    database.execute_batch(&format!("PRAGMA foreign_keys = {}", script.foreign_keys)).map_err(ScriptError::before)?;
    // Step 2; a script that is not transactional takes it and step 11 itself.
    if script.transactional {
        database.execute_batch("BEGIN").map_err(ScriptError::before)?;
    }
    // Steps 3 to 9.
    let heard = |number, line| {
        on_statement(number, line);
        Ok(())
    };
    let work = || script::run(database, &script.sql, control, heard);
    switches::restored(database, Some(&script.sql), work).map_err(ScriptError::before)??;
    // Step 11.
    if script.transactional { database.execute_batch("COMMIT").map_err(ScriptError::before) } else { Ok(()) }
}

/// Whether a script is not tried, because it would reach for files.
pub fn reaches_out(script: &Script) -> bool {
    !script.transactional && statements(&script.sql).any(|(_, statement)| leaves_the_database(statement))
}
