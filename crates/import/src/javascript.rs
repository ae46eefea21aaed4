//! Pieces of a file in JavaScript or TypeScript. Regular expressions are not told from division: where only SQL is read, they
//! are refused either way.
//!
//! Source: <https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar>

use std::iter::Peekable;
use std::str::Chars;

use crate::literals::{Kind, Token, character};

pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: source.chars().peekable(), line: 1, tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'source> {
    rest: Peekable<Chars<'source>>,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn step(&mut self) -> bool {
        let line = self.line;
        let Some(first) = self.next() else { return false };
        let kind = match first {
            '/' if self.rest.peek() == Some(&'/') => {
                while self.rest.next_if(|c| *c != '\n').is_some() {}
                return true;
            }
            '/' if self.rest.peek() == Some(&'*') => {
                self.next();
                let mut last = ' ';
                while let Some(next) = self.next().filter(|next| last != '*' || *next != '/') {
                    last = next;
                }
                return true;
            }
            '"' | '\'' | '`' => self.string(first),
            c if c.is_alphanumeric() || matches!(c, '_' | '$') => {
                let mut word = String::from(c);
                while let Some(c) = self.rest.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) {
                    word.push(c);
                }
                Kind::Word(word)
            }
            c if c.is_whitespace() => return true,
            c => Kind::Other(c),
        };
        self.tokens.push(Token { kind, line });
        true
    }

    /// What stands behind the first quote.
    fn string(&mut self, quote: char) -> Kind {
        let mut text = String::new();
        let mut has_values = false;
        loop {
            match self.next() {
                None => return Kind::Unknown("a string without an end"),
                Some(end) if end == quote => break,
                Some('\\') => self.escape(&mut text),
                Some('$') if quote == '`' && self.rest.peek() == Some(&'{') => {
                    has_values = true;
                    text.push('$');
                }
                Some(c) => text.push(c),
            }
        }
        if has_values {
            Kind::Unknown("a template with `${…}`, whose value is known when it runs,")
        } else {
            Kind::Text(text)
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self, text: &mut String) {
        let Some(next) = self.next() else { return };
        match next {
            '\n' => {}
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'v' => text.push('\u{b}'),
            'x' => self.digits(2, text),
            'u' if self.rest.next_if_eq(&'{').is_some() => {
                self.digits(6, text);
                self.rest.next_if_eq(&'}');
            }
            'u' => self.digits(4, text),
            other => text.push(other),
        }
    }

    fn digits(&mut self, most: usize, text: &mut String) {
        let digits: String = (0..most).map_while(|_| self.rest.next_if(char::is_ascii_hexdigit)).collect();
        text.extend(character(&digits));
    }
}
