//! Makes the SQL of another tool's migration one that runs here and means the same.
//!
//! A run here is one transaction, foreign keys are off in it, and each script has a statement. What is left out of a text stays
//! in it as a comment, so that lines count as before.

use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest as _, Sha256};
use wheatear_core::header::Header;
use wheatear_core::pragma::{Setter, foreign_keys};
use wheatear_core::sql_text::{leading_comments, line_at, next_statement};
use wheatear_core::statements::{is_transaction_control, is_vacuum, may_change_rows, needs_no_transaction, statements};
use wheatear_core::tokens::tokens;

use crate::error::ImportError;
use crate::found::{Found, Piece};
use crate::notes::Notes;
use crate::pragmas;
use crate::tool::Tool;

/// Texts of ours.
pub(crate) struct Adapted {
    /// Header lines in front of the up, each with its line feed.
    pub headers: String,
    pub up: String,
    pub down: Option<String>,
}

/// How a script runs here.
#[derive(Clone, Copy)]
struct Way {
    /// Outside of a transaction, because something in it must.
    is_outside: bool,
    /// Whether the tool runs it in a transaction.
    was_inside: bool,
}

pub(crate) fn adapt(tool: Tool, found: &Found, notes: &mut Notes) -> Result<Adapted, ImportError> {
    let Found { up, down, .. } = found;
    let header = if found.has_headers { Header::parse(&up.sql).unwrap_or_default() } else { Header::default() };
    let was_inside = found.in_transaction && header.transactional;
    let needs_it = |piece: &Piece| statements(&piece.sql).any(|(_, text)| needs_no_transaction(text));
    let is_outside = !header.transactional || needs_it(up) || down.as_ref().is_some_and(needs_it);
    let way = Way { is_outside, was_inside };
    // Prisma runs none in one.
    if !was_inside && !is_outside && tool != Tool::Prisma {
        notes.add("runs in the transaction of a run, because nothing in it needs to be outside of one", &up.file);
    }

    let mut headers = String::new();
    if is_outside && header.transactional {
        headers.push_str("-- transactional: false\n");
    }
    let up_script = script(up, way, notes)?;
    if up_script.enforces && !header.foreign_keys {
        headers.push_str("-- foreign_keys: on\n");
    }
    let mut up_text = up_script.text;
    if !found.has_headers {
        up_text = without_headers(tool, &up_text);
    }
    if up_script.is_empty {
        notes.add("has no statement that does anything, and got `SELECT 1`", &up.file);
        up_text = with_a_statement(&up_text);
    }
    if let Some(text) = found.hashed.as_ref().filter(|_| up_text != up.sql) {
        headers.push_str("-- accepted-checksums:");
        let feeds = text.replace("\r\n", "\n");
        headers.push_str(&sha_256(&feeds));
        if feeds != *text {
            headers.push_str(&sha_256(text));
        }
        headers.push('\n');
    }
    let down = match down {
        None => None,
        Some(piece) => {
            let script = script(piece, way, notes)?;
            match (script.is_empty, up_script.is_empty) {
                (true, false) => {
                    notes.add("takes back nothing, so its migration cannot be taken back here", &piece.file);
                    None
                }
                (true, true) => Some(with_a_statement(&without_headers(tool, &script.text))),
                (false, _) => Some(without_headers(tool, &script.text)),
            }
        }
    };
    Ok(Adapted { headers, up: up_text, down })
}

/// A hook, which runs in a transaction.
pub(crate) fn adapt_hook(tool: Tool, piece: &Piece, notes: &mut Notes) -> Result<Option<String>, ImportError> {
    let is_outside = statements(&piece.sql).any(|(_, text)| needs_no_transaction(text));
    let script = script(piece, Way { is_outside, was_inside: true }, notes)?;
    let header = if is_outside { "-- transactional: false\n" } else { "" };
    Ok((!script.is_empty).then(|| format!("{header}{}", without_headers(tool, &script.text))))
}

struct Script {
    text: String,
    /// Whether nothing is left of it.
    is_empty: bool,
    /// Whether all of it runs with foreign keys enforced.
    enforces: bool,
}

fn script(piece: &Piece, way: Way, notes: &mut Notes) -> Result<Script, ImportError> {
    let mut left_out: Vec<Range<usize>> = Vec::new();
    let place = |at: usize| format!("{}:{}", piece.file, piece.line + line_at(&piece.sql, at) - 1);
    let all: Vec<(usize, &str)> = statements(&piece.sql).collect();
    let setter = if way.is_outside { Setter::OutsideTransaction } else { Setter::Migration };
    let (mut enforces, mut switched_on) = (false, None);
    let mut kept = 0;
    for (index, (at, text)) in all.iter().enumerate() {
        let range = *at..*at + text.len();
        if !way.is_outside && is_transaction_control(text) {
            let first = tokens(text).next();
            if first.is_some_and(|token| token.is_word("ROLLBACK")) {
                let line = piece.line + line_at(&piece.sql, *at) - 1;
                let message = "rolls back a transaction, so what stands before it does nothing; remove both";
                return Err(ImportError::new(&piece.file, line, message));
            }
            notes.add("BEGIN and COMMIT are left out, because a run is one transaction", place(*at));
            left_out.push(range);
        } else if let Some(is_on) = foreign_keys(text).filter(|_| !way.is_outside) {
            left_out.push(range);
            match is_on {
                // In a transaction it has done nothing.
                true if kept == 0 && !way.was_inside => enforces = true,
                true => switched_on = Some(*at),
                false => (enforces, switched_on) = (false, None),
            }
            if !enforces {
                notes.add(
                    "`PRAGMA foreign_keys` is left out: foreign keys are off here while migrations run, and checked at the end",
                    place(*at),
                );
            }
        } else if let Some(why) =
            pragmas::left_out(text, setter, all[index..].iter().any(|(_, later)| is_vacuum(later)))
        {
            notes.add(why, place(*at));
            left_out.push(range);
        } else {
            kept += 1;
            if let Some(on) = switched_on.filter(|_| !way.was_inside && may_change_rows(text)) {
                notes.add(
                    "rows are changed behind `PRAGMA foreign_keys = ON`; here they are not enforced, so what relies on ON \
                     DELETE CASCADE deletes nothing",
                    place(on),
                );
                switched_on = None;
            }
        }
    }
    let mut text = String::with_capacity(piece.sql.len());
    let mut end = 0;
    for range in left_out {
        text.push_str(&piece.sql[end..range.start]);
        // A comment would end at the end of one in it.
        let _ = write!(text, "/* {} */", piece.sql[range.clone()].replace("*/", "* /"));
        end = range.end;
    }
    text.push_str(&piece.sql[end..]);
    Ok(Script { text, is_empty: kept == 0, enforces })
}

/// Comments that mean something here and not to the tool get its name in front.
fn without_headers(tool: Tool, sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut end = 0;
    for (at, comment) in leading_comments(sql) {
        if Header::parse(&format!("--{comment}\n")) != Ok(Header::default()) {
            text.push_str(&sql[end..at]);
            let _ = write!(text, "-- {tool}: ");
            end = at + 2 + (comment.len() - comment.trim_start().len());
        }
    }
    text.push_str(&sql[end..]);
    text
}

/// A script that does nothing.
fn with_a_statement(sql: &str) -> String {
    let comments = sql.trim_end();
    // A comment without an end would swallow it.
    let closed = if next_statement(&format!("{comments}\nSELECT"), 0) == comments.len() + 1 { "" } else { " */" };
    match comments {
        "" => "SELECT 1; -- nothing to do\n".to_owned(),
        _ => format!("{comments}{closed}\nSELECT 1; -- nothing to do\n"),
    }
}

fn sha_256(text: &str) -> String {
    Sha256::digest(text).iter().fold(" ".to_owned(), |mut hexadecimal, byte| {
        // Writing to a string does not fail.
        let _ = write!(hexadecimal, "{byte:02x}");
        hexadecimal
    })
}
