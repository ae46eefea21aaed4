//! The little that has to be known about SQL text without SQLite: where a statement begins, on
//! which line, and whether it controls transactions.

/// Offset of the first byte at or after `from` that belongs to a statement: white space, comments
/// and lone semicolons are passed over. `sql.len()` if there is none.
///
/// Source: <https://www.sqlite.org/lang_comment.html>
pub fn next_statement(sql: &str, from: usize) -> usize {
    let mut between = Between { sql, at: from };
    between.by_ref().for_each(drop);
    between.at
}

/// The `--` comments before the first statement: offset of the dashes, and the text behind them.
pub fn leading_comments(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    Between { sql, at: 0 }
}

/// Walks over what stands between statements, gives its `--` comments, and stops where one begins.
struct Between<'sql> {
    sql: &'sql str,
    at: usize,
}

impl<'sql> Iterator for Between<'sql> {
    type Item = (usize, &'sql str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = &self.sql[self.at..];
            // SQLite's white space is ASCII; a byte order mark counts as such, as in SQLite's tokenizer.
            let text = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ';' || c == '\u{feff}');
            self.at = self.sql.len() - text.len();
            let start = self.at;
            // A comment without an end reaches to the end of the text.
            if let Some(comment) = text.strip_prefix("--") {
                let (comment, after) = comment.split_once('\n').unwrap_or((comment, ""));
                self.at = self.sql.len() - after.len();
                return Some((start, comment));
            }
            let comment = text.strip_prefix("/*")?;
            let after = comment.split_once("*/").map_or("", |(_, after)| after);
            self.at = self.sql.len() - after.len();
        }
    }
}

/// Line of a byte offset, counted from 1.
pub fn line_at(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    1 + text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count()
}

/// Whether a statement begins or ends a transaction. `SAVEPOINT`, `RELEASE` and `ROLLBACK TO` do not.
///
/// Source: <https://www.sqlite.org/lang_transaction.html>
pub fn is_transaction_control(statement: &str) -> bool {
    let mut words = Words(statement);
    match words.next().map(str::to_ascii_uppercase).as_deref() {
        Some("BEGIN" | "COMMIT" | "END") => true,
        Some("ROLLBACK") => !words.take(2).any(|word| word.eq_ignore_ascii_case("TO")),
        _ => false,
    }
}

/// The leading keywords of a statement; ends at the first token that is not a bare word.
struct Words<'sql>(&'sql str);

impl<'sql> Iterator for Words<'sql> {
    type Item = &'sql str;

    fn next(&mut self) -> Option<&'sql str> {
        let text = &self.0[next_statement(self.0, 0)..];
        let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn next_statement_passes_over_white_space_comments_and_lone_semicolons() {
        for (before, statement) in [
            ("", "SELECT 1"),
            (" \t\r\n;;", "SELECT 1"),
            ("-- one\n-- two\r\n", "SELECT 1"),
            ("/* a ; -- b */ /**/", "SELECT 1"),
            ("\u{feff}", "SELECT 1"),
            ("-- no end", ""),
            ("/* no end", ""),
            ("", "-1"),
            ("", "/1"),
        ] {
            let sql = format!("{before}{statement}");
            assert_eq!(next_statement(&sql, 0), before.len(), "{sql:?}");
        }
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_at("a\nb\r\nc", 0), 1);
        assert_eq!(line_at("a\nb\r\nc", 2), 2);
        assert_eq!(line_at("a\nb\r\nc", 5), 3);
        assert_eq!(line_at("", 9), 1);
    }

    #[test]
    fn knows_transaction_control_in_any_dress() {
        for control in
            ["BEGIN", "begin immediate", "-- c\nCOMMIT;", "/**/End/**/transaction", "ROLLBACK", "rollback transaction"]
        {
            assert!(is_transaction_control(control), "{control}");
        }
        for other in [
            "SAVEPOINT begin",
            "RELEASE a",
            "ROLLBACK TO a",
            "rollback transaction to savepoint a",
            "SELECT 'COMMIT'",
            "\"begin\"",
            "",
        ] {
            assert!(!is_transaction_control(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_lands_on_a_boundary(sql in "[-/* ;\na-zß\u{feff}]{0,40}") {
            let at = next_statement(&sql, 0);
            prop_assert!(sql.is_char_boundary(at));
            prop_assert_eq!(next_statement(&sql, at), at);
            is_transaction_control(&sql);
            line_at(&sql, at);
        }
    }
}
