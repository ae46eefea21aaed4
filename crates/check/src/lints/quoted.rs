use rusqlite::config::DbConfig::{SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML};
use rusqlite::{Connection, Error};
use wheatear_core::statements::statements;
use wheatear_sqlite::attempt;

use crate::Lint;
use crate::copied::copy;
use crate::report::Report;
use crate::subject::Subject;

const REMEDY: &str = "Write the name of a column that there is; a text stands in single quotes.";

/// Tells of names in double quotes that are none, which SQLite takes for texts.
///
/// Source: <https://www.sqlite.org/quirks.html#dblquote>
pub(super) fn look(subject: &Subject<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let database = copy(&subject.before, subject.options)?;
    let texts: Vec<&str> = statements(&subject.up.sql).map(|(_, text)| text).collect();
    let mut told = Vec::new();
    // It has run, and runs as it did.
    let _ = attempt(&database, subject.up, &mut |number, line| {
        let text = texts.get(number - 1).copied().unwrap_or_default();
        told.extend(name_taken_for_text(&database, text).map(|(name, lines)| (name, line + lines)));
    });
    for (name, line) in told {
        let message = format!("there is no column {name} here, so SQLite takes it for a text");
        report.add(Lint::QuotedText, subject.up, line, message, REMEDY);
    }
    Ok(())
}

/// The first such name in a statement with its quotes, and how many lines below the statement's first one it stands.
fn name_taken_for_text(database: &Connection, statement: &str) -> Option<(String, usize)> {
    let allow = |is_text: bool| {
        for rule in [SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL] {
            // Without these rules there is nothing to find.
            let _ = database.set_db_config(rule, is_text);
        }
    };
    allow(false);
    let refused = database.prepare(statement).map(drop);
    allow(true);
    let Err(Error::SqlInputError { msg, offset, .. }) = refused else { return None };
    let name = msg.strip_prefix("no such column: ").filter(|name| name.starts_with('"'))?;
    let name = name.rfind('"').map(|end| name[..=end].to_owned())?;
    let before = usize::try_from(offset).ok().and_then(|offset| statement.get(..offset)).unwrap_or_default();
    Some((name, before.matches('\n').count()))
}
