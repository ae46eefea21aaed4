use std::borrow::Cow;

use crate::statements::statements;
use crate::tokens::{Token, TokenKind, tokens};

/// SQL without what does not change its meaning: comments, line ends, white space outside of
/// literals, empty statements, the last semicolon. Upper and lower case stay as they are.
///
/// Checksums are computed of this, so that an editor's habits or a checkout with other line ends do
/// not turn an applied migration into an edited one.
pub fn normal_form(sql: &str) -> String {
    normal_form_of(sql, |token| token.text.into())
}

/// The normal form of SQL from `sqlite_schema`, with names bare that need no quotes: SQLite adds quotes when
/// it renames a table or column. Words and such names are in lower case, because to SQLite that is the same.
pub(crate) fn schema_form(sql: &str) -> String {
    let is_plain = |name: &str| {
        let mut characters = name.chars();
        let begins_as_name = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        begins_as_name && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let bare = |text: &str| {
        let inner = ["\"\"", "``", "[]"].iter().find_map(|pair| {
            let (open, close) = pair.split_at(1);
            text.strip_prefix(open)?.strip_suffix(close)
        });
        inner.filter(|inner| is_plain(inner)).map(str::len)
    };
    normal_form_of(sql, |token| match bare(token.text) {
        Some(length) => token.text[1..1 + length].to_ascii_lowercase().into(),
        None if token.kind == TokenKind::Word => token.text.to_ascii_lowercase().into(),
        None => token.text.into(),
    })
}

fn normal_form_of<'sql>(sql: &'sql str, write: impl Fn(Token<'sql>) -> Cow<'sql, str>) -> String {
    let mut normal = String::with_capacity(sql.len());
    for (_, statement) in statements(sql) {
        if !normal.is_empty() {
            normal.push(';');
        }
        let mut tokens = tokens(statement).peekable();
        let mut previous_end = None;
        while let Some(token) = tokens.next() {
            if token.kind == TokenKind::Semicolon && tokens.peek().is_none() {
                break;
            }
            if token.is_separable() && previous_end.is_some_and(|end| end < token.start) {
                normal.push(' ');
            }
            normal.push_str(&write(token));
            previous_end = token.is_separable().then(|| token.end());
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_change_the_meaning_is_gone() {
        let plain = "CREATE TABLE a(b TEXT DEFAULT 'x  y',c);INSERT INTO a VALUES('--no comment',1)";
        assert_eq!(normal_form(plain), plain);
        for same in [
            "CREATE TABLE a (b TEXT DEFAULT 'x  y', c);\nINSERT INTO a VALUES ('--no comment', 1);\n",
            "-- depends: 0\r\nCREATE TABLE a (\r\n  b TEXT DEFAULT 'x  y', -- why\r\n  c\r\n);\r\nINSERT INTO a VALUES ('--no comment',1)",
            "\u{feff}CREATE/**/TABLE a(b TEXT DEFAULT 'x  y',c) ;;; INSERT INTO a\tVALUES('--no comment',1);;",
        ] {
            assert_eq!(normal_form(same), plain);
        }
    }

    #[test]
    fn what_changes_the_meaning_stays() {
        for (one, other) in [
            ("SELECT 'a b'", "SELECT 'a  b'"),
            ("SELECT 'a\nb'", "SELECT 'a\r\nb'"),
            ("SELECT x'00'", "SELECT x '00'"),
            ("SELECT 'a''b'", "SELECT 'a' 'b'"),
            ("SELECT 1.e5", "SELECT 1. e5"),
            ("SELECT ab", "SELECT a b"),
            ("SELECT 1 - -1", "SELECT 1 --1"),
            ("SELECT 1; SELECT 2", "SELECT 1 SELECT 2"),
            ("SELECT \"a\"", "SELECT \"A\""),
        ] {
            assert_ne!(normal_form(one), normal_form(other));
        }
    }

    #[test]
    fn names_of_a_schema_are_compared_without_quotes_where_they_need_none() {
        let bare = schema_form("CREATE TABLE a (b TEXT DEFAULT 'x', [c d])");
        for same in
            ["CREATE TABLE \"a\" (\"b\" TEXT DEFAULT 'x', [c d])", "CREATE TABLE `a`([b] TEXT DEFAULT 'x',[c d])"]
        {
            assert_eq!(schema_form(same), bare);
        }
        assert_ne!(schema_form("CREATE TABLE a (b TEXT DEFAULT 'x', \"c e\")"), bare);
    }

    #[test]
    fn a_trigger_keeps_its_inner_semicolons() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;";
        assert_eq!(normal_form(trigger), "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;SELECT 2;END");
    }

    proptest! {
        #[test]
        fn white_space_and_comments_between_tokens_make_no_difference(
            words in proptest::collection::vec("[a-z]{1,4}|'[a -]{0,4}'|[(),+=]", 1..12),
            gap in "( |\n|\t|\r\n|/\\* c \\*/|-- c\n){1,3}",
        ) {
            prop_assert_eq!(normal_form(&words.join(" ")), normal_form(&words.join(&gap)));
        }
    }
}
