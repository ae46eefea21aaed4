use wheatear_sqlite::{Witness, attempt};

use crate::Lint;
use crate::copied::copy;
use crate::report::Report;
use crate::subject::Subject;

const REMEDY: &str = "Write the value, compute it from the row, or let the application set it: otherwise no two databases are the \
    same, and nothing that stands for this migration can be made of it.";

/// Tells of statements that call what gives something else each time.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let database = copy(&subject.before, subject.options)?;
    let witness = Witness::default();
    witness.attend(&database)?;
    let mut told = Vec::new();
    // It has run, and runs as it did.
    let _ = attempt(&database, subject.up, &mut |number, line| {
        told.extend(witness.testimony());
        witness.begins("", number, line);
    });
    told.extend(witness.testimony());
    for (_, statement, line, on) in told {
        let message = format!("what statement {statement} does depends on {on}");
        report.add(Lint::TimeOrChance, subject.up, line, message, REMEDY);
    }
    Ok(())
}
