//! Runs SQL text statement by statement and knows, when one fails, which and on what line.

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, Statement};
use wheatear_core::sql_text::{LineCounter, line_at, next_statement};
use wheatear_core::statements::is_transaction_control;

use crate::SqliteFailure;

/// The statement of a script that failed.
#[derive(Debug)]
pub struct ScriptError {
    /// Which one, counted from 1.
    pub statement: usize,
    /// Line in the script, counted from 1: where SQLite points, else where the statement begins.
    pub line: usize,
    /// Where in the script SQLite points, in bytes; `None` if it points nowhere.
    pub offset: Option<usize>,
    /// Why.
    pub cause: Cause,
}

/// Why a script did not come to its end.
#[derive(Debug)]
pub enum Cause {
    /// SQLite refused the statement.
    Sqlite(SqliteFailure),
    /// The statement begins or ends a transaction, which is its caller's to do.
    TransactionControl,
    /// The caller was asked before the statement and said no.
    Stopped,
}

/// Whether a script may begin and end transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// It runs inside of one and must leave it alone.
    Refused,
    /// It runs outside of any.
    Allowed,
}

/// The caller does not want the statement to run.
#[derive(Clone, Copy, Debug)]
pub struct Stop;

impl ScriptError {
    /// What failed around the statements.
    pub(crate) fn before(error: rusqlite::Error) -> Self {
        Self { statement: 0, line: 1, offset: None, cause: Cause::Sqlite(error.into()) }
    }
}

/// Runs every statement of `sql`; rows are read to the end and thrown away. `on_statement` hears number
/// and line of each before it runs.
///
/// SQLite itself finds where each statement ends, so triggers and strings need no care here.
///
/// # Errors
/// [`ScriptError`] says which statement, on which line, and why. What the ones before did stays done.
pub fn run(
    connection: &Connection,
    sql: &str,
    control: Control,
    mut on_statement: impl FnMut(usize, usize) -> Result<(), Stop>,
) -> Result<(), ScriptError> {
    let misuse = |message| Cause::Sqlite(SqliteFailure::misuse(message));
    if let Some(at) = sql.find('\0') {
        let cause = misuse("a script cannot contain a NUL character: SQLite would read no further");
        return Err(ScriptError { statement: 1, line: line_at(sql, at), offset: Some(at), cause });
    }
    // With a NUL at its end SQLite reads the text where it is; without, it copies all that is left of
    // it for every statement. Source: https://www.sqlite.org/c3ref/prepare.html
    let terminated = format!("{sql}\0");
    let mut batch = Batch::new(connection, &terminated);
    let (mut offset, mut lines) = (0, LineCounter::new(sql));
    for statement in 1.. {
        let start = next_statement(sql, offset);
        let fail = |at, cause| Err(ScriptError { statement, line: line_at(sql, at), offset: None, cause });
        if control == Control::Refused && is_transaction_control(&sql[start..]) {
            return fail(start, Cause::TransactionControl);
        }
        let mut prepared = match batch.next() {
            Ok(Some(prepared)) => prepared,
            Ok(None) => break,
            Err(error) => {
                let pointed = error_offset(&error).map(|within| offset + within);
                let line = line_at(sql, pointed.unwrap_or(start));
                return Err(ScriptError { statement, line, offset: pointed, cause: Cause::Sqlite(error.into()) });
            }
        };
        if prepared.parameter_count() > 0 {
            return fail(start, misuse("a script cannot have parameters; write the value, or use a query"));
        }
        let length = text_length(&prepared);
        if on_statement(statement, lines.line_at(start)).is_err() {
            return fail(start, Cause::Stopped);
        }
        if let Err(error) = drain(&mut prepared) {
            return fail(start, Cause::Sqlite(error.into()));
        }
        offset += length;
    }
    Ok(())
}

/// Whether `sql` may hold more than one statement: only SQLite can tell where the first one ends, and
/// if that cannot be read, the answer is yes.
pub fn has_several_statements(connection: &Connection, sql: &str) -> bool {
    match Batch::new(connection, sql).next() {
        Ok(Some(first)) if first.parameter_count() == 0 => next_statement(sql, text_length(&first)) < sql.len(),
        Ok(None) => false,
        Ok(Some(_)) | Err(_) => true,
    }
}

/// Length of a statement's text, with the comments before it: for one without parameters the expanded
/// SQL is the text itself.
fn text_length(statement: &Statement<'_>) -> usize {
    statement.expanded_sql().map_or(0, |text| text.len())
}

fn drain(statement: &mut Statement<'_>) -> rusqlite::Result<()> {
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

/// Where in the text that was still to be prepared SQLite found the error, in bytes.
pub fn error_offset(error: &rusqlite::Error) -> Option<usize> {
    match error {
        rusqlite::Error::SqlInputError { offset, .. } => usize::try_from(*offset).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_in_transaction(connection: &Connection, sql: &str) -> Result<(), ScriptError> {
        run(connection, sql, Control::Refused, |_, _| Ok(()))
    }

    fn failure(sql: &str) -> (usize, usize, String) {
        let connection = Connection::open_in_memory().expect("a database");
        let error = run_in_transaction(&connection, sql).expect_err("a script that fails");
        let cause = match error.cause {
            Cause::Sqlite(failure) => failure.message,
            Cause::TransactionControl => "transaction control".to_owned(),
            Cause::Stopped => "stopped".to_owned(),
        };
        (error.statement, error.line, cause)
    }

    #[test]
    fn runs_every_statement_and_leaves_triggers_whole() {
        let connection = Connection::open_in_memory().expect("a database");
        let sql = "CREATE TABLE a (b); ;; -- c;\n CREATE TRIGGER t AFTER INSERT ON a BEGIN
            UPDATE a SET b = CASE b WHEN 1 THEN 2 ELSE ';' END; SELECT 1; END;
            PRAGMA user_version; INSERT INTO a VALUES (1), (1) -- no semicolon at the end";
        run_in_transaction(&connection, sql).expect("a valid script");
        let rows: i64 = connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, 2);
    }

    #[test]
    fn an_error_in_the_text_is_found_on_its_own_line() {
        let sql = "CREATE TABLE a (b);\n/* ü */ ;\n\nCREATE TABLE c (\n  d,\n  e f g h,\n  SELECT\n);";
        assert_eq!(failure(sql), (2, 7, "near \"SELECT\": syntax error".to_owned()));
    }

    #[test]
    fn an_error_while_running_is_found_where_its_statement_begins() {
        let sql = "CREATE TABLE a (b UNIQUE);\nINSERT INTO a VALUES (';');\n-- again\nINSERT INTO a\nVALUES (';');";
        assert_eq!(failure(sql), (3, 4, "UNIQUE constraint failed: a.b".to_owned()));
    }

    #[test]
    fn rows_are_read_to_the_end_because_any_may_fail() {
        let (statement, _, message) = failure("SELECT json(column1) FROM (VALUES ('1'), ('no JSON'));");
        assert_eq!((statement, message.as_str()), (1, "malformed JSON"));
    }

    #[test]
    fn a_missing_table_is_found_on_the_line_that_names_it() {
        assert_eq!(failure("SELECT 1;\nSELECT *\nFROM absent"), (2, 2, "no such table: absent".to_owned()));
    }

    #[test]
    fn a_nul_character_is_refused_before_anything_runs() {
        let connection = Connection::open_in_memory().expect("a database");
        let error = run_in_transaction(&connection, "CREATE TABLE a (b);\n\0CREATE TABLE c (d);").expect_err("a NUL");
        assert_eq!(error.line, 2);
        assert!(!connection.table_exists(None, "a").expect("an answer"));
    }

    #[test]
    fn the_caller_hears_of_every_statement_and_can_stop() {
        let connection = Connection::open_in_memory().expect("a database");
        let mut heard = Vec::new();
        let sql = "CREATE TABLE a (b);\n\n-- c\nINSERT INTO a\nVALUES (1); INSERT INTO a VALUES (2);\nSELECT 1";
        let error = run(&connection, sql, Control::Refused, |statement, line| {
            heard.push((statement, line));
            if statement == 3 { Err(Stop) } else { Ok(()) }
        })
        .expect_err("a stop");
        assert!(matches!(error, ScriptError { statement: 3, line: 5, cause: Cause::Stopped, .. }), "{error:?}");
        assert_eq!(heard, [(1, 1), (2, 4), (3, 5)]);
        let rows: i64 = connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, 1);
    }

    #[test]
    fn outside_of_a_transaction_a_script_may_control_its_own() {
        let connection = Connection::open_in_memory().expect("a database");
        run(&connection, "BEGIN; CREATE TABLE a (b); COMMIT; VACUUM;", Control::Allowed, |_, _| Ok(()))
            .expect("it runs");
        assert!(connection.is_autocommit());
    }

    #[test]
    fn transaction_control_and_parameters_are_refused_before_they_run() {
        assert_eq!(failure("SELECT 1;\n-- x\nCOMMIT;"), (2, 3, "transaction control".to_owned()));
        assert_eq!(failure("SELECT ?1").2, "a script cannot have parameters; write the value, or use a query");
    }

    #[test]
    fn core_ends_statements_where_sqlite_does() {
        let connection = Connection::open_in_memory().expect("a database");
        let script = "CREATE TABLE \"a;\" (b DEFAULT 'it''s;', [c;d], `e;`) ;; -- c;\n/* ; */ SELECT ';' || 1;
            CREATE TEMP TRIGGER \"end\" AFTER INSERT ON \"a;\" BEGIN
              UPDATE \"a;\" SET b = CASE b WHEN 1 THEN 2 END; SELECT ';' END_;
            END;
            EXPLAIN QUERY PLAN SELECT \"end\" FROM (SELECT 1 AS \"end\");
            SELECT 1 -- no semicolon";
        let mut offset = 0;
        for (start, _) in wheatear_core::statements::statements(script) {
            assert_eq!(start, next_statement(script, offset));
            let statement = Batch::new(&connection, &script[offset..]).next().expect("SQL").expect("a statement");
            offset += text_length(&statement);
            drop(statement);
            if start == 0 {
                connection.execute_batch(&script[..offset]).expect("the table that the rest is about");
            }
        }
        assert_eq!(next_statement(script, offset), script.len());
    }

    #[test]
    fn counts_statements_as_sqlite_does() {
        let connection = Connection::open_in_memory().expect("a database");
        for (sql, several) in [
            ("SELECT 1", false),
            ("SELECT 1; -- end\n;", false),
            ("SELECT ';'; SELECT 2", true),
            ("", false),
            ("-- nothing", false),
            ("syntax error", true),
        ] {
            assert_eq!(has_several_statements(&connection, sql), several, "{sql}");
        }
    }
}
