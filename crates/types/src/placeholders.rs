//! Where the parameters of a statement stand in its text.

use rusqlite::Connection;
use wheatear_core::tokens::{Token, TokenKind, tokens};

use crate::compiled::compile;
use crate::described::Parameter;

/// A part of a statement's text.
pub(crate) enum Piece<'sql> {
    Text(&'sql str),
    /// Its number, counted from 0.
    Parameter(usize),
}

/// The text of a statement, cut at its parameters; `None` if SQLite sees others than are found here.
///
/// Source: <https://www.sqlite.org/lang_expr.html#varparam>
pub(crate) fn pieces<'sql>(
    connection: &Connection,
    sql: &'sql str,
    parameters: &[Parameter],
) -> Option<Vec<Piece<'sql>>> {
    let tokens: Vec<Token<'_>> = tokens(sql).collect();
    let (mut pieces, mut plain, mut end) = (Vec::new(), String::new(), 0);
    // The largest number so far: `?` is the next one.
    let mut largest = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.start < end {
            continue;
        }
        let word = tokens.get(at + 1).filter(|word| word.kind == TokenKind::Word && word.start == token.end());
        let stop = match (token.text, word) {
            (":" | "@", Some(word)) => word.end(),
            ("?", Some(word)) if word.text.bytes().all(|byte| byte.is_ascii_digit()) => word.end(),
            ("?", _) => token.end(),
            (text, _) if token.kind == TokenKind::Word && text.starts_with('$') => token.end(),
            _ => continue,
        };
        let name = &sql[token.start..stop];
        let index = match name {
            "?" => largest,
            name => parameters.iter().position(|parameter| parameter.name.as_deref() == Some(name))?,
        };
        largest = largest.max(index + 1);
        pieces.extend([Piece::Text(&sql[end..token.start]), Piece::Parameter(index)]);
        plain += &sql[end..token.start];
        plain += "?";
        end = stop;
    }
    pieces.push(Piece::Text(&sql[end..]));
    plain += &sql[end..];
    let found = pieces.iter().filter(|piece| matches!(piece, Piece::Parameter(_))).count();
    let compiled = compile(connection, &plain).ok()?;
    (compiled.parameters.len() == found && compiled.parameters.iter().all(Option::is_none)).then_some(pieces)
}
