use crate::Lint;
use crate::catalog::Catalog;
use crate::report::Report;
use crate::story::Story;
use crate::subject::Subject;

const REMEDY: &str = "Drop the views that read it, make the new table under another name, copy, drop the old one, rename the new \
    one, and make the views again (https://www.sqlite.org/lang_altertable.html#otheralter).";

/// Tells of a table that was renamed while another one took its name, if something follows the old one.
pub(super) fn look(subject: &Subject<'_>, story: &Story<'_>, report: &mut Report<'_>) {
    for life in story.tables.iter().filter(|life| life.origin.is_some()) {
        for (at, to) in &life.renamed {
            let from = life.name_at(*at);
            let takes_name = |other: &&crate::story::Life<'_>| {
                other.made.is_some_and(|made| made > *at)
                    && other.end.is_some_and(|end| end.name.eq_ignore_ascii_case(from))
            };
            let (Some(_), Some(end)) = (story.tables.iter().find(takes_name), subject.run.after()) else { continue };
            let statement = &subject.run.statements[*at];
            let followers = followers(&statement.before, &statement.after, end, to);
            if !followers.is_empty() {
                let message = format!(
                    "table \"{from}\" is made anew after the old one was renamed to \"{to}\", which is what {} mean{} now",
                    followers.join(", "),
                    if followers.len() == 1 { "s" } else { "" },
                );
                report.add(Lint::RenamesFirst, subject.up, statement.line, message, REMEDY);
            }
        }
    }
}

/// What a renaming has rewritten, and nothing has made anew since.
fn followers(before: &Catalog, after: &Catalog, end: &Catalog, renamed: &str) -> Vec<String> {
    let objects = after.objects.iter().filter(|(key, object)| {
        let is_rewritten = object.kind != "index" && before.objects.get(*key).is_some_and(|old| old.sql != object.sql);
        is_rewritten && end.objects.get(*key).is_some_and(|last| last.sql == object.sql)
    });
    let objects = objects.map(|(_, object)| format!("{} \"{}\"", object.kind, object.name));
    let tables = after.tables.iter().filter(|(key, table)| {
        let is_rewritten = *key != renamed && before.tables.get(*key).is_some_and(|old| old.sql != table.sql);
        is_rewritten && end.tables.get(*key).is_some_and(|last| last.sql == table.sql)
    });
    let tables = tables.map(|(_, table)| format!("a foreign key of table \"{}\"", table.name));
    objects.chain(tables).collect()
}
