//! Writes a statement of a schema in one form, however it was written.

use std::collections::BTreeSet;

use rusqlite::{Connection, ffi};
use wheatear_core::SchemaObject;
use wheatear_sqlite::{CreatedObject, all_rows, lossy_text};

use crate::lexemes::{Kind, Lexeme, lexemes};

/// Words that can be no bare name, and are written in upper case.
///
/// Source: <https://www.sqlite.org/src/file/src/parse.y>, those without `%fallback`
const KEYWORDS: &[&str] = &[
    "ADD",
    "ALL",
    "ALTER",
    "AND",
    "AS",
    "AUTOINCREMENT",
    "BETWEEN",
    "CASE",
    "CHECK",
    "COLLATE",
    "CONSTRAINT",
    "CREATE",
    "DEFAULT",
    "DEFERRABLE",
    "DELETE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "ESCAPE",
    "EXISTS",
    "FOREIGN",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INDEX",
    "INSERT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "LIMIT",
    "NOT",
    "NOTHING",
    "NOTNULL",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "REFERENCES",
    "RETURNING",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "TO",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

/// Words that begin a new line in a view or trigger.
const CLAUSES: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "ORDER",
    "LIMIT",
    "UNION",
    "INTERSECT",
    "EXCEPT",
    "WINDOW",
    "SET",
    "VALUES",
    "RETURNING",
    "LEFT",
    "RIGHT",
    "FULL",
    "INNER",
    "CROSS",
    "NATURAL",
    "JOIN",
];

/// Words that stand before JOIN.
const KINDS_OF_JOIN: &[&str] = &["LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "OUTER"];

/// Words behind which a name stands, and no string.
const BEFORE_NAMES: &[&str] = &[
    "TABLE",
    "INDEX",
    "VIEW",
    "TRIGGER",
    "REFERENCES",
    "FROM",
    "JOIN",
    "INTO",
    "UPDATE",
    "AS",
    "CONSTRAINT",
    "COLLATE",
];

pub(crate) struct Formatter<'c> {
    connection: &'c Connection,
}

impl<'c> Formatter<'c> {
    pub fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// The statement that creates an object, with its semicolon.
    pub fn format(&self, object: &CreatedObject) -> rusqlite::Result<String> {
        let sql = object.sql.trim().trim_end_matches(';').trim_end();
        let formatted = match object.kind.as_str() {
            "table" if object.is_virtual_table() => self.virtual_table(sql),
            kind => {
                let columns =
                    if matches!(kind, "table" | "index") { self.columns_of(&object.table)? } else { BTreeSet::new() };
                let parts = self.parts(kind, &columns, &lexemes(sql));
                match kind {
                    "table" => table(&parts),
                    "trigger" => trigger(&parts),
                    "view" => clauses(&parts, ""),
                    _ => inline(&parts),
                }
            }
        };
        // What is read wrongly here must not become another schema.
        let checksum = |sql: &str| SchemaObject::new(String::new(), String::new(), sql).checksum;
        let is_same = checksum(&formatted) == checksum(sql);
        Ok(if is_same { formatted } else { sql.to_owned() } + ";")
    }

    /// The arguments of a module are its own: they stay as they are.
    fn virtual_table(&self, sql: &str) -> String {
        let pieces = lexemes(sql);
        let Some(using) = pieces.iter().position(|piece| piece.is_word("USING")) else { return sql.to_owned() };
        let head = inline(&self.parts("table", &BTreeSet::new(), &pieces[..using]));
        let rest = &sql[pieces[using].text.as_ptr() as usize - sql.as_ptr() as usize + "USING".len()..];
        format!("{head} USING {}", rest.trim())
    }

    /// The columns of a table, in lower case.
    fn columns_of(&self, table: &str) -> rusqlite::Result<BTreeSet<String>> {
        let sql = "SELECT lower(name) FROM pragma_table_xinfo(?1, 'main')";
        Ok(all_rows(self.connection, sql, &[&table], |row| lossy_text(row, 0))?.into_iter().collect())
    }

    /// The pieces as they are written: keywords in upper case, names in quotes only where they need them.
    fn parts<'sql>(&self, kind: &str, columns: &BTreeSet<String>, pieces: &[Lexeme<'sql>]) -> Vec<Part<'sql>> {
        let mut first_on = matches!(kind, "index" | "trigger");
        let part = |(at, piece): (usize, &Lexeme<'sql>)| {
            let before = at.checked_sub(1).and_then(|before| pieces.get(before));
            let is_behind = |words: &[&str]| before.is_some_and(|before| words.iter().any(|word| before.is_word(word)));
            let text = match piece.kind {
                Kind::Word if is_keyword(piece) => piece.text.to_ascii_uppercase(),
                Kind::Word if piece.is_word("KEY") && is_behind(&["PRIMARY", "FOREIGN"]) => "KEY".to_owned(),
                Kind::Word if piece.is_word("BY") && is_behind(&["GROUP", "ORDER"]) => "BY".to_owned(),
                Kind::Word if is_kind_of_join(pieces.get(at..).unwrap_or_default()) => piece.text.to_ascii_uppercase(),
                Kind::Word
                    if is_behind(&["DELETE", "UPDATE"]) && (piece.is_word("CASCADE") || piece.is_word("RESTRICT")) =>
                {
                    piece.text.to_ascii_uppercase()
                }
                Kind::Name => {
                    let is_at_dot =
                        [before, pieces.get(at + 1)].into_iter().flatten().any(|near| near.kind == Kind::Dot);
                    let inner = unquoted(piece.text);
                    // `IS DISTINCT FROM "x"`.
                    let is_compared = at.checked_sub(2).is_some_and(|at| pieces[at].is_word("DISTINCT"));
                    // Between double quotes SQLite takes what is no column for a string.
                    let is_name = !piece.text.starts_with('"')
                        || is_at_dot
                        || (is_behind(BEFORE_NAMES) && !is_compared)
                        || (first_on && is_behind(&["ON"]))
                        || columns.contains(&inner.to_lowercase());
                    match is_plain(&inner) {
                        true if is_name && !is_any_keyword(&inner) => inner,
                        true => format!("\"{inner}\""),
                        false => piece.text.to_owned(),
                    }
                }
                _ => piece.text.to_owned(),
            };
            first_on &= !is_behind(&["ON"]);
            Part { lexeme: *piece, text }
        };
        pieces.iter().enumerate().map(part).collect()
    }
}

/// A piece, and how it is written.
struct Part<'sql> {
    lexeme: Lexeme<'sql>,
    text: String,
}

fn is_keyword(piece: &Lexeme<'_>) -> bool {
    KEYWORDS.iter().any(|word| piece.is_word(word))
}

/// Whether what begins here are words that stand before JOIN.
fn is_kind_of_join(pieces: &[Lexeme<'_>]) -> bool {
    let kinds = pieces.iter().take_while(|piece| KINDS_OF_JOIN.iter().any(|word| piece.is_word(word))).count();
    kinds > 0 && pieces.get(kinds).is_some_and(|piece| piece.is_word("JOIN"))
}

/// What stands between the quotes of a name.
fn unquoted(text: &str) -> String {
    let quote = text.chars().last().unwrap_or_default();
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
}

/// Whether a name could do without quotes if it is no keyword.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a name is any keyword of this SQLite.
#[allow(unsafe_code)]
fn is_any_keyword(name: &str) -> bool {
    let Ok(length) = i32::try_from(name.len()) else { return false };
    // SAFETY: it reads so many bytes of the name.
    unsafe { ffi::sqlite3_keyword_check(name.as_ptr().cast(), length) != 0 }
}

/// `CREATE TABLE name (`, a line for each column and constraint, and what follows.
fn table(parts: &[Part<'_>]) -> String {
    let Some(open) = parts.iter().position(|part| part.lexeme.kind == Kind::Open) else { return inline(parts) };
    let mut depth = 0;
    let mut lines = vec![open + 1];
    let mut close = parts.len();
    for (at, part) in parts.iter().enumerate().skip(open) {
        match part.lexeme.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            Kind::Comma if depth == 1 => lines.push(at + 1),
            _ => {}
        }
        if depth == 0 {
            close = at;
            break;
        }
    }
    lines.push(close + 1);
    let line = |ends: &[usize]| format!("  {}", inline(&parts[ends[0]..(ends[1] - 1).max(ends[0])]));
    let lines: Vec<String> = lines.windows(2).map(line).collect();
    let rest = inline(parts.get(close + 1..).unwrap_or_default());
    format!("{} (\n{}\n){}{rest}", inline(&parts[..open]), lines.join(",\n"), if rest.is_empty() { "" } else { " " })
}

/// The head in a line, then each statement between BEGIN and END.
fn trigger(parts: &[Part<'_>]) -> String {
    let is = |part: &Part<'_>, word| part.lexeme.is_word(word);
    let begin = parts.iter().position(|part| is(part, "BEGIN"));
    let (Some(begin), Some(end)) = (begin, parts.iter().rposition(|part| is(part, "END"))) else {
        return inline(parts);
    };
    if end <= begin {
        return inline(parts);
    }
    let mut text = format!("{} BEGIN\n", inline(&parts[..begin]));
    for statement in parts[begin + 1..end].split(|part| part.lexeme.kind == Kind::Semicolon) {
        if !statement.is_empty() {
            text += &format!("  {};\n", clauses(statement, "  "));
        }
    }
    text + "END"
}

/// A line for each clause that is in no brackets.
fn clauses(parts: &[Part<'_>], indent: &str) -> String {
    let mut depth = 0;
    let mut starts = vec![0];
    for (at, part) in parts.iter().enumerate() {
        match part.lexeme.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            Kind::Word if depth == 0 && at > 0 && begins_line(&parts[at - 1], part, parts.get(at + 1)) => {
                starts.push(at)
            }
            _ => {}
        }
    }
    starts.push(parts.len());
    let lines: Vec<String> = starts.windows(2).map(|ends| inline(&parts[ends[0]..ends[1]])).collect();
    lines.join(&format!("\n{indent}"))
}

fn begins_line(before: &Part<'_>, part: &Part<'_>, next: Option<&Part<'_>>) -> bool {
    let is_clause = CLAUSES.iter().any(|word| part.lexeme.is_word(word));
    let goes_on = match part.text.as_str() {
        // `IS DISTINCT FROM`, `ON CONFLICT … DO UPDATE SET` and the like stay together.
        "FROM" => before.lexeme.is_word("DISTINCT"),
        "JOIN" => KINDS_OF_JOIN.iter().any(|word| before.lexeme.is_word(word)),
        _ => KINDS_OF_JOIN.iter().any(|word| part.lexeme.is_word(word)) && before.lexeme.is_word("NATURAL"),
    };
    // `left(…)` is a function.
    let is_call = next.is_some_and(|next| next.lexeme.kind == Kind::Open) && !is_keyword(&part.lexeme);
    is_clause && !goes_on && !is_call
}

/// All of it in one line.
fn inline(parts: &[Part<'_>]) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 && is_spaced(at.checked_sub(2).map(|at| &parts[at]), &parts[at - 1], part) {
            text.push(' ');
        }
        text += &part.text;
    }
    text
}

/// Whether a space stands between two pieces.
fn is_spaced(before: Option<&Part<'_>>, left: &Part<'_>, right: &Part<'_>) -> bool {
    let ends_operand = |part: &Part<'_>| match part.lexeme.kind {
        Kind::Word => !is_keyword(&part.lexeme) || part.lexeme.is_word("NULL"),
        kind => matches!(kind, Kind::Name | Kind::Literal | Kind::Close),
    };
    let is_sign = left.lexeme.kind == Kind::Operator
        && matches!(left.text.as_str(), "+" | "-" | "~")
        && !before.is_some_and(ends_operand);
    match (left.lexeme.kind, right.lexeme.kind) {
        (_, Kind::Comma | Kind::Close | Kind::Semicolon | Kind::Dot) | (Kind::Open | Kind::Dot, _) => false,
        // `- -1` is none of a comment.
        (_, Kind::Operator) if is_sign => true,
        _ if is_sign => false,
        (Kind::Word, Kind::Open) => is_keyword(&left.lexeme) || left.text == "KEY",
        (Kind::Name, Kind::Open) => false,
        _ => true,
    }
}
