use wheatear::{Plan, Step};
use wheatear_core::statements::statements;

/// What of a plan may lose rows or columns of a database that has some: everything that is taken back, and statements that drop
/// or delete. One line each, such as `0003.tidy: DROP TABLE reading`.
pub(crate) fn losses(plan: &Plan<'_>) -> Vec<String> {
    plan.steps.iter().flat_map(of_step).collect()
}

fn of_step(step: &Step<'_>) -> Vec<String> {
    if matches!(step, Step::Rollback { .. }) {
        return vec![format!("{}: is taken back", step.id())];
    }
    let sql = step.script().map_or("", |script| &script.sql);
    let losing = statements(sql).filter(|(_, statement)| loses(statement));
    losing.map(|(_, statement)| format!("{}: {}", step.id(), short(statement))).collect()
}

/// Source: <https://www.sqlite.org/lang.html>
fn loses(statement: &str) -> bool {
    let words: Vec<String> = words(statement).take(8).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["DROP", what, ..] => what == "TABLE",
        ["ALTER", ..] => words.contains(&"DROP"),
        // What an application counts with, and keeps no rows in.
        ["DELETE", "FROM", table, ..] => table != "SQLITE_SEQUENCE",
        ["DELETE", ..] => true,
        _ => false,
    }
}

/// The words of a statement behind its comments, in upper case.
fn words(statement: &str) -> impl Iterator<Item = String> {
    let text = wheatear_core::normal_form(statement);
    text.split_whitespace().map(str::to_uppercase).collect::<Vec<_>>().into_iter()
}

fn short(statement: &str) -> String {
    let text = wheatear_core::normal_form(statement);
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 72 { line.chars().take(71).chain(['…']).collect() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drops_or_deletes_loses_and_an_index_does_not() {
        for statement in ["drop table a", "-- c\nDELETE FROM a", "ALTER TABLE a DROP COLUMN b", "alter table a drop b"]
        {
            assert!(loses(statement), "{statement}");
        }
        for statement in ["DROP INDEX i", "CREATE TABLE a (b)", "ALTER TABLE a ADD COLUMN b", "UPDATE a SET b = 1"] {
            assert!(!loses(statement), "{statement}");
        }
    }
}
