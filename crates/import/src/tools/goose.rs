//! `N_name.sql` with a part behind `-- +goose Up` and one behind `-- +goose Down`, in the order of their numbers.
//!
//! Sources: <https://pressly.github.io/goose/documentation/annotations/>,
//! <https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go>

use wheatear_core::sql_text::next_statement;

use super::numbers::{in_order, number};
use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::section;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut numbered = Vec::new();
    for input in inputs.iter().filter(|input| input.folder().is_empty()) {
        let Some((stem, extension)) = input.name().rsplit_once('.') else { continue };
        let Some((number, _)) = number(stem).filter(|(_, rest)| rest.starts_with('_')) else { continue };
        match extension {
            "sql" => numbered.push((number, migration(input, stem)?)),
            "go" if !stem.ends_with("_test") => {
                return Err(input.error(
                    1,
                    format!(
                        "is written in Go; write the SQL that it makes into {stem}.sql in its place, and import again"
                    ),
                ));
            }
            _ => {}
        }
    }
    Ok(Folder { migrations: in_order(numbered)?, ..Folder::default() })
}

fn migration(input: &Input, stem: &str) -> Result<Found, ImportError> {
    let find = |word: &str| input.text.lines().position(|line| annotation(line).as_deref() == Some(word));
    let Some(up) = find("UP") else {
        return Err(input.error(1, "has no `-- +goose Up`, which goose demands"));
    };
    let before: String = input.text.lines().take(up).collect::<Vec<_>>().join("\n");
    if next_statement(&before, 0) < before.len() {
        return Err(input.error(1, "has a statement before `-- +goose Up`, which goose refuses, too"));
    }
    let down = find("DOWN");
    if let Some(line) = down.filter(|line| *line < up) {
        return Err(input.error(line + 1, "`-- +goose Down` comes before `-- +goose Up`, which goose refuses, too"));
    }
    check_variables(input)?;
    let end = input.text.lines().count();
    let is_mark = |line: &str| annotation(line).is_some();
    let up_part = section(input, up + 1, down.unwrap_or(end), is_mark);
    let down_part = down.map(|line| section(input, line + 1, end, is_mark));
    Ok(Found { in_transaction: find("NO TRANSACTION").is_none(), ..Found::new(stem, up_part, down_part) })
}

/// What stands behind `-- +goose`, in upper case: to goose it is all the same.
fn annotation(line: &str) -> Option<String> {
    Some(line.strip_prefix("--")?.trim().strip_prefix("+goose")?.trim().to_ascii_uppercase())
}

/// Refuses what goose would replace by a variable of the environment.
fn check_variables(input: &Input) -> Result<(), ImportError> {
    let mut is_on = false;
    for (index, line) in input.text.lines().enumerate() {
        match annotation(line).as_deref() {
            Some("ENVSUB ON" | "ENVSUBST ON") => is_on = true,
            Some("ENVSUB OFF" | "ENVSUBST OFF") => is_on = false,
            _ => {}
        }
        let mut behind = line.split('$').skip(1);
        if is_on && behind.any(|rest| rest.starts_with(|c: char| c == '{' || c == '_' || c.is_ascii_alphabetic())) {
            let message =
                "has a variable of the environment, which goose replaces and nothing does here; write its value";
            return Err(input.error(index + 1, message));
        }
    }
    Ok(())
}
