use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::Lint;
use crate::catalog::Catalog;
use crate::report::Report;
use crate::subject::Subject;

const TWO: &str = "Give one of them a name that nobody takes for the other.";
const CHANGED: &str = "Keep the name as it was: SQLite takes both for the same, and what reads rows by name does not.";

/// Tells of names that look the same, or nearly, and are not.
pub(super) fn look(subject: &Subject<'_>, report: &mut Report<'_>) {
    let (Some(before), Some(after)) = (subject.run.before(), subject.run.after()) else { return };
    let old = names(before);
    for group in names(after) {
        let was = old.iter().find(|other| other.of.eq_ignore_ascii_case(&group.of)).map(|was| &was.names[..]);
        // Most groups are as they were.
        if was == Some(&group.names[..]) {
            continue;
        }
        let was = was.unwrap_or_default();
        let mut first: HashMap<String, &String> = HashMap::new();
        for name in &group.names {
            let twin = *first.entry(fold(name)).or_insert(name);
            let new: Vec<&String> = [twin, name].into_iter().filter(|name| !was.contains(name)).collect();
            if twin != name && !new.is_empty() {
                let line = new.iter().map(|name| line(subject, &group, name)).max().unwrap_or(1);
                let message =
                    format!("{}\"{twin}\" and \"{name}\" differ only in {}", group.what, difference(twin, name));
                report.add(Lint::ConfusableName, subject.up, line, message, TWO);
            }
        }
        for former in was.iter().filter(|former| !group.names.contains(former)) {
            let Some(name) = first.get(&fold(former)).filter(|name| !was.contains(name)) else { continue };
            let message = format!(
                "{}\"{former}\" is called \"{name}\" now, which differs only in {}",
                group.what,
                difference(former, name)
            );
            report.add(Lint::ConfusableName, subject.up, line(subject, &group, name), message, CHANGED);
        }
    }
}

/// Names among which each should be told from the others.
struct Group {
    /// The table whose columns they are; empty for tables and views.
    of: String,
    what: String,
    names: Vec<String>,
}

fn names(catalog: &Catalog) -> Vec<Group> {
    let views = catalog.objects.values().filter(|object| object.kind == "view").map(|view| view.name.clone());
    let tables = catalog.tables.values().map(|table| table.name.clone()).chain(views).collect();
    let columns = catalog.tables.values().map(|table| Group {
        of: table.name.clone(),
        what: format!("columns of table \"{}\": ", table.name),
        names: table.columns.clone(),
    });
    let tables = Group { of: String::new(), what: "tables and views: ".to_owned(), names: tables };
    std::iter::once(tables).chain(columns).collect()
}

/// A name without upper case, and as Unicode composes it.
fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

fn difference(one: &str, other: &str) -> &'static str {
    if one.to_lowercase() == other.to_lowercase() { "upper and lower case" } else { "how Unicode writes them" }
}

/// The line of the statement that gave the name.
fn line(subject: &Subject<'_>, group: &Group, name: &str) -> usize {
    let has = |catalog: &Catalog| {
        let same = names(catalog).into_iter().find(|other| other.of.eq_ignore_ascii_case(&group.of));
        same.is_some_and(|same| same.names.iter().any(|other| other == name))
    };
    let gave = subject.run.statements.iter().rfind(|statement| !has(&statement.before) && has(&statement.after));
    gave.or(subject.run.statements.first()).map_or(1, |statement| statement.line)
}
