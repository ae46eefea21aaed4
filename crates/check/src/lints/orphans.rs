use rusqlite::Connection;
use wheatear_sqlite::{all_rows, attempt, lossy_text};

use crate::Lint;
use crate::copied::copy;
use crate::report::Report;
use crate::subject::Subject;

const REMEDY: &str =
    "See to those rows in the same migration: a run that leaves rows without their parents fails as a whole.";

/// Tells of rows that are left without the row that their key leads to. Of a DELETE that relies on a cascade another lint tells.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let had = orphans(&subject.before).len();
    let left = orphans(&subject.after);
    if left.len() <= had {
        return Ok(());
    }
    let Some(at) = began(subject, had)? else { return Ok(()) };
    let statement = &subject.run.statements[at];
    let Some((child, parent)) = left.last() else { return Ok(()) };
    if statement.heard.dropped.is_empty() && statement.heard.deleted.contains(&parent.to_ascii_lowercase()) {
        let told = report.findings.iter().any(|found| {
            found.lint == Lint::CascadeUnenforced && found.file == subject.up.file && found.line == statement.line
        });
        if told {
            return Ok(());
        }
    }
    let count = left.iter().filter(|(other, _)| other == child).count();
    let message =
        format!("statement {} leaves {count} rows of \"{child}\" that refer to no row of \"{parent}\"", at + 1);
    report.add(Lint::FailsOnRows, subject.up, statement.line, message, REMEDY);
    Ok(())
}

/// The statement since which there are more of them than before, to the end.
fn began(subject: &Subject<'_>, had: usize) -> rusqlite::Result<Option<usize>> {
    let database = copy(&subject.before, subject.options)?;
    let mut began = None;
    // It has run, and runs as it did.
    let _ = attempt(&database, subject.up, &mut |number, _| match orphans(&database).len() > had {
        true => began = began.or(number.checked_sub(2)),
        false => began = None,
    });
    Ok(began.or(subject.run.statements.len().checked_sub(1)))
}

/// Child and parent of each row without its parent. A key that leads to no table is an error elsewhere.
fn orphans(database: &Connection) -> Vec<(String, String)> {
    all_rows(database, "PRAGMA main.foreign_key_check", &[], |row| Ok((lossy_text(row, 0)?, lossy_text(row, 2)?)))
        .unwrap_or_default()
}
