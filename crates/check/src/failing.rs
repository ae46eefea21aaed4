use rusqlite::ffi;
use wheatear_core::Script;
use wheatear_sqlite::script::{Cause, ScriptError};

use crate::Lint;
use crate::culprit::Culprits;
use crate::report::Report;

/// Tells of a statement that rows make fail, and of the rows. What an invented value meets apart from constraints, such as
/// text that is no JSON, says nothing.
pub(crate) fn fails(up: &Script, error: &ScriptError, culprits: &Culprits, report: &mut Report<'_>) {
    let Cause::Sqlite(sqlite) = &error.cause else { return };
    let is_of_rows = match sqlite.code {
        ffi::SQLITE_CONSTRAINT_TRIGGER | ffi::SQLITE_CONSTRAINT_FUNCTION | ffi::SQLITE_CONSTRAINT_VTAB => false,
        _ => {
            sqlite.primary_code() == ffi::SQLITE_CONSTRAINT
                || sqlite.message.to_ascii_lowercase().contains("cannot add ")
        }
    };
    if !is_of_rows || culprits.rows.is_empty() {
        return;
    }
    let is_index = sqlite.message.starts_with("UNIQUE constraint failed") && makes_index(up, error.line);
    let rows = culprits.told.join(" and ");
    let with = if culprits.told.len() == 1 { "this row" } else { "these rows" };
    let message = format!("statement {} fails with {with}: {rows}: {}", error.statement, sqlite.message);
    let (lint, remedy) = match is_index {
        true => (
            Lint::UniqueOnRows,
            "See to rows that are equal before the index is made: keep one of them, or make them differ.",
        ),
        false => (
            Lint::FailsOnRows,
            "See to such rows in the same migration before this statement, or copy what the new table takes.",
        ),
    };
    report.add(lint, up, error.line, message, remedy);
}

/// Whether the statement on a line makes an index: then nothing but rows that were there can be equal.
fn makes_index(up: &Script, line: usize) -> bool {
    let all = wheatear_core::statements::statements(&up.sql);
    let mut lines = wheatear_core::sql_text::LineCounter::new(&up.sql);
    let mut is_index = false;
    for (at, text) in all {
        if lines.line_at(at) > line {
            break;
        }
        is_index = text.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("create"));
    }
    is_index
}
