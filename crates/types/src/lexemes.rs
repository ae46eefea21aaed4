//! SQL in the pieces that a formatter writes: names, literals and operators in one piece each.

use wheatear_core::tokens::{Token, TokenKind, tokens};

/// A piece of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lexeme<'sql> {
    pub kind: Kind,
    pub text: &'sql str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// In `"`, `` ` `` or `[`; in `"` it may be a string nevertheless.
    Name,
    /// A string, a blob, a number.
    Literal,
    Operator,
    Open,
    Close,
    Comma,
    Semicolon,
    Dot,
}

impl Lexeme<'_> {
    /// Whether this is a bare word, in upper or lower case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

/// Operators of more than one character, the longest first.
const OPERATORS: [&str; 10] = ["->>", "->", "||", "<=", "<>", "<<", ">=", ">>", "==", "!="];

/// The pieces of `sql`, comments left out.
pub(crate) fn lexemes(sql: &str) -> Vec<Lexeme<'_>> {
    let tokens: Vec<Token<'_>> = tokens(sql).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(first) = tokens.get(at) {
        let (kind, count) = piece(&tokens[at..], sql);
        let end = tokens[at + count - 1].end();
        found.push(Lexeme { kind, text: &sql[first.start..end] });
        at += count;
    }
    found
}

/// What the piece is that begins here, and how many tokens it has: one at least.
fn piece(tokens: &[Token<'_>], sql: &str) -> (Kind, usize) {
    let first = tokens[0];
    let touching = |count: usize| tokens.get(count).filter(|next| next.start == tokens[count - 1].end());
    let quoted = |start: usize, quote: char| {
        let mut count = start + 1;
        while touching(count).is_some_and(|next| next.kind == TokenKind::Quoted && next.text.starts_with(quote)) {
            count += 1;
        }
        count
    };
    match first.kind {
        TokenKind::Semicolon => (Kind::Semicolon, 1),
        TokenKind::Quoted if first.text.starts_with('\'') => (Kind::Literal, quoted(0, '\'')),
        TokenKind::Quoted => (Kind::Name, quoted(0, first.text.chars().next().unwrap_or('"'))),
        TokenKind::Word
            if first.text.eq_ignore_ascii_case("x") && touching(1).is_some_and(|next| next.text.starts_with('\'')) =>
        {
            (Kind::Literal, quoted(1, '\''))
        }
        TokenKind::Word if first.text.starts_with(|c: char| c.is_ascii_digit()) => (Kind::Literal, number(tokens)),
        TokenKind::Dot if touching(1).is_some_and(|next| next.text.starts_with(|c: char| c.is_ascii_digit())) => {
            (Kind::Literal, number(tokens))
        }
        TokenKind::Word => (Kind::Word, 1),
        TokenKind::Dot => (Kind::Dot, 1),
        TokenKind::Other => match first.text {
            "(" => (Kind::Open, 1),
            ")" => (Kind::Close, 1),
            "," => (Kind::Comma, 1),
            _ => {
                let rest = &sql[first.start..];
                (
                    Kind::Operator,
                    OPERATORS.iter().find(|operator| rest.starts_with(**operator)).map_or(1, |found| found.len()),
                )
            }
        },
    }
}

/// How many tokens a number has, such as `1.5e-3`.
fn number(tokens: &[Token<'_>]) -> usize {
    let mut count = 1;
    while let Some(next) = tokens.get(count).filter(|next| next.start == tokens[count - 1].end()) {
        let before = tokens[count - 1].text.to_ascii_lowercase();
        let is_signed = before.ends_with('e') && !before.starts_with("0x") && matches!(next.text, "+" | "-");
        if !is_signed && !matches!(next.kind, TokenKind::Dot | TokenKind::Word) {
            break;
        }
        count += 1;
    }
    count
}
