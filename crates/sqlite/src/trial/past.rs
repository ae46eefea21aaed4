//! What a set has done to rows before one of its scripts, as far as that tells what the script may meet.

use std::collections::BTreeSet;

use rusqlite::Connection;
use wheatear_core::Script;
use wheatear_core::schema_statements::{altered_or_dropped, mentioned_names};
use wheatear_core::statements::{may_change_rows, statements};

use crate::all_rows;

/// Tables of which less is known, by their names in lower case, and other words beside them: rather more than fewer,
/// because what is not known is not reported.
#[derive(Default)]
pub(super) struct Past {
    /// Those that may be empty.
    emptied: BTreeSet<String>,
    /// Those whose rows may hold other values than their columns let expect.
    rewritten: BTreeSet<String>,
}

impl Past {
    /// Takes in what a script does.
    pub(super) fn hear(&mut self, script: &Script) {
        for (_, statement) in statements(&script.sql) {
            let names = mentioned_names(statement);
            let has = |word: &str| names.contains(word);
            if let Some(table) = altered_or_dropped(statement) {
                // A new name for a table of which less is known, or the end of a rebuild.
                if self.emptied.contains(&table) {
                    self.emptied.extend(names.iter().cloned());
                }
                if has("drop") || self.rewritten.contains(&table) {
                    self.rewritten.extend(names);
                }
            } else if may_change_rows(statement) {
                if has("delete") {
                    self.emptied.extend(names.iter().cloned());
                }
                if has("delete") || has("update") || has("replace") {
                    self.rewritten.extend(names);
                }
            }
        }
    }

    /// Takes in code: it may do anything with the tables that are there.
    pub(super) fn hear_code(&mut self, database: &Connection) -> rusqlite::Result<()> {
        const TABLES: &str = "SELECT lower(name) FROM sqlite_schema WHERE type = 'table'";
        let names: Vec<String> = all_rows(database, TABLES, &[], |row| row.get(0))?;
        self.emptied.extend(names.iter().cloned());
        self.rewritten.extend(names);
        Ok(())
    }

    /// Whether a table may be empty.
    pub(super) fn may_have_emptied(&self, table: &str) -> bool {
        self.emptied.contains(table)
    }

    /// Whether the rows of a table may hold other values than its columns let expect.
    pub(super) fn may_have_rewritten(&self, table: &str) -> bool {
        self.rewritten.contains(table)
    }
}

#[cfg(test)]
mod tests {
    use crate::trial::tests::{set, set_with_code};
    use crate::trial::try_out;

    const TABLE: (&str, &str) = ("1", "CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER);");
    const NEEDED: &str = "ALTER TABLE a ADD COLUMN y NOT NULL;";
    const COMPUTED: &str = "ALTER TABLE a ADD COLUMN g INTEGER AS (n + 1) NOT NULL;";

    #[test]
    fn what_an_earlier_migration_sees_to_is_no_fault() {
        const REBUILD: &str = "CREATE TABLE b (id INTEGER PRIMARY KEY, n INTEGER);
            INSERT INTO b SELECT id, coalesce(n, 0) FROM a; DROP TABLE a; ALTER TABLE b RENAME TO a;";
        const COPY: &str = "CREATE TABLE b (id INTEGER PRIMARY KEY, n INTEGER, y INTEGER NOT NULL);
            INSERT INTO b (id, n) SELECT id, n FROM a; DROP TABLE a; ALTER TABLE b RENAME TO a;";
        for (earlier, later) in [
            ("UPDATE a SET n = 0 WHERE n IS NULL;", COMPUTED),
            ("INSERT OR REPLACE INTO a SELECT id, 0 FROM a;", COMPUTED),
            ("DELETE FROM a WHERE n IS NULL;", COMPUTED),
            (REBUILD, COMPUTED),
            ("UPDATE a SET n = 0; ALTER TABLE a RENAME TO c;", "ALTER TABLE c ADD COLUMN g AS (n + 1) NOT NULL;"),
            ("DELETE FROM a;", NEEDED),
            ("DELETE FROM a;", "ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 0 CHECK (y > 0);"),
            ("WITH x AS (SELECT 1) DELETE FROM A;", NEEDED),
            ("DELETE FROM a; ALTER TABLE a RENAME TO c;", "ALTER TABLE c ADD COLUMN y NOT NULL;"),
            ("DELETE FROM a;", COPY),
        ] {
            try_out(&set(&[TABLE, ("2", earlier), ("3", later)])).expect(earlier);
        }
        for (earlier, later) in [
            ("CREATE TABLE b (x); DELETE FROM b WHERE x IS NOT NULL;", NEEDED),
            ("CREATE TABLE d (x); DELETE FROM d WHERE x IS NOT NULL;", COPY),
            ("UPDATE a SET n = 0;", NEEDED),
            (REBUILD, NEEDED),
        ] {
            try_out(&set(&[TABLE, ("2", earlier), ("3", later)])).expect_err(later);
        }
    }

    #[test]
    fn what_code_may_have_seen_to_is_no_fault() {
        for later in [NEEDED, COMPUTED] {
            try_out(&set_with_code(&[TABLE, ("3", later)], "2.code")).expect("code before it");
            try_out(&set_with_code(&[TABLE, ("3", later)], "4.code")).expect_err("code behind it");
        }
        let new = [("3", "CREATE TABLE b (x);"), ("4", "ALTER TABLE b ADD COLUMN y NOT NULL;")];
        try_out(&set_with_code(&new, "2.code")).expect_err("a table that the code did not know");
    }
}
