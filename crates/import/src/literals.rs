//! Pieces of a program's source, of which only strings are of interest here.

use wheatear_core::tokens::{TokenKind, tokens};

use crate::error::ImportError;
use crate::found::Piece;
use crate::input::Input;

/// A piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, a name, a number.
    Word(String),
    /// What a string says.
    Text(String),
    /// A string whose content is known only when the program runs: why.
    Unknown(&'static str),
    /// Any other character.
    Other(char),
    /// The end of a line that ends a statement.
    LineEnd,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub kind: Kind,
    /// Counted from 1.
    pub line: usize,
}

/// A string, and the line on which it begins.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub text: String,
    pub line: usize,
}

/// So many expressions may be one in the other: each takes a part of the stack.
const MOST_DEPTH: usize = 64;

/// Reads one piece after the other.
pub(crate) struct Reader<'input> {
    pub input: &'input Input,
    tokens: Vec<Token>,
    at: usize,
    /// How many expressions are open, one in the other.
    depth: usize,
    /// What the error says of anything that is not expected.
    help: &'static str,
}

impl<'input> Reader<'input> {
    pub fn new(input: &'input Input, tokens: Vec<Token>, help: &'static str) -> Self {
        Self { input, tokens, at: 0, depth: 0, help }
    }

    pub fn peek(&self) -> Option<&Kind> {
        self.peek_at(0)
    }

    pub fn peek_at(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    pub fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Passes over this character, if it is next.
    pub fn eat(&mut self, character: char) -> bool {
        self.eat_kind(&Kind::Other(character))
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Kind::Word(next)) if next == word);
        self.at += usize::from(is_it);
        is_it
    }

    pub fn eat_kind(&mut self, kind: &Kind) -> bool {
        let is_it = self.peek() == Some(kind);
        self.at += usize::from(is_it);
        is_it
    }

    pub fn word(&mut self) -> Result<String, ImportError> {
        match self.peek() {
            Some(Kind::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.refused()),
        }
    }

    pub fn expect(&mut self, character: char) -> Result<(), ImportError> {
        if self.eat(character) { Ok(()) } else { Err(self.refused()) }
    }

    /// Passes over everything up to this character, and over it; brackets are passed over with what is in them.
    pub fn skip_past(&mut self, end: char) -> Result<(), ImportError> {
        let mut depth = 0_usize;
        let start = self.at;
        while let Some(token) = self.take() {
            match token.kind {
                Kind::Other(c) if c == end && depth == 0 => return Ok(()),
                Kind::Other('(' | '[' | '{') => depth += 1,
                Kind::Other(')' | ']' | '}') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        self.at = start;
        Err(self.refused())
    }

    /// Whether this piece was the last one taken.
    pub fn is_behind(&self, kind: &Kind) -> bool {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.kind == *kind)
    }

    /// Goes into an expression inside of another; nobody writes so many that this refuses.
    pub fn enter(&mut self) -> Result<(), ImportError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH { Err(self.refused()) } else { Ok(()) }
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    pub fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |token| token.line)
    }

    /// The next piece is not what can be read.
    pub fn refused(&self) -> ImportError {
        let what = match self.peek() {
            Some(Kind::Word(word)) => format!("`{word}`"),
            Some(Kind::Other(character)) => format!("`{character}`"),
            Some(Kind::Unknown(why)) => (*why).to_owned(),
            Some(Kind::Text(_)) => "a string".to_owned(),
            Some(Kind::LineEnd) => "the end of the line".to_owned(),
            None => "the end of the file".to_owned(),
        };
        self.error(self.line(), format!("{what} cannot be read here: {}", self.help))
    }

    pub fn error(&self, line: usize, message: impl Into<String>) -> ImportError {
        self.input.error(line, message)
    }
}

/// One script of several texts, each with a semicolon behind.
pub(crate) fn script(input: &Input, texts: &[Text]) -> Option<Piece> {
    let line = texts.first()?.line;
    let sql = texts.iter().map(|text| ended(&text.text)).collect();
    Some(Piece { file: input.path.clone(), line, sql })
}

fn ended(sql: &str) -> String {
    let sql = sql.trim();
    let last = tokens(sql).last();
    match last {
        Some(last) if last.kind == TokenKind::Semicolon => format!("{sql}\n"),
        Some(last) if last.end() == sql.len() => format!("{sql};\n"),
        // Behind a comment.
        Some(_) => format!("{sql}\n;\n"),
        None => format!("{sql}\n"),
    }
}

/// What a number of hexadecimal digits stands for.
pub(crate) fn character(digits: &str) -> Option<char> {
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}
