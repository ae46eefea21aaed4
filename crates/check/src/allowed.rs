//! Comments for lints. `-- lint: allow ID reason` switches one off; `-- lint: big TABLE` says that a table has many rows.
//!
//! What is allowed before the first statement it holds for the whole file, else for the statement below it, or beside it on its line.

use std::ops::RangeInclusive;

use wheatear_core::sql_text::{LineCounter, leading_comments};
use wheatear_core::statements::statements;

use crate::Lint;

/// What the comments of a file allow.
#[derive(Default)]
pub(crate) struct Allowed {
    grants: Vec<Grant>,
    /// Comments that cannot be read: line, and what is wrong.
    pub invalid: Vec<(usize, String)>,
    /// Names of big tables, each with the line that names it.
    pub big: Vec<(usize, String)>,
}

/// A lint that says nothing about some lines.
struct Grant {
    lint: Lint,
    lines: RangeInclusive<usize>,
}

impl Allowed {
    /// Reads the comments of a file.
    pub fn read(sql: &str) -> Self {
        let mut allowed = Self::default();
        let mut lines = LineCounter::new(sql);
        let (mut end, mut last): (usize, Option<RangeInclusive<usize>>) = (0, None);
        for (at, text) in statements(sql) {
            let comments = comments_between(sql, end, at, &mut lines);
            let first_line = lines.line_at(at);
            end = at + text.len();
            let own = first_line..=lines.line_at(end);
            for (line, comment) in comments {
                let beside = last.clone().filter(|last| *last.end() == line);
                // Nothing is above the first statement but the header, which is the file's.
                let scope = beside.unwrap_or_else(|| if last.is_none() { 1..=usize::MAX } else { own.clone() });
                allowed.take(line, &comment, Some(scope));
            }
            last = Some(own);
        }
        for (line, comment) in comments_between(sql, end, sql.len(), &mut lines) {
            let beside = last.clone().filter(|last| *last.end() == line);
            allowed.take(line, &comment, beside);
        }
        allowed
    }

    /// Whether a lint says nothing about a line.
    pub fn covers(&self, lint: Lint, line: usize) -> bool {
        self.grants.iter().any(|grant| grant.lint == lint && grant.lines.contains(&line))
    }

    fn take(&mut self, line: usize, comment: &str, scope: Option<RangeInclusive<usize>>) {
        match said(comment) {
            None => {}
            Some(Err(why)) => self.invalid.push((line, why)),
            Some(Ok(Said::Big(table))) => self.big.push((line, table)),
            Some(Ok(Said::Allowed(lint))) => match scope {
                Some(lines) => self.grants.push(Grant { lint, lines }),
                None => self.invalid.push((line, "there is no statement below it".to_owned())),
            },
        }
    }
}

fn comments_between(sql: &str, start: usize, end: usize, lines: &mut LineCounter<'_>) -> Vec<(usize, String)> {
    let between = leading_comments(&sql[start..end]);
    between.map(|(at, comment)| (lines.line_at(start + at), comment.to_owned())).collect()
}

/// What a comment says to lints.
enum Said {
    Allowed(Lint),
    Big(String),
}

/// What a comment says, or why that cannot be read; `None` if it is any other comment.
fn said(comment: &str) -> Option<Result<Said, String>> {
    let mut words = comment.split_whitespace();
    let first = words.next()?;
    let mut next = words.next();
    match first.to_ascii_lowercase().as_str() {
        "lint:" => {}
        "lint" if next == Some(":") => next = words.next(),
        "lint" if next.is_some_and(|word| word.starts_with("allow")) => {
            return Some(Err("write it as `-- lint: allow ID reason`".to_owned()));
        }
        _ => return None,
    }
    match next {
        Some("allow") => {}
        Some("big") => {
            let table = comment.split_once("big").map_or("", |(_, table)| table.trim().trim_matches('"'));
            let nameless = || "it names no table: `-- lint: big TABLE`".to_owned();
            return Some(if table.is_empty() { Err(nameless()) } else { Ok(Said::Big(table.to_owned())) });
        }
        _ => return Some(Err("it can say `-- lint: allow ID reason` or `-- lint: big TABLE`".to_owned())),
    }
    let Some(id) = words.next() else { return Some(Err("it names no lint: `-- lint: allow ID reason`".to_owned())) };
    Some(match id.parse::<Lint>() {
        Err(unknown) => Err(unknown.to_string()),
        Ok(Lint::InvalidAllow) => Err(format!("\"{id}\" cannot be allowed")),
        Ok(_) if words.next().is_none() => Err(format!("it gives no reason; write it behind \"{id}\"")),
        Ok(lint) => Ok(Said::Allowed(lint)),
    })
}

/// Names of the tables that comments `-- lint: big TABLE` in a script name.
pub fn big_tables(sql: &str) -> Vec<String> {
    Allowed::read(sql).big.into_iter().map(|(_, table)| table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_holds_for_its_file_or_for_its_statement() {
        let sql = "-- Why.\n-- lint: allow drops-table it is empty\nDROP TABLE a;\n\
            -- lint: allow drops-column nobody reads it\nALTER TABLE b\n  DROP COLUMN c;\n\
            DROP TABLE d; -- lint: allow loses-index beside\nDROP TABLE e;";
        let allowed = Allowed::read(sql);
        assert_eq!(allowed.invalid, []);
        assert!([1, 3, 8].iter().all(|line| allowed.covers(Lint::DropsTable, *line)));
        let covered = |lint| (1..=9).filter(|line| allowed.covers(lint, *line)).collect::<Vec<_>>();
        assert_eq!(covered(Lint::DropsColumn), [5, 6]);
        assert_eq!(covered(Lint::LosesIndex), [7]);
        assert_eq!(covered(Lint::WrongDown), [0; 0]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (comment, why) in [
            ("lint: allow drops-tabel why", "there is no lint \"drops-tabel\""),
            ("lint: allow drops-table", "it gives no reason"),
            ("lint: allow", "it names no lint"),
            ("lint: disable drops-table why", "it can say `-- lint: allow ID reason` or `-- lint: big TABLE`"),
            ("lint: big", "it names no table"),
            ("Lint allow drops-table why", "write it as `-- lint: allow"),
            ("lint: allow invalid-allow why", "cannot be allowed"),
        ] {
            let allowed = Allowed::read(&format!("SELECT 1;\n-- {comment}\nSELECT 2;"));
            let [(2, told)] = &allowed.invalid[..] else { panic!("{comment}: {:?}", allowed.invalid) };
            assert!(told.contains(why), "{comment}: {told}");
        }
        let behind = Allowed::read("SELECT 1;\n-- lint: allow drops-table why");
        assert_eq!(behind.invalid, [(2, "there is no statement below it".to_owned())]);
        assert!(Allowed::read("-- linting allows nothing\n-- lints: none\nSELECT 1;").invalid.is_empty());
    }
}
