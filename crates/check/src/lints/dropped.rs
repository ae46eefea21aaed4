use crate::Lint;
use crate::report::Report;
use crate::story::Story;
use crate::subject::Subject;

/// Tells of tables and columns that are gone with what was in them.
pub(super) fn look(subject: &Subject<'_>, story: &Story<'_>, report: &mut Report<'_>) {
    for (table, at) in story.dropped() {
        let message = format!("table \"{}\" is dropped with its rows", table.name);
        let remedy =
            "Drop it one release after the last that reads it, and keep a copy of what is still worth something.";
        report.add(Lint::DropsTable, subject.up, subject.run.statements[at].line, message, remedy);
    }
    for (table, column, at) in story.dropped_columns() {
        if !table.has_column(&column) {
            continue;
        }
        let message = format!("column \"{column}\" of table \"{}\" is dropped with its values", table.name);
        report.add(Lint::DropsColumn, subject.up, subject.run.statements[at].line, message, COLUMN);
    }
}

pub(super) const COLUMN: &str =
    "Drop it one release after the last that reads it, and keep a copy of what is still worth something.";
