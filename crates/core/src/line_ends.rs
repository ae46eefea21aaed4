//! Line ends, which a checkout on another system changes: a migration is the same with any of them.

use std::borrow::Cow;

/// A text whose lines end in a line feed. Carriage returns end lines too, with and without one behind them, as in
/// Python's text files, which yoyo reads: to SQLite, one alone would make the rest of a file a part of its first
/// comment.
pub(crate) fn with_line_feeds(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text.into(),
    }
}
