use wheatear_sqlite::all_rows;

use super::listed::listed;
use crate::Lint;
use crate::report::Report;
use crate::story::Story;
use crate::subject::Subject;

const CHILDREN: &str = "
    SELECT DISTINCT owner.name FROM main.sqlite_schema AS owner, pragma_foreign_key_list(owner.name, 'main') AS key
     WHERE owner.type = 'table' AND lower(key.\"table\") = ?1 AND key.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
     ORDER BY owner.name";

const REMEDY: &str =
    "See to those rows in the same migration, or let it run with enforced keys: `-- foreign_keys: on`.";

/// Tells of rows that are deleted while others, which should go with them, stay.
pub(super) fn look(subject: &Subject<'_>, story: &Story<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    if subject.up.foreign_keys {
        return Ok(());
    }
    for statement in subject.run.statements.iter().filter(|statement| statement.heard.dropped.is_empty()) {
        let mut deleted = statement.heard.deleted.clone();
        deleted.dedup();
        for table in deleted {
            let children = all_rows(&subject.before, CHILDREN, &[&table], |row| row.get::<_, String>(0))?;
            let left: Vec<String> = children.into_iter().filter(|child| !is_seen_to(subject, story, child)).collect();
            if !left.is_empty() {
                let message = format!(
                    "rows of table \"{table}\" are deleted, and no foreign key is enforced meanwhile: rows of {} stay",
                    listed(&left)
                );
                report.add(Lint::CascadeUnenforced, subject.up, statement.line, message, REMEDY);
            }
        }
    }
    Ok(())
}

/// Whether the script itself deletes or changes rows of a table, or the table.
fn is_seen_to(subject: &Subject<'_>, story: &Story<'_>, child: &str) -> bool {
    let key = child.to_ascii_lowercase();
    let heard = |heard: &crate::run::Heard| {
        heard.deleted.contains(&key)
            || heard.dropped.contains(&key)
            || heard.updated.iter().any(|(table, _)| *table == key)
    };
    let is_gone = story.tables.iter().any(|life| {
        life.dropped.is_some() && life.origin.is_some_and(|origin| origin.name.eq_ignore_ascii_case(child))
    });
    is_gone || subject.run.statements.iter().any(|statement| heard(&statement.heard))
}
