//! White space, comments and lines of SQL text.

/// Offset of the first byte at or after `from` that belongs to a statement: white space, comments
/// and lone semicolons are passed over. `sql.len()` if there is none.
///
/// Source: <https://www.sqlite.org/lang_comment.html>
pub fn next_statement(sql: &str, from: usize) -> usize {
    Blanks { sql, at: from, and_semicolons: true }.end()
}

/// Offset of the first byte at or after `from` that is neither white space nor part of a comment.
pub(crate) fn next_token(sql: &str, from: usize) -> usize {
    Blanks { sql, at: from, and_semicolons: false }.end()
}

/// The `--` comments before the first statement: offset of the dashes, and the text behind them.
pub fn leading_comments(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    Blanks { sql, at: 0, and_semicolons: true }
}

/// Walks over white space and comments, gives the `--` comments, and stops at anything else.
struct Blanks<'sql> {
    sql: &'sql str,
    at: usize,
    and_semicolons: bool,
}

impl Blanks<'_> {
    fn end(mut self) -> usize {
        self.by_ref().for_each(drop);
        self.at
    }
}

impl<'sql> Iterator for Blanks<'sql> {
    type Item = (usize, &'sql str);

    fn next(&mut self) -> Option<Self::Item> {
        // Byte by byte, as this is where reading SQL takes its time; each step is over whole characters.
        loop {
            let start = self.at;
            match &self.sql.as_bytes()[start..] {
                // SQLite's white space is ASCII; a byte order mark counts as such, as in SQLite's tokenizer.
                [b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r', ..] => self.at += 1,
                [0xef, 0xbb, 0xbf, ..] => self.at += '\u{feff}'.len_utf8(),
                [b';', ..] if self.and_semicolons => self.at += 1,
                // A comment without an end reaches to the end of the text.
                [b'-', b'-', ..] => {
                    let text = &self.sql[start + 2..];
                    let (comment, after) = text.split_once('\n').unwrap_or((text, ""));
                    self.at = self.sql.len() - after.len();
                    return Some((start, comment));
                }
                [b'/', b'*', ..] => {
                    let after = self.sql[start + 2..].split_once("*/").map_or("", |(_, after)| after);
                    self.at = self.sql.len() - after.len();
                }
                _ => return None,
            }
        }
    }
}

/// Line of a byte offset, counted from 1.
pub fn line_at(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    1 + text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count()
}

/// The line of a text that an offset is on, with its number and a mark below the place, for people; of a long line
/// only what is around.
///
/// ```
/// let text = wheatear_core::sql_text::excerpt("SELECT a\nFORM b", 9, true);
/// assert_eq!(text, "  2 | FORM b\n    | ^");
/// ```
pub fn excerpt(text: &str, offset: usize, is_marked: bool) -> String {
    const AROUND: usize = 36;
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let before = text[start..offset].chars().count();
    // Without a mark it is the beginning that tells what it is.
    let first = if is_marked { before.saturating_sub(AROUND) } else { 0 };
    let shown: String = line.chars().skip(first).take(2 * AROUND).collect::<String>().replace(['\t', '\r'], " ");
    let (left, right) =
        (if first > 0 { "…" } else { "" }, if line.chars().count() > first + 2 * AROUND { "…" } else { "" });
    let number = line_at(text, offset).to_string();
    let mut excerpt = format!("  {number} | {left}{shown}{right}");
    if is_marked {
        let space = before - first + left.chars().count();
        excerpt.push_str(&format!("\n  {} | {}^", " ".repeat(number.len()), " ".repeat(space)));
    }
    excerpt
}

/// The same of a line, counted from 1, in which SQLite points to `offset`, if anywhere.
pub fn excerpt_of_line(text: &str, line: usize, offset: Option<usize>) -> String {
    let start = || text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    excerpt(text, offset.unwrap_or_else(start), offset.is_some())
}

/// An excerpt as it follows a message: on lines of its own.
pub fn below(excerpt: Option<&str>) -> String {
    excerpt.map(|excerpt| format!("\n{excerpt}")).unwrap_or_default()
}

/// Lines of offsets that only grow: every byte of the text is looked at once.
#[derive(Debug)]
pub struct LineCounter<'text> {
    text: &'text str,
    counted: usize,
    line: usize,
}

impl<'text> LineCounter<'text> {
    /// At the first line.
    pub fn new(text: &'text str) -> Self {
        Self { text, counted: 0, line: 1 }
    }

    /// Line of a byte offset, counted from 1. The offset must not be less than the one before.
    pub fn line_at(&mut self, offset: usize) -> usize {
        let passed = &self.text.as_bytes()[self.counted..offset];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = offset;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn next_statement_passes_over_white_space_comments_and_lone_semicolons() {
        for (before, statement) in [
            ("", "SELECT 1"),
            (" \t\r\n;;", "SELECT 1"),
            (" \u{b}\u{c}", "SELECT 1"),
            ("-- one\n-- two\r\n", "SELECT 1"),
            ("/* a ; -- b */ /**/", "SELECT 1"),
            ("\u{feff}", "SELECT 1"),
            ("-- no end", ""),
            ("/* no end", ""),
            ("", "-1"),
            ("", "/1"),
        ] {
            let sql = format!("{before}{statement}");
            assert_eq!(next_statement(&sql, 0), before.len(), "{sql:?}");
        }
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_at("a\nb\r\nc", 0), 1);
        assert_eq!(line_at("a\nb\r\nc", 2), 2);
        assert_eq!(line_at("a\nb\r\nc", 5), 3);
        assert_eq!(line_at("", 9), 1);
    }

    proptest! {
        #[test]
        fn lines_counted_on_are_the_same(text in "[a\nß]{0,40}", mut offsets in proptest::collection::vec(0usize..80, 0..8)) {
            offsets.sort_unstable();
            let mut lines = LineCounter::new(&text);
            for offset in offsets {
                let offset = offset.min(text.len());
                prop_assert_eq!(lines.line_at(offset), line_at(&text, offset));
            }
        }

        #[test]
        fn never_panics_and_lands_on_a_boundary(sql in "[-/* ;\na-zß\u{feff}]{0,40}") {
            let at = next_statement(&sql, 0);
            prop_assert!(sql.is_char_boundary(at));
            prop_assert_eq!(next_statement(&sql, at), at);
            line_at(&sql, at);
        }
    }
}
