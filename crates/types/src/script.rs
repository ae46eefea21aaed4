//! Templates with a name in JavaScript and TypeScript. Only as much of the language is read as tells what is code.

use wheatear_core::SourceFile;

use crate::named_query::{Place, reason_against};
use crate::template::Text;
use crate::{NamedQuery, QueryFault, QueryForm};

/// How deep templates may be within templates.
const MOST_DEPTH: usize = 64;

/// Words behind which a `/` begins a regular expression.
const BEFORE_VALUES: [&str; 14] = [
    "await",
    "case",
    "delete",
    "do",
    "else",
    "in",
    "instanceof",
    "new",
    "of",
    "return",
    "throw",
    "typeof",
    "void",
    "yield",
];

/// The templates with a name in a part of a file.
pub(crate) fn queries_of_script(file: &SourceFile, start: usize, end: usize) -> Result<Vec<NamedQuery>, QueryFault> {
    let text = file.text.get(start..end).unwrap_or_default();
    let knows_sql =
        ["'wheatear'", "\"wheatear\"", "'wheatear/lean'", "\"wheatear/lean\""].iter().any(|name| text.contains(name));
    let mut scanner =
        Scanner { file, text: &file.text[..end], at: start, found: Vec::new(), trail: Vec::new(), knows_sql };
    scanner.code(0)?;
    Ok(scanner.found)
}

/// What stood before, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'s> {
    Word(&'s str),
    Dot,
    /// The end of a value, such as of a string or behind a bracket.
    Value,
    /// An operator or an opening bracket.
    Operator(u8),
}

struct Scanner<'s> {
    file: &'s SourceFile,
    /// The file up to the end of the script.
    text: &'s str,
    at: usize,
    found: Vec<NamedQuery>,
    trail: Vec<Token<'s>>,
    /// Whether `sql` may be Wheatear's.
    knows_sql: bool,
}

impl<'s> Scanner<'s> {
    /// Reads code up to the end, or up to the brace that ends an expression in a template. Whether it makes fragments of SQL.
    fn code(&mut self, depth: usize) -> Result<bool, QueryFault> {
        if depth > MOST_DEPTH {
            return Err(self.fault(self.at, "templates are nested too deeply here to be read"));
        }
        let (mut braces, mut has_fragment) = (0_usize, false);
        while let Some(byte) = self.byte(0) {
            match byte {
                b'/' if self.byte(1) == Some(b'/') => self.skip_to("\n", 0),
                b'/' if self.byte(1) == Some(b'*') => self.skip_to("*/", 2),
                b'/' if self.is_regex() => self.regex(),
                b'\'' | b'"' => self.string(byte),
                b'`' => {
                    let name = self.tagged();
                    has_fragment |= name.is_some() || matches!(self.trail.last(), Some(Token::Word("sql")));
                    self.template(name, depth)?;
                    self.push(Token::Value);
                }
                b'<' if self.tagged().is_some() => self.type_arguments(),
                b'{' => {
                    braces += 1;
                    self.operator(byte);
                }
                b'}' if braces == 0 && depth > 0 => return Ok(has_fragment),
                b'}' | b')' | b']' => {
                    braces = braces.saturating_sub(usize::from(byte == b'}'));
                    self.at += 1;
                    self.push(Token::Value);
                }
                b'(' => {
                    let of_fragment = matches!(self.trail[..], [.., Token::Word("sql"), Token::Dot, Token::Word("id")]);
                    has_fragment |= of_fragment;
                    self.operator(byte);
                }
                b'.' => {
                    self.at += 1;
                    self.push(Token::Dot);
                }
                byte if byte.is_ascii_whitespace() => self.at += 1,
                byte if is_word(byte) => {
                    let rest = &self.text[self.at..];
                    let length = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
                    self.push(Token::Word(&rest[..length]));
                    self.at += length;
                }
                _ => self.operator(byte),
            }
        }
        Ok(has_fragment)
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn push(&mut self, token: Token<'s>) {
        if self.trail.len() > 8 {
            self.trail.drain(..4);
        }
        self.trail.push(token);
    }

    fn operator(&mut self, byte: u8) {
        self.at += 1;
        self.push(Token::Operator(byte));
    }

    /// Goes behind what ends something, `from` bytes ahead of here at the earliest; without an end, to that of the script.
    fn skip_to(&mut self, end: &str, from: usize) {
        let start = self.at + from;
        self.at = self
            .text
            .get(start..)
            .and_then(|rest| rest.find(end))
            .map_or(self.text.len(), |found| start + found + end.len());
    }

    /// Goes behind a string. It ends with its line at the latest: an apostrophe may be one in the text of JSX.
    fn string(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.byte(0).filter(|byte| *byte != b'\n') {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == quote {
                break;
            }
        }
        self.align();
        self.push(Token::Value);
    }

    /// Behind a backslash there may be a character of several bytes.
    fn align(&mut self) {
        self.at = self.at.min(self.text.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// Whether the `/` here begins a regular expression, by what stands before it.
    fn is_regex(&self) -> bool {
        match self.trail.last() {
            None => true,
            Some(Token::Word(word)) => BEFORE_VALUES.contains(word),
            // `</div>` is JSX.
            Some(Token::Operator(operator)) => *operator != b'<',
            Some(Token::Value | Token::Dot) => false,
        }
    }

    /// Goes behind a regular expression, if it ends within its line.
    fn regex(&mut self) {
        let (mut in_class, mut length) = (false, 1);
        loop {
            match self.byte(length) {
                None | Some(b'\n') => return self.operator(b'/'),
                Some(b'\\') => length += 1,
                Some(b'[') => in_class = true,
                Some(b']') => in_class = false,
                Some(b'/') if !in_class => break,
                Some(_) => {}
            }
            length += 1;
        }
        self.at += length + 1;
        self.align();
        self.push(Token::Value);
    }

    /// The name that a template has here, if it is one of `db.sql`, or of `sql` where that is Wheatear's.
    fn tagged(&self) -> Option<&'s str> {
        match self.trail[..] {
            [.., Token::Dot, Token::Word("sql"), Token::Dot, Token::Word(name)] => Some(name),
            [.., Token::Word("sql"), Token::Dot, Token::Word(name)] if self.knows_sql => Some(name),
            _ => None,
        }
    }

    /// Goes behind type arguments, if a template follows; what they are, types say.
    fn type_arguments(&mut self) {
        let mut depth = 0_usize;
        for (length, byte) in self.text.as_bytes()[self.at..].iter().enumerate() {
            match byte {
                b'<' => depth += 1,
                b'>' if self.text.as_bytes()[self.at + length - 1] != b'=' => depth -= 1,
                b'`' => break,
                _ => {}
            }
            if depth == 0 {
                let behind = self.at + length + 1;
                if self.text[behind..].trim_start().starts_with('`') {
                    self.at = behind;
                    return;
                }
                break;
            }
        }
        self.operator(b'<');
    }

    /// Reads a template, and keeps it if it has a name.
    fn template(&mut self, name: Option<&'s str>, depth: usize) -> Result<(), QueryFault> {
        let begun = self.at;
        if let Some(reason) = name.and_then(reason_against) {
            return Err(self.fault(begun, reason));
        }
        self.at += 1;
        let mut sql = Text::default();
        sql.goes_on_at(self.place());
        loop {
            match self.byte(0) {
                None if name.is_some() => return Err(self.fault(begun, "this template does not end")),
                None => return Ok(()),
                Some(b'`') => break,
                Some(b'$') if self.byte(1) == Some(b'{') => {
                    let value = self.at;
                    self.at += 2;
                    let trail = std::mem::take(&mut self.trail);
                    let has_fragment = self.code(depth + 1)?;
                    self.trail = trail;
                    if let Some(name) = name.filter(|_| has_fragment) {
                        let message = format!(
                            "{name} has a fragment of SQL in it, so that it is not known before it runs and cannot be checked; \
                             write it out, or leave the name away: db.sql`…`"
                        );
                        return Err(self.fault(value, message));
                    }
                    self.at += 1;
                    sql.value();
                    sql.goes_on_at(self.place());
                }
                Some(b'\\') => {
                    let Some((character, length)) = escape(&self.text[self.at..]) else {
                        if name.is_some() {
                            return Err(self.fault(self.at, "this \\ begins nothing in JavaScript; write \\\\"));
                        }
                        self.at += 2;
                        self.align();
                        continue;
                    };
                    self.at += length;
                    sql.push(&character.map(String::from).unwrap_or_default());
                    sql.goes_on_at(self.place());
                }
                Some(_) => {
                    let rest = &self.text[self.at..];
                    let length =
                        rest.find(['`', '$', '\\']).unwrap_or(rest.len()).max(usize::from(rest.starts_with('$')));
                    sql.push(&rest[..length].replace("\r\n", "\n"));
                    self.at += length;
                }
            }
        }
        self.at += 1;
        if let Some(name) = name {
            let (sql, places) = sql.read();
            let line = places.first().map_or(1, |place| place.line);
            let file = self.file.path.clone();
            self.found.push(NamedQuery { name: name.to_owned(), sql, file, line, form: QueryForm::Template, places });
        }
        Ok(())
    }

    /// Where in the file this is.
    fn place(&self) -> Place {
        place_in(self.text, self.at)
    }

    fn fault(&self, at: usize, message: impl Into<String>) -> QueryFault {
        let Place { line, column, .. } = place_in(self.text, at);
        QueryFault { file: self.file.path.clone(), line, column, query: None, message: message.into(), excerpt: None }
    }
}

fn place_in(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Place { offset: 0, line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1 }
}

/// Whether a byte belongs to a name or number; all of a character outside of ASCII does.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || !byte.is_ascii()
}

/// What an escape at the start of a text stands for, if for any character, and its length.
///
/// Source: <https://tc39.es/ecma262/#prod-TemplateEscapeSequence>
fn escape(text: &str) -> Option<(Option<char>, usize)> {
    let code =
        |digits: &str, length: usize| Some((Some(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?), length));
    let escaped = text[1..].chars().next()?;
    let plain = |character| Some((Some(character), 1 + escaped.len_utf8()));
    match escaped {
        'n' => plain('\n'),
        't' => plain('\t'),
        'r' => plain('\r'),
        'b' => plain('\u{8}'),
        'f' => plain('\u{c}'),
        'v' => plain('\u{b}'),
        '0' if !text[2..].starts_with(|c: char| c.is_ascii_digit()) => plain('\0'),
        '0'..='9' => None,
        'x' => code(text.get(2..4)?, 4),
        'u' if text[2..].starts_with('{') => {
            let digits = text[3..].split_once('}')?.0;
            code(digits, digits.len() + 4)
        }
        'u' => code(text.get(2..6)?, 6),
        '\n' => Some((None, 2)),
        '\r' => Some((None, if text[2..].starts_with('\n') { 3 } else { 2 })),
        other => plain(other),
    }
}
