//! What statements say about tables, told without SQLite: which one is changed, and how.

use std::collections::BTreeSet;
use std::iter::Peekable;

use crate::sql_text::next_statement;
use crate::tokens::{Token, TokenKind, tokens};

/// `ALTER TABLE table ADD COLUMN definition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedColumn<'sql> {
    /// The table, in lower case.
    pub table: String,
    /// The name of the column and all that is said about it.
    pub definition: &'sql str,
}

impl<'sql> AddedColumn<'sql> {
    /// Reads the statement, if it is one of these.
    pub fn parse(statement: &'sql str) -> Option<Self> {
        let mut tokens = words_of(statement);
        let table = altered(&mut tokens)?;
        tokens.next_if(|token| token.is_word("ADD"))?;
        tokens.next_if(|token| token.is_word("COLUMN"));
        let first = *tokens.peek()?;
        // Newer versions of SQLite can add a constraint as well.
        let is_constraint = ["CONSTRAINT", "CHECK"].iter().any(|word| first.is_word(word));
        let end = statement.trim_end().trim_end_matches(';').len();
        let definition = statement.get(first.start..end)?;
        (!is_constraint).then_some(Self { table, definition })
    }

    /// Whether the value is computed from other columns and must be there.
    pub fn is_generated_not_null(&self) -> bool {
        let has = |word| tokens(self.definition).any(|token| token.is_word(word));
        has("AS") && has("NOT") && has("NULL")
    }
}

/// The table, view or trigger that a statement changes or drops, in lower case.
pub fn altered_or_dropped(statement: &str) -> Option<String> {
    let mut tokens = words_of(statement);
    if let Some(table) = altered(&mut tokens) {
        return Some(table);
    }
    tokens.next_if(|token| token.is_word("DROP"))?;
    tokens.next_if(|token| token.is_word("TABLE") || token.is_word("VIEW"))?;
    if tokens.next_if(|token| token.is_word("IF")).is_some() {
        tokens.next_if(|token| token.is_word("EXISTS"));
    }
    qualified_name(&mut tokens)
}

/// The table and the columns that an `INSERT INTO table (columns) SELECT` names, in lower case.
pub fn copied_columns(statement: &str) -> Option<(String, Vec<String>)> {
    let mut tokens = words_of(statement);
    tokens.next_if(|token| token.is_word("INSERT") || token.is_word("REPLACE"))?;
    if tokens.next_if(|token| token.is_word("OR")).is_some() {
        tokens.next();
    }
    tokens.next_if(|token| token.is_word("INTO"))?;
    let table = qualified_name(&mut tokens)?;
    if tokens.next_if(|token| token.is_word("AS")).is_some() {
        name(&mut tokens)?;
    }
    tokens.next_if(|token| token.text == "(")?;
    let mut columns = vec![name(&mut tokens)?];
    while tokens.next_if(|token| token.text == ",").is_some() {
        columns.push(name(&mut tokens)?);
    }
    tokens.next_if(|token| token.text == ")")?;
    let is_copy = tokens.next().is_some_and(|token| token.is_word("SELECT") || token.is_word("WITH"));
    is_copy.then_some((table, columns))
}

/// What a trigger waits for: `INSERT`, `UPDATE` or `DELETE`, told by the statement that creates it.
pub fn trigger_event(create: &str) -> Option<&'static str> {
    let mut tokens = words_of(create);
    tokens.next_if(|token| token.is_word("CREATE"))?;
    tokens.next_if(|token| token.is_word("TEMP") || token.is_word("TEMPORARY"));
    tokens.next_if(|token| token.is_word("TRIGGER"))?;
    if tokens.next_if(|token| token.is_word("IF")).is_some() {
        tokens.nth(1);
    }
    qualified_name(&mut tokens)?;
    while tokens.next_if(|token| ["BEFORE", "AFTER", "INSTEAD", "OF"].iter().any(|word| token.is_word(word))).is_some()
    {
    }
    let event = tokens.next()?;
    ["INSERT", "UPDATE", "DELETE"].into_iter().find(|word| event.is_word(word))
}

/// Every word and quoted name of a text, in lower case: a name that is not among them is not meant.
pub fn mentioned_names(sql: &str) -> BTreeSet<String> {
    let mut tokens = tokens(sql).peekable();
    let mut names = BTreeSet::new();
    while tokens.peek().is_some() {
        match name(&mut tokens) {
            Some(name) => drop(names.insert(name)),
            None => drop(tokens.next()),
        }
    }
    names
}

/// The strings and numbers that stand in a text, as they are written but without quotes.
pub fn literals(sql: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut end = 0;
    for token in tokens(sql) {
        let is_string = token.kind == TokenKind::Quoted && token.text.starts_with('\'');
        let is_number = token.kind == TokenKind::Word && token.text.starts_with(|first: char| first.is_ascii_digit());
        if is_string {
            let inner = token.text.get(1..token.text.len().saturating_sub(1)).unwrap_or_default();
            // A doubled quote comes in two pieces that touch.
            match found.last_mut() {
                Some(last) if token.start == end => {
                    last.push('\'');
                    last.push_str(inner);
                }
                _ => found.push(inner.to_owned()),
            }
            end = token.end();
        } else if is_number {
            found.push(token.text.to_owned());
        }
    }
    found
}

fn words_of(statement: &str) -> Peekable<impl Iterator<Item = Token<'_>>> {
    let start = next_statement(statement, 0);
    tokens(&statement[start..]).map(move |token| Token { start: token.start + start, ..token }).peekable()
}

/// The table of an `ALTER TABLE`.
fn altered<'sql>(tokens: &mut Peekable<impl Iterator<Item = Token<'sql>>>) -> Option<String> {
    tokens.next_if(|token| token.is_word("ALTER"))?;
    tokens.next_if(|token| token.is_word("TABLE"))?;
    qualified_name(tokens)
}

/// A name behind that of its schema, or alone.
fn qualified_name<'sql>(tokens: &mut Peekable<impl Iterator<Item = Token<'sql>>>) -> Option<String> {
    let first = name(tokens)?;
    match tokens.next_if(|token| token.kind == TokenKind::Dot) {
        Some(_) => name(tokens),
        None => Some(first),
    }
}

/// A bare or quoted name, in lower case and without its quotes.
fn name<'sql>(tokens: &mut Peekable<impl Iterator<Item = Token<'sql>>>) -> Option<String> {
    let first = tokens.next_if(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))?;
    if first.kind == TokenKind::Word {
        return Some(first.text.to_ascii_lowercase());
    }
    // One with doubled quotes in it comes in pieces that touch.
    let quote = first.text.chars().last().unwrap_or_default();
    let inner = |text: &str| text.get(1..text.len().saturating_sub(1)).unwrap_or_default().to_ascii_lowercase();
    let (mut whole, mut end) = (inner(first.text), first.end());
    while let Some(piece) = tokens.next_if(|token| token.start == end && token.text.starts_with(quote)) {
        whole.push(quote);
        whole.push_str(&inner(piece.text));
        end = piece.end();
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_written_is_read_without_a_panic(
            words in prop::collection::vec("ALTER|TABLE|ADD|COLUMN|DROP|IF|EXISTS|INSERT|INTO|CREATE|TRIGGER|AS|[-\"'`\\[\\](),.; aß]{0,4}", 0..12)
        ) {
            let sql = words.join(" ");
            let added = AddedColumn::parse(&sql);
            prop_assert!(added.is_none_or(|added| sql.contains(added.definition)));
            altered_or_dropped(&sql);
            copied_columns(&sql);
            trigger_event(&sql);
            mentioned_names(&sql);
        }
    }

    #[test]
    fn strings_and_numbers_are_read_without_their_quotes() {
        assert_eq!(literals("CHECK (kind IN ('a', 'it''s', \"b\") AND n9 < 10 OR x = '')"), ["a", "it's", "10", ""]);
    }

    #[test]
    fn an_added_column_is_read_with_all_that_is_said_about_it() {
        for (statement, table, definition) in [
            ("ALTER TABLE a ADD COLUMN b TEXT NOT NULL;", "a", "b TEXT NOT NULL"),
            ("-- why\nalter table main.\"A \"\"x\"\"\" add b DEFAULT (1) ;", "a \"x\"", "b DEFAULT (1) "),
            ("ALTER TABLE [a b] ADD `COLUMN`", "a b", "`COLUMN`"),
        ] {
            let added = AddedColumn::parse(statement).expect(statement);
            assert_eq!((added.table.as_str(), added.definition), (table, definition));
        }
        for other in [
            "ALTER TABLE a RENAME TO b",
            "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)",
            "ALTER TABLE a ADD",
            "CREATE TABLE a (b)",
            "",
        ] {
            assert_eq!(AddedColumn::parse(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_changed_or_dropped_is_named() {
        for (statement, name) in [
            // SQLite knows upper and lower case of ASCII only.
            ("DROP TABLE ÄB", Some("Äb")),
            ("ALTER TABLE a RENAME TO b", Some("a")),
            ("DROP TABLE IF EXISTS main.\"B\";", Some("b")),
            ("/* x */ drop view c", Some("c")),
            ("DROP INDEX d", None),
            ("SELECT 'DROP TABLE e'", None),
        ] {
            assert_eq!(altered_or_dropped(statement).as_deref(), name, "{statement}");
        }
    }

    #[test]
    fn the_columns_of_a_copy_are_read() {
        let columns =
            |statement| copied_columns(statement).map(|(table, columns)| format!("{table}: {}", columns.join(" ")));
        assert_eq!(columns("INSERT INTO main.a AS x (b, \"C d\") SELECT 1, 2").as_deref(), Some("a: b c d"));
        assert_eq!(columns("INSERT OR ABORT INTO a (b) WITH x AS (SELECT 1) SELECT * FROM x").as_deref(), Some("a: b"));
        assert_eq!(columns("INSERT INTO a SELECT 1"), None);
        assert_eq!(columns("INSERT INTO a (b) VALUES (1)"), None);
    }

    #[test]
    fn what_a_trigger_waits_for_is_read() {
        for (create, event) in [
            ("CREATE TRIGGER \"insert\" AFTER DELETE ON a BEGIN SELECT 1; END", Some("DELETE")),
            (
                "create temp trigger if not exists main.b instead of update of c on d begin select 1; end",
                Some("UPDATE"),
            ),
            ("CREATE TRIGGER e INSERT ON f BEGIN SELECT 1; END", Some("INSERT")),
            ("CREATE TABLE g (h)", None),
        ] {
            assert_eq!(trigger_event(create), event, "{create}");
        }
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        let names = mentioned_names("SELECT \"A b\", [c] FROM main.d -- e\n WHERE f = 'G' AND x = \"i\"\"j\"");
        for name in ["a b", "c", "main", "d", "f", "g", "i\"j"] {
            assert!(names.contains(name), "{name} in {names:?}");
        }
        assert!(!names.contains("e"));
    }
}
