//! Views and triggers that cannot be used: SQLite compiles them only when they are, and says nothing before.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use wheatear_core::schema_statements::trigger_event;

use super::trial_error::TrialFault;
use crate::{SqliteFailure, all_rows, one_row, quoted};

/// A view or trigger.
#[derive(Clone, Debug)]
pub(super) struct Object {
    kind: &'static str,
    name: String,
    /// That a trigger belongs to.
    table: String,
    sql: String,
}

/// How an object fares.
pub(super) enum State {
    Absent,
    Sound,
    Unusable(TrialFault),
}

/// The views and triggers that cannot be used; only of those that mention one of these names, if given.
pub(super) fn all(
    database: &Connection,
    changed: Option<&BTreeSet<String>>,
) -> rusqlite::Result<Vec<(Object, TrialFault)>> {
    let mut found = Vec::new();
    for object in objects(database, changed)? {
        if let Some(message) = object.fault(database)? {
            let fault = object.dangling(message);
            found.push((object, fault));
        }
    }
    Ok(found)
}

/// Views before triggers: one on a view cannot be better than that.
fn objects(database: &Connection, changed: Option<&BTreeSet<String>>) -> rusqlite::Result<Vec<Object>> {
    let sql = format!(
        "SELECT type = 'view', name, tbl_name, sql FROM sqlite_schema
          WHERE type IN ('view', 'trigger') AND ({}) ORDER BY type DESC, rowid",
        mentions(changed)
    );
    all_rows(database, &sql, &[], |row| {
        let kind = if row.get(0)? { "view" } else { "trigger" };
        Ok(Object { kind, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })
}

/// A condition in SQL for objects whose own text has one of these names in it.
pub(super) fn mentions(names: Option<&BTreeSet<String>>) -> String {
    let Some(names) = names else { return "TRUE".to_owned() };
    let has = |name: &String| format!("instr(lower(sql), '{}') > 0", name.replace('\'', "''"));
    std::iter::once("FALSE".to_owned()).chain(names.iter().map(has)).collect::<Vec<_>>().join(" OR ")
}

impl Object {
    /// How the object of this kind and name fares in another database.
    pub(super) fn state_in(&self, database: &Connection) -> rusqlite::Result<State> {
        let there =
            objects(database, None)?.into_iter().find(|other| other.kind == self.kind && other.name == self.name);
        Ok(match there {
            None => State::Absent,
            Some(object) => match object.fault(database)? {
                None => State::Sound,
                Some(message) => State::Unusable(object.dangling(message)),
            },
        })
    }

    fn dangling(&self, message: String) -> TrialFault {
        TrialFault::Dangling { kind: self.kind, name: self.name.clone(), message }
    }

    /// What SQLite says when it is used.
    fn fault(&self, database: &Connection) -> rusqlite::Result<Option<String>> {
        if self.kind == "view" {
            let refusal = refusal(database, &format!("SELECT * FROM main.{}", quoted(&self.name)));
            return Ok(refusal.filter(|message| !self.calls_what_lacks(message)));
        }
        let Some(statement) = self.awaited(database)? else { return Ok(None) };
        match refusal(database, &statement) {
            None => Ok(None),
            Some(_) => self.own_fault(database, &statement),
        }
    }

    /// Whether what a view lacks is a function that gives a table, such as `generate_series(1, 9)`: the application's.
    fn calls_what_lacks(&self, message: &str) -> bool {
        let name = message.strip_prefix("no such table: ").map(|name| name.trim_start_matches("main."));
        name.is_some_and(|name| self.sql.to_ascii_lowercase().contains(&format!("{}(", name.to_ascii_lowercase())))
    }

    /// A statement that a trigger waits for.
    fn awaited(&self, database: &Connection) -> rusqlite::Result<Option<String>> {
        let table = quoted(&self.table);
        Ok(match trigger_event(&self.sql) {
            Some("INSERT") => Some(format!("INSERT INTO main.{table} DEFAULT VALUES")),
            Some("DELETE") => Some(format!("DELETE FROM main.{table}")),
            Some("UPDATE") => {
                const COLUMNS: &str = "SELECT group_concat(name || ' = ' || name, ', ') FROM (
                    SELECT '\"' || replace(name, '\"', '\"\"') || '\"' AS name
                      FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0)";
                let columns = one_row(database, COLUMNS, &[&self.table], |row| row.get::<_, Option<String>>(0));
                columns.optional()?.flatten().map(|columns| format!("UPDATE main.{table} SET {columns}"))
            }
            _ => None,
        })
    }

    /// What SQLite says of a trigger when it is the only one, so that no other's fault is taken for its own.
    fn own_fault(&self, database: &Connection, statement: &str) -> rusqlite::Result<Option<String>> {
        database.execute_batch("SAVEPOINT alone")?;
        let alone = || -> rusqlite::Result<Option<String>> {
            let drop_trigger = |name: &str| database.execute_batch(&format!("DROP TRIGGER main.{}", quoted(name)));
            let is_other = |other: &Object| other.kind == "trigger" && other.name != self.name;
            objects(database, None)?
                .iter()
                .filter(|other| is_other(other))
                .try_for_each(|other| drop_trigger(&other.name))?;
            let with = refusal(database, statement);
            drop_trigger(&self.name)?;
            let without = refusal(database, statement);
            Ok(with.filter(|with| without.as_ref() != Some(with)))
        };
        let found = alone();
        database.execute_batch("ROLLBACK TO alone; RELEASE alone")?;
        found
    }
}

/// What SQLite says about a statement when it compiles it. What only the application can add does not count,
/// and neither do the tables that remember what was applied: they are made by the run.
fn refusal(database: &Connection, statement: &str) -> Option<String> {
    let SqliteFailure { message, .. } = database.prepare(statement).err()?.into();
    let is_known =
        ["function", "collation", "module", "tokenizer", "_wheatear_"].iter().any(|part| message.contains(part));
    (!is_known).then_some(message)
}

#[cfg(test)]
mod tests {
    use crate::trial::tests::{set, set_with_code};
    use crate::trial::try_out;

    const MEMBER: (&str, &str) = ("1", "CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT);");
    const RENAME_FIRST: &str =
        "ALTER TABLE member RENAME TO before; CREATE TABLE member (id INTEGER PRIMARY KEY, name);
        INSERT INTO member SELECT id, name FROM before; DROP TABLE before;";

    #[test]
    fn views_and_triggers_that_a_rebuild_took_along_are_found_with_the_migration_that_did() {
        for (object, kind) in [
            ("CREATE VIEW v AS SELECT name FROM member;", "view"),
            (
                "CREATE TABLE visit (member); CREATE TRIGGER v AFTER INSERT ON visit BEGIN
                   UPDATE member SET name = 'x'; END;",
                "trigger",
            ),
            (
                "CREATE TABLE visit (\"a \"\"b\", c AS (1)); CREATE TRIGGER other AFTER UPDATE ON visit BEGIN SELECT 1; END;
                 CREATE TRIGGER v AFTER UPDATE OF \"a \"\"b\" ON visit BEGIN DELETE FROM member; END;",
                "trigger",
            ),
            (
                "CREATE VIEW w AS SELECT 1 AS x; CREATE TRIGGER v INSTEAD OF DELETE ON w BEGIN DELETE FROM member; END;",
                "trigger",
            ),
        ] {
            let files = [MEMBER, ("2", object), ("3", RENAME_FIRST), ("4", "SELECT 1;")];
            let message = try_out(&set(&files)).expect_err(object).to_string();
            let expected = format!(
                "m/3.sql:1: applying migration \"3\" leaves a fault: {kind} \"v\" cannot be used: no such table: main.before;"
            );
            assert!(message.starts_with(&expected), "{message}");
        }
    }

    #[test]
    fn what_is_mended_before_the_end_is_fine() {
        let view = ("2", "CREATE VIEW v AS SELECT name FROM member;");
        let again = "DROP VIEW v; CREATE VIEW v AS SELECT name FROM member;";
        try_out(&set(&[MEMBER, view, ("3", RENAME_FIRST), ("4", again)])).expect("a later migration mends it");
        try_out(&set(&[MEMBER, view, ("3", RENAME_FIRST), ("post-apply", again)])).expect("a hook mends it");
        let early = ("0", "CREATE VIEW v AS SELECT name FROM member;");
        try_out(&set(&[early, MEMBER])).expect("the table comes later");
    }

    #[test]
    fn a_view_on_what_never_was_is_found_wherever_it_is_made() {
        let files = [MEMBER, ("2", "CREATE VIEW v AS SELECT nmae FROM member;"), ("3", "SELECT 1;")];
        let message = try_out(&set(&files)).expect_err("a slip").to_string();
        assert!(message.starts_with("m/2.sql:1: applying migration \"2\" leaves a fault: view \"v\""), "{message}");
        let hook = ("post-apply", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT nmae FROM member;");
        let message = try_out(&set(&[MEMBER, hook])).expect_err("a slip in a hook").to_string();
        assert!(message.starts_with("m/post-apply.sql:1: applying migration \"post-apply\" leaves"), "{message}");
    }

    #[test]
    fn what_the_application_or_the_run_adds_is_not_missed() {
        for object in [
            "CREATE VIEW v AS SELECT mine(name) FROM member;",
            "CREATE VIEW v AS SELECT name FROM member ORDER BY name COLLATE swedish;",
            "CREATE VIEW v AS SELECT id FROM _wheatear_migration;",
            "CREATE VIEW v AS SELECT value FROM generate_series(1, 9);",
            "CREATE TRIGGER v AFTER INSERT ON member BEGIN SELECT mine(new.name); END;",
        ] {
            try_out(&set(&[MEMBER, ("2", object)])).expect(object);
        }
    }

    #[test]
    fn beside_code_only_what_was_fine_once_is_known_to_be_a_fault() {
        let tried = |files: &[(&str, &str)]| try_out(&set_with_code(files, "1.code"));
        let of_code = ("4", "CREATE VIEW u AS SELECT x FROM what_code_makes;");
        tried(&[MEMBER, of_code]).expect("the code may make it");
        let view = ("2.view", "CREATE VIEW v AS SELECT name FROM member;");
        let message = tried(&[MEMBER, view, ("3", RENAME_FIRST), of_code]).expect_err("a view left behind").to_string();
        assert!(message.starts_with("m/3.sql:1: ") && message.contains("view \"v\""), "{message}");
    }

    #[test]
    fn a_down_that_leaves_something_on_nothing_is_found() {
        let view = ("2", "CREATE VIEW v AS SELECT name FROM member;");
        let files = [MEMBER, view, ("3", "ALTER TABLE member ADD COLUMN age;"), ("3.rollback", RENAME_FIRST)];
        let message = try_out(&set(&files)).expect_err("a rebuild as a down").to_string();
        assert!(
            message.starts_with("m/3.rollback.sql:1: taking back migration \"3\" leaves a fault: view \"v\""),
            "{message}"
        );
        let key = ("2", "CREATE TABLE visit (member REFERENCES member);");
        let files = [MEMBER, key, ("3", "ALTER TABLE member ADD COLUMN age;"), ("3.rollback", RENAME_FIRST)];
        let message = try_out(&set(&files)).expect_err("a key that followed").to_string();
        assert!(message.contains("leaves a fault: table \"visit\" refers to \"before\""), "{message}");
        // As it was before: the table came after its view.
        let early = [("0", "CREATE VIEW v AS SELECT name FROM member;"), MEMBER, ("1.rollback", "DROP TABLE member;")];
        try_out(&set(&early)).expect("nothing is worse than it was");
        // What hooks make is theirs.
        let hook = ("post-apply", "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT name FROM member;");
        try_out(&set(&[MEMBER, ("1.rollback", "DROP TABLE member;"), hook])).expect("a view of a hook");
    }
}
