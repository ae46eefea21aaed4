use crate::Lint;
use crate::catalog::count;
use crate::report::Report;
use crate::story::{Life, Story};
use crate::subject::Subject;

const REMEDY: &str = "Change the columns in this release, and the rows in a later one, or in portions by the application: an upgrade \
    is one transaction, which takes as long as all that is in it.";

/// Tells of a big table whose columns are changed and whose rows are all rewritten by one migration. A rebuild cannot do
/// otherwise.
pub(super) fn look(subject: &Subject<'_>, story: &Story<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let ends = [subject.run.before(), subject.run.after()];
    report.missing_tables(subject.up, &|table| {
        ends.iter().flatten().any(|catalog| catalog.tables.contains_key(&table.to_ascii_lowercase()))
    });
    for life in &story.tables {
        let Some(origin) = life.origin else { continue };
        if !report.is_big(&origin.name) || origin.root == 0 || !has_other_columns(subject, life) {
            continue;
        }
        let rows = count(&subject.before, &origin.name)?;
        for (at, statement) in subject.run.statements.iter().enumerate() {
            let is_rewritten = statement.heard.updated.iter().any(|(table, _)| table == life.name_at(at));
            // One row tells nothing of all.
            if is_rewritten && rows > 1 && statement.changes >= rows {
                let message = format!(
                    "all rows of the big table \"{}\" are rewritten by the migration that changes its columns",
                    origin.name
                );
                report.add(Lint::MixesData, subject.up, statement.line, message, REMEDY);
            }
        }
    }
    Ok(())
}

fn has_other_columns(subject: &Subject<'_>, life: &Life<'_>) -> bool {
    subject.run.statements.iter().enumerate().any(|(at, statement)| {
        let before = statement.before.tables.get(life.name_at(at));
        let after = statement.after.tables.get(life.name_at(at + 1));
        before.zip(after).is_some_and(|(before, after)| before.columns != after.columns)
    })
}
