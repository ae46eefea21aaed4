//! Pieces of a Python file.
//!
//! Source: <https://docs.python.org/3/reference/lexical_analysis.html>

use crate::characters::Characters;
use crate::literals::{Kind, Token};

pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: Characters::of(source), depth: 0, tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'source> {
    rest: Characters<'source>,
    /// How many brackets are open: in them the end of a line is blank space.
    depth: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn push(&mut self, kind: Kind, line: usize) {
        self.tokens.push(Token { kind, line });
    }

    fn step(&mut self) -> bool {
        let line = self.rest.line;
        let Some(first) = self.rest.next() else { return false };
        match first {
            '\n' if self.depth == 0 => {
                if self.tokens.last().is_some_and(|token| token.kind != Kind::LineEnd) {
                    self.push(Kind::LineEnd, line);
                }
            }
            '#' => self.rest.skip_line(),
            '\\' if self.rest.peek() == Some('\n') => {
                self.rest.next();
            }
            '"' | '\'' => self.string(first, "", line),
            c if c.is_alphanumeric() || c == '_' => {
                let word = self.rest.word(c, &['_']);
                let prefix = word.to_ascii_lowercase();
                match self.rest.peek() {
                    Some(quote @ ('"' | '\''))
                        if matches!(&*prefix, "r" | "u" | "b" | "f" | "br" | "rb" | "fr" | "rf") =>
                    {
                        self.rest.next();
                        self.string(quote, &prefix, line);
                    }
                    _ => self.push(Kind::Word(word), line),
                }
            }
            c if c.is_whitespace() => {}
            c => {
                match c {
                    '(' | '[' | '{' => self.depth += 1,
                    ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.push(Kind::Other(c), line);
            }
        }
        true
    }

    /// What stands behind the first quote.
    fn string(&mut self, quote: char, prefix: &str, line: usize) {
        let mut is_long = false;
        if self.rest.next_if(|c| c == quote).is_some() {
            if self.rest.next_if(|c| c == quote).is_none() {
                return self.push(Kind::Text(String::new()), line);
            }
            is_long = true;
        }
        let mut text = String::new();
        let mut quotes = 0;
        loop {
            let Some(next) = self.rest.next() else {
                return self.push(Kind::Unknown("a string without an end"), line);
            };
            if next == quote {
                quotes += 1;
                text.push(next);
                if quotes == if is_long { 3 } else { 1 } {
                    text.truncate(text.len() - quotes);
                    break;
                }
                continue;
            }
            quotes = 0;
            match next {
                '\\' if prefix.contains('r') => {
                    text.push('\\');
                    // A quote behind it does not end the string.
                    text.extend(self.rest.next());
                }
                '\\' => self.escape(&mut text),
                c => text.push(c),
            }
        }
        let kind = match () {
            () if prefix.contains('f') && text.contains('{') => {
                Kind::Unknown("an f-string, whose values are known when it runs,")
            }
            () if prefix.contains('b') => Kind::Unknown("a string of bytes"),
            () => Kind::Text(text),
        };
        self.push(kind, line);
    }

    /// What stands behind a backslash.
    fn escape(&mut self, text: &mut String) {
        let Some(next) = self.rest.next() else { return };
        let digits = match next {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        match next {
            '\n' => {}
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '\\' | '\'' | '"' => text.push(next),
            _ if digits > 0 => text.extend(self.rest.escaped(digits)),
            // Python leaves what it does not know as it is.
            _ => text.extend(['\\', next]),
        }
    }
}
