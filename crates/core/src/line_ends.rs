//! Line ends, which a checkout on another system changes: a migration is the same with any of them.

use std::borrow::Cow;

use crate::Digest;
use crate::normal_form::normal_form;

/// A text whose lines end in a line feed. Carriage returns end lines too, with and without one behind them, as in
/// Python's text files, which yoyo reads: to SQLite, one alone would make the rest of a file a part of its first
/// comment.
pub(crate) fn with_line_feeds(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text.into(),
    }
}

/// Checksums of the same statements with other line ends inside of strings, which earlier releases read as they
/// were: databases that recorded them have applied this.
///
/// `normal` is the normal form of the text with line feeds; `written` is the text as the file has it.
pub(crate) fn checksums_with_other_line_ends(normal: &str, written: Option<&str>) -> Vec<Digest> {
    let mut others = Vec::new();
    // Outside of strings and quoted names, a normal form has no line ends.
    if normal.contains('\n') {
        others.push(normal.replace('\n', "\r\n"));
    }
    if let Some(written) = written.map(normal_form) {
        // Not where a carriage return hid statements in a comment: those have not been applied.
        if with_line_feeds(&written) == normal && written != normal && !others.contains(&written) {
            others.push(written);
        }
    }
    others.iter().map(|normal| Digest::of_normal_form(normal)).collect()
}
