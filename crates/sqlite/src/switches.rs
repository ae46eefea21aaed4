//! What a migration may do to its connection and must not leave so: the connection is the application's.

use rusqlite::Connection;
use wheatear_core::{pragma, sort_by};

use crate::{all_rows, one_row, quoted};

/// Runs `work` and puts back what it switched on the connection; temporary tables, views and triggers that it made are
/// dropped, databases that it attached are detached. `sql` is the script that it runs; `None`: it may do anything.
///
/// # Errors
/// What SQLite says if the connection cannot be looked at, or not be put back after work that succeeded.
pub fn restored<T, E>(
    connection: &Connection,
    sql: Option<&str>,
    work: impl FnOnce() -> Result<T, E>,
) -> rusqlite::Result<Result<T, E>> {
    // Most scripts hold none of these words, and looking takes a while.
    let before = match sql {
        Some(sql) if !["pragma", "temp", "attach"].iter().any(|word| mentions(sql, word)) => None,
        _ => Some(Switches::of(connection)?),
    };
    let result = work();
    match before.map_or(Ok(()), |before| before.put_back(connection)) {
        Err(error) if result.is_ok() => Err(error),
        _ => Ok(result),
    }
}

fn mentions(sql: &str, word: &str) -> bool {
    sql.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// A connection as it was.
struct Switches {
    pragmas: Vec<(&'static str, i64)>,
    /// The one pragma that cannot be read.
    is_like_case_sensitive: bool,
    temporary: Vec<(String, String)>,
    databases: Vec<String>,
}

impl Switches {
    fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let pragmas = pragma::put_back().filter(|name| *name != CASE_SENSITIVE_LIKE);
        Ok(Self {
            pragmas: pragmas.map(|name| Ok((name, value(connection, name)?))).collect::<rusqlite::Result<_>>()?,
            is_like_case_sensitive: is_like_case_sensitive(connection)?,
            temporary: temporary(connection)?,
            databases: databases(connection),
        })
    }

    /// Does all of it, also if a part of it fails, and gives the first failure.
    fn put_back(&self, connection: &Connection) -> rusqlite::Result<()> {
        // These first: one of them forbids what comes next.
        let mut result = Ok(());
        for (name, before) in &self.pragmas {
            let restored = value(connection, name)
                .and_then(|now| if now == *before { Ok(()) } else { set(connection, name, *before) });
            result = result.and(restored);
        }
        result.and(self.restore_like(connection)).and(self.drop_temporary(connection)).and(self.detach(connection))
    }

    fn restore_like(&self, connection: &Connection) -> rusqlite::Result<()> {
        if is_like_case_sensitive(connection)? == self.is_like_case_sensitive {
            return Ok(());
        }
        set(connection, CASE_SENSITIVE_LIKE, self.is_like_case_sensitive.into())
    }

    fn drop_temporary(&self, connection: &Connection) -> rusqlite::Result<()> {
        let made = temporary(connection)?.into_iter().filter(|object| !self.temporary.contains(object));
        // What belongs to a table is gone with it.
        made.map(|(kind, name)| format!("DROP {kind} IF EXISTS temp.{}", quoted(&name)))
            .try_for_each(|sql| connection.execute_batch(&sql))
    }

    fn detach(&self, connection: &Connection) -> rusqlite::Result<()> {
        // Within a transaction none can be detached; whoever ends it sees to that.
        if connection.is_autocommit() { detach_others(connection, &self.databases) } else { Ok(()) }
    }
}

/// Detaches every database but these.
///
/// # Errors
/// What SQLite says, for the first that cannot be detached.
pub fn detach_others(connection: &Connection, kept: &[String]) -> rusqlite::Result<()> {
    let attached = databases(connection).into_iter().filter(|name| !kept.contains(name));
    attached.map(|name| format!("DETACH {}", quoted(&name))).try_for_each(|sql| connection.execute_batch(&sql))
}

const CASE_SENSITIVE_LIKE: &str = "case_sensitive_like";

fn value(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    one_row(connection, &format!("PRAGMA {pragma}"), &[], |row| row.get(0))
}

fn set(connection: &Connection, pragma: &str, value: i64) -> rusqlite::Result<()> {
    // Of this one 2 is read, and understood only as a word.
    let value = if pragma == "secure_delete" && value == 2 { "FAST".to_owned() } else { value.to_string() };
    connection.execute_batch(&format!("PRAGMA {pragma} = {value}"))
}

fn is_like_case_sensitive(connection: &Connection) -> rusqlite::Result<bool> {
    one_row(connection, "SELECT 'a' NOT LIKE 'A'", &[], |row| row.get(0))
}

/// Kind and name of what is temporary, triggers first, tables last.
fn temporary(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let sql =
        "SELECT type, name FROM temp.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC";
    let mut found: Vec<(String, String)> = all_rows(connection, sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    sort_by(&mut found, |(one, _), (other, _)| (one == "table").cmp(&(other == "table")));
    Ok(found)
}

/// Names of the databases that the connection has: the main one, and what is attached. No statement is run for it, which
/// an interrupt could stop.
pub fn databases(connection: &Connection) -> Vec<String> {
    let all = (0..).map_while(|index| connection.db_name(index).ok());
    all.filter(|name| name != "temp").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that a script could have left.
    fn state(connection: &Connection) -> Vec<String> {
        let switches = Switches::of(connection).expect("a connection that can be looked at");
        let pragmas = switches.pragmas.iter().map(|(name, value)| format!("{name} {value}"));
        let others = [
            format!("like {}", switches.is_like_case_sensitive),
            format!("{:?} {:?}", switches.temporary, switches.databases),
        ];
        pragmas.chain(others).collect()
    }

    #[test]
    fn every_pragma_that_is_put_back_can_be_read_and_set() {
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch("PRAGMA secure_delete = FAST").expect("a pragma");
        let before = state(&connection);
        for name in pragma::put_back() {
            // Both, because one of them may be what it is already.
            for value in ["0", "1", "7"] {
                let sql = format!("PRAGMA {name} = {value}");
                let run = || connection.execute_batch(&sql);
                restored(&connection, Some(&sql), run).expect(name).expect(name);
                assert_eq!(state(&connection), before, "{sql}");
            }
        }
    }

    #[test]
    fn what_is_temporary_is_dropped_and_what_was_there_before_stays() {
        let connection = Connection::open_in_memory().expect("a database");
        let own = "CREATE TABLE a (b); CREATE TEMP TABLE own (x); CREATE TEMP VIEW own_view AS SELECT 1;";
        connection.execute_batch(own).expect("what is the application's");
        let before = state(&connection);
        let script = "CREATE TEMP TABLE \"a \"\"b\" (x UNIQUE, y INTEGER PRIMARY KEY AUTOINCREMENT);
            CREATE TEMP VIEW v AS SELECT * FROM \"a \"\"b\"; CREATE INDEX temp.i ON \"a \"\"b\" (x);
            CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO \"a \"\"b\" (x) VALUES (1); END;
            INSERT INTO a VALUES (1); ATTACH ':memory:' AS \"other one\"; PRAGMA query_only = ON;";
        let run = || connection.execute_batch(script);
        restored(&connection, Some(script), run).expect("put back").expect("a script");
        assert_eq!(state(&connection), before);
        // And after a failure, whose words are what is told.
        let failing = format!("{script} SELECT absent;");
        let run = || connection.execute_batch(&failing);
        let error = restored(&connection, Some(&failing), run).expect("put back").expect_err("a fault");
        assert!(error.to_string().contains("absent"), "{error}");
        assert_eq!(state(&connection), before);
    }
}
