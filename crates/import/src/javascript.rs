//! Pieces of a file in JavaScript or TypeScript. Regular expressions are not told from division: where only SQL is read, they
//! are refused either way.
//!
//! Source: <https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar>

use crate::characters::Characters;
use crate::literals::{Kind, Token};

pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: Characters::of(source), tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'source> {
    rest: Characters<'source>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn step(&mut self) -> bool {
        let line = self.rest.line;
        let Some(first) = self.rest.next() else { return false };
        let kind = match first {
            '/' if self.rest.peek() == Some('/') => {
                self.rest.skip_line();
                return true;
            }
            '/' if self.rest.peek() == Some('*') => {
                self.rest.next();
                let mut last = ' ';
                while let Some(next) = self.rest.next().filter(|next| last != '*' || *next != '/') {
                    last = next;
                }
                return true;
            }
            '"' | '\'' | '`' => self.string(first),
            c if c.is_alphanumeric() || matches!(c, '_' | '$') => Kind::Word(self.rest.word(c, &['_', '$'])),
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
            match self.rest.next() {
                None => return Kind::Unknown("a string without an end"),
                Some(end) if end == quote => break,
                Some('\\') => self.escape(&mut text),
                Some('$') if quote == '`' && self.rest.peek() == Some('{') => {
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
        let Some(next) = self.rest.next() else { return };
        match next {
            '\n' => {}
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'v' => text.push('\u{b}'),
            'x' => text.extend(self.rest.escaped(2)),
            'u' if self.rest.next_if(|c| c == '{').is_some() => {
                text.extend(self.rest.escaped(6));
                self.rest.next_if(|c| c == '}');
            }
            'u' => text.extend(self.rest.escaped(4)),
            other => text.push(other),
        }
    }
}
