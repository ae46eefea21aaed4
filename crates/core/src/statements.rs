//! Where the statements of a script begin and end, and what kind they are, told without SQLite.

use crate::sql_text::next_statement;
use crate::tokens::{Token, TokenKind, tokens};

/// The statements of a script: the offset where each begins, and its text up to its semicolon.
///
/// Ends are found as `sqlite3_complete` finds them: at a semicolon outside of strings and comments,
/// and for `CREATE TRIGGER` at the semicolon behind the `END` that follows one.
///
/// Source: <https://www.sqlite.org/c3ref/complete.html>
pub fn statements(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = next_statement(sql, at);
        at = start + statement_length(&sql[start..]);
        (start < sql.len()).then(|| (start, &sql[start..at]))
    })
}

/// A statement without its semicolon, and without what comes behind it: white space and comments.
pub fn without_end(statement: &str) -> &str {
    let last = tokens(statement).filter(|token| token.kind != TokenKind::Semicolon).last();
    &statement[..last.map_or(0, |token| token.end())]
}

/// Whether a statement begins or ends a transaction. `SAVEPOINT`, `RELEASE` and `ROLLBACK TO` do not.
///
/// Source: <https://www.sqlite.org/lang_transaction.html>
pub fn is_transaction_control(statement: &str) -> bool {
    let mut words = leading_words(statement);
    match words.next().as_deref() {
        Some("BEGIN" | "COMMIT" | "END") => true,
        // `TO` is the fourth word of `ROLLBACK TRANSACTION name TO savepoint`.
        Some("ROLLBACK") => !words.take(3).any(|word| word == "TO"),
        _ => false,
    }
}

/// Whether a statement begins or ends a savepoint, or goes back to one.
///
/// Source: <https://www.sqlite.org/lang_savepoint.html>
pub fn is_savepoint_control(statement: &str) -> bool {
    SavepointControl::parse(statement).is_some()
}

/// Whether a statement fails inside of a transaction. Of pragmas [`pragma`](crate::pragma) knows.
///
/// Source: <https://www.sqlite.org/lang_vacuum.html>, <https://www.sqlite.org/lang_attach.html>
pub fn needs_no_transaction(statement: &str) -> bool {
    matches!(leading_words(statement).next().as_deref(), Some("VACUUM" | "ATTACH" | "DETACH"))
}

/// Whether a statement may insert, update or delete rows: by its first word.
pub fn may_change_rows(statement: &str) -> bool {
    let first = leading_words(statement).next();
    matches!(first.as_deref(), Some("INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "WITH"))
}

/// Whether a statement is `INSERT` or `REPLACE`, also behind `WITH`.
///
/// Source: <https://www.sqlite.org/lang_insert.html>
pub fn is_insert(statement: &str) -> bool {
    let mut tokens = tokens(&statement[next_statement(statement, 0)..]);
    let is_verb = |token: &Token<'_>| token.is_word("INSERT") || token.is_word("REPLACE");
    let Some(first) = tokens.next() else { return false };
    if !first.is_word("WITH") {
        return is_verb(&first);
    }
    // Behind the names of a common table expression comes `AS`, behind the last of these expressions the verb.
    let (mut depth, mut follows_bracket) = (0_usize, false);
    for token in tokens {
        if depth == 0 && follows_bracket && token.kind == TokenKind::Word && !token.is_word("AS") {
            return is_verb(&token);
        }
        follows_bracket = token.text == ")";
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Whether a statement is `VACUUM`, of whatever kind.
///
/// Source: <https://www.sqlite.org/lang_vacuum.html>
pub fn is_vacuum(statement: &str) -> bool {
    leading_words(statement).next().is_some_and(|word| word == "VACUUM")
}

/// Whether a statement reads or writes another file than the database's own.
///
/// Source: <https://www.sqlite.org/lang_attach.html>, <https://www.sqlite.org/lang_vacuum.html#vacuuminto>
pub fn leaves_the_database(statement: &str) -> bool {
    let mut words = leading_words(statement);
    match words.next().as_deref() {
        Some("ATTACH" | "DETACH") => true,
        Some("VACUUM") => words.take(2).any(|word| word == "INTO"),
        _ => false,
    }
}

/// What a statement does with a savepoint; the name without its quotes.
///
/// Source: <https://www.sqlite.org/lang_savepoint.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SavepointControl {
    Begin(String),
    Release(String),
    RollBackTo(String),
}

impl SavepointControl {
    /// Reads `SAVEPOINT a`, `RELEASE [SAVEPOINT] a` or `ROLLBACK [TRANSACTION] TO [SAVEPOINT] a`.
    pub fn parse(statement: &str) -> Option<Self> {
        let mut tokens = tokens(&statement[next_statement(statement, 0)..]).peekable();
        let first = tokens.next()?;
        let control: fn(String) -> Self = if first.is_word("SAVEPOINT") {
            Self::Begin
        } else if first.is_word("RELEASE") {
            tokens.next_if(|token| token.is_word("SAVEPOINT"));
            Self::Release
        } else if first.is_word("ROLLBACK") {
            if tokens.next_if(|token| token.is_word("TRANSACTION")).is_some() {
                // SQLite's grammar allows a name here, and ignores it.
                tokens.next_if(|token| !token.is_word("TO"));
            }
            tokens.next_if(|token| token.is_word("TO"))?;
            tokens.next_if(|token| token.is_word("SAVEPOINT"));
            Self::RollBackTo
        } else {
            return None;
        };
        // A quoted name with doubled quotes in it comes in pieces, which are put together again.
        let name: String = tokens
            .take_while(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
            .map(|token| token.text.trim_matches(['"', '\'', '`', '[', ']']).to_ascii_lowercase())
            .collect();
        (!name.is_empty()).then(|| control(name))
    }
}

/// The words a statement begins with, in upper case: keywords and bare names, dots between them left out.
fn leading_words(statement: &str) -> impl Iterator<Item = String> {
    tokens(&statement[next_statement(statement, 0)..])
        .filter(|token| token.kind != TokenKind::Dot)
        .map_while(|token| (token.kind == TokenKind::Word).then(|| token.text.to_ascii_uppercase()))
}

/// Length of the first statement of `sql`, its semicolon included.
fn statement_length(sql: &str) -> usize {
    let is_trigger = {
        let mut words = leading_words(sql).peekable();
        if words.next_if(|word| word == "EXPLAIN").is_some() && words.next_if(|word| word == "QUERY").is_some() {
            words.next_if(|word| word == "PLAN");
        }
        let creates = words.next_if(|word| word == "CREATE").is_some();
        words.next_if(|word| word == "TEMP" || word == "TEMPORARY");
        creates && words.next().is_some_and(|word| word == "TRIGGER")
    };
    // The two tokens before a semicolon tell whether it ends a trigger.
    let (mut follows_semicolon, mut ends_trigger) = (false, false);
    for token in tokens(sql) {
        let is_semicolon = token.kind == TokenKind::Semicolon;
        if is_semicolon && (!is_trigger || ends_trigger) {
            return token.end();
        }
        ends_trigger = follows_semicolon && token.is_word("END");
        follows_semicolon = is_semicolon;
    }
    sql.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_transaction_control_in_any_dress() {
        for control in [
            "BEGIN",
            ";; COMMIT",
            "begin immediate",
            "-- c\nCOMMIT;",
            "/**/End/**/transaction",
            "ROLLBACK",
            "rollback transaction",
        ] {
            assert!(is_transaction_control(control), "{control}");
        }
        for other in [
            "SAVEPOINT begin",
            "RELEASE a",
            "ROLLBACK TO a",
            "rollback transaction to savepoint a",
            "rollback transaction t to savepoint a",
            "SELECT 'COMMIT'",
            "\"begin\"",
            "",
        ] {
            assert!(!is_transaction_control(other), "{other}");
        }
    }

    #[test]
    fn knows_savepoints_and_their_names() {
        use SavepointControl::{Begin, Release, RollBackTo};
        let name = || "a".to_owned();
        for (statement, control) in [
            ("SAVEPOINT a;", Some(Begin(name()))),
            ("savepoint \"A\"", Some(Begin(name()))),
            ("RELEASE SAVEPOINT [a]", Some(Release(name()))),
            ("release a", Some(Release(name()))),
            ("-- c\nROLLBACK TRANSACTION TO SAVEPOINT 'a'", Some(RollBackTo(name()))),
            ("ROLLBACK TO a", Some(RollBackTo(name()))),
            ("ROLLBACK TRANSACTION t TO a", Some(RollBackTo(name()))),
            ("ROLLBACK", None),
            ("SELECT savepoint", None),
        ] {
            assert_eq!(SavepointControl::parse(statement), control, "{statement}");
        }
    }

    #[test]
    fn knows_what_inserts_also_behind_with() {
        for statement in [
            "INSERT INTO t VALUES (1)",
            "/**/replace into t values (1);",
            "WITH a AS (SELECT (1)) INSERT INTO t SELECT * FROM a",
            "with recursive a(x, y) as not materialized (select ')', (2)), \"(\" as (select 1) replace into t values (1)",
        ] {
            assert!(is_insert(statement), "{statement}");
        }
        for statement in [
            "UPDATE t SET a = 0",
            "DELETE FROM t",
            "EXPLAIN INSERT INTO t VALUES (1)",
            "WITH replace AS (SELECT 1) UPDATE t SET a = 0",
            "WITH replace (insert_) AS (SELECT 1) SELECT replace(1, 2, 3) FROM replace",
            "VACUUM",
            "",
        ] {
            assert!(!is_insert(statement), "{statement}");
        }
    }

    #[test]
    fn knows_what_does_not_work_inside_of_a_transaction() {
        for statement in ["VACUUM", "vacuum into 'x'", "ATTACH 'a' AS b", "detach b"] {
            assert!(needs_no_transaction(statement), "{statement}");
        }
        for statement in ["PRAGMA user_version = 1", "SELECT 'VACUUM'"] {
            assert!(!needs_no_transaction(statement), "{statement}");
        }
    }

    #[test]
    fn statements_end_where_sqlite_ends_them() {
        let whole = [
            "CREATE TABLE \"a;\" (b DEFAULT ';', [c;d], `e;` TEXT);",
            "INSERT INTO a VALUES ('it''s; fine', \"x\"\";\");",
            "SELECT 1 /* ; */ + -- ;\n 2;",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE b WHEN 1 THEN 2 END; SELECT ';'; END;",
            "create temp trigger if not exists \"end\" after insert on a begin select 1; end;",
            "EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;",
            "SELECT \"end\" FROM begin_end;",
            "SELECT 1",
        ];
        let script = whole.join("\n;; -- between\n");
        let found: Vec<&str> = statements(&script).map(|(_, text)| text).collect();
        assert_eq!(found, whole);
        for (at, text) in statements(&script) {
            assert!(script[at..].starts_with(text));
        }
        assert_eq!(statements(" -- nothing\n;").count(), 0);
    }

    #[test]
    fn the_end_of_a_statement_is_left_out() {
        for (statement, bare) in [
            ("SELECT 1;", "SELECT 1"),
            ("SELECT 1 -- ;\n /* one */ ; ", "SELECT 1"),
            ("SELECT ';' /* not closed", "SELECT ';'"),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;",
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
            ),
            (";", ""),
        ] {
            assert_eq!(without_end(statement), bare);
        }
    }

    proptest! {
        #[test]
        fn splitting_loses_nothing_and_never_panics(sql in "[-/*;'\"\\[\\]` \n.aEND ß]{0,40}") {
            let mut end = 0;
            for (at, text) in statements(&sql) {
                prop_assert_eq!(at, next_statement(&sql, end));
                end = at + text.len();
            }
            prop_assert_eq!(next_statement(&sql, end), sql.len());
        }
    }
}
