//! Splits SQL into tokens, as far as is needed to find the ends of statements and to compare texts.

use crate::sql_text::next_token;

/// A piece of SQL text that is neither white space nor comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'sql> {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: usize,
    /// As it stands.
    pub text: &'sql str,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// A keyword, a bare name, a number.
    Word,
    /// A string or a quoted name. One with a doubled quote inside is two of these, side by side.
    Quoted,
    /// One character of an operator, a bracket, a comma.
    Other,
}

impl Token<'_> {
    /// Offset behind its last byte.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether this is a bare word, in upper or lower case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether the space between this and another such token can mean something: `x'00'` is a blob,
    /// `x '00'` is a column with an alias.
    pub fn is_separable(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Dot)
    }
}

/// The tokens of `sql`; white space and comments are left out.
///
/// Source: <https://www.sqlite.org/src/file/src/tokenize.c>
pub fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = next_token(sql, at);
        let rest = &sql[start..];
        let (length, kind) = match *rest.as_bytes().first()? {
            b';' => (1, TokenKind::Semicolon),
            b'.' => (1, TokenKind::Dot),
            quote @ (b'\'' | b'"' | b'`') => (quoted_length(rest, quote), TokenKind::Quoted),
            b'[' => (quoted_length(rest, b']'), TokenKind::Quoted),
            first if is_word(first) => {
                (rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len()), TokenKind::Word)
            }
            _ => (1, TokenKind::Other),
        };
        at = start + length;
        Some(Token { kind, start, text: &rest[..length] })
    })
}

/// Whether a byte belongs to a word: all of a character outside of ASCII does.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii()
}

/// Length of a quoted piece at the start of `text`, both quotes included; without an end, all of it.
fn quoted_length(text: &str, end: u8) -> usize {
    text[1..].find(char::from(end)).map_or(text.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        tokens(sql).map(|token| token.text).collect()
    }

    #[test]
    fn quotes_of_every_kind_hold_their_content_together() {
        assert_eq!(
            texts("a.\"b;\" /* c */ [d e]`f`'it''s' -- g\n<= 1.5"),
            ["a", ".", "\"b;\"", "[d e]", "`f`", "'it'", "'s'", "<", "=", "1", ".", "5"]
        );
        assert_eq!(texts("'no end"), ["'no end"]);
    }

    proptest! {
        #[test]
        fn tokens_follow_each_other_and_are_never_empty(sql in "[-/*;'\"\\[\\]` \n.a1ß]{0,40}") {
            let mut end = 0;
            for token in tokens(&sql) {
                prop_assert!(token.start >= end && !token.text.is_empty());
                prop_assert_eq!(&sql[token.start..token.end()], token.text);
                end = token.end();
            }
        }
    }
}
