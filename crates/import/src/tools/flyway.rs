//! `V1.2__name.sql`, in the order of their versions, also in folders below; `U1.2__name.sql` takes one back; `R__name.sql`
//! runs again when it was changed; `B2__name.sql` makes in a new database what those up to 2 make. A file `….sql.conf` may
//! say that there is no transaction. CRC-32 of the lines is recorded, so what stands in them is kept.
//!
//! Sources: <https://documentation.red-gate.com/flyway/flyway-concepts/migrations>,
//! <https://documentation.red-gate.com/flyway/reference/script-configuration>

use wheatear_core::natural_order;

use super::numbers::{in_order, normal};
use crate::error::ImportError;
use crate::found::{Folder, Found, Piece};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    let mut numbered: Vec<(String, Found)> = Vec::new();
    let (mut undos, mut baselines) = (Vec::new(), Vec::new());
    for input in inputs {
        let Some((stem, extension)) = input.name().rsplit_once('.') else { continue };
        let Some((version, name)) = stem.split_once("__") else {
            if extension == "sql" {
                folder.notes.add("is no versioned or repeatable migration, and left out", &input.path);
            }
            continue;
        };
        let kind = version.chars().next();
        let number = normal(&version.get(1..).unwrap_or_default().replace('_', "."));
        let is_migration = matches!(kind, Some('V' | 'U' | 'B'))
            && version.len() > 1
            && version[1..].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'));
        if !is_migration && version != "R" {
            continue;
        }
        if matches!(extension, "java" | "class" | "kt") {
            let message = format!("is written in Java; write the SQL that it makes into {stem}.sql in its place");
            return Err(input.error(1, message));
        }
        if extension != "sql" {
            continue;
        }
        let (piece, in_transaction) = (read_script(inputs, input)?, runs_in_transaction(inputs, input)?);
        match kind {
            Some('V') => {
                let found = Found { in_transaction, ..Found::new(format!("{version}__{name}"), piece, None) };
                numbered.push((number, found));
            }
            Some('U') => undos.push((number, piece)),
            Some('B') => {
                let found = Found { in_transaction, ..Found::new(format!("V{}__{name}", &version[1..]), piece, None) };
                baselines.push((number, found));
            }
            _ => {
                folder
                    .notes
                    .add("runs after every run that applied something, and not only when it was changed", &input.path);
                folder.hooks.push((format!("post-apply.{}", name.replace(char::is_whitespace, "_")), piece));
            }
        }
    }
    // What it makes, those before it make, too.
    baselines.sort_by(|(a, _), (b, _)| natural_order(a, b));
    for (number, found) in baselines {
        if numbered.iter().any(|(other, _)| natural_order(other, &number).is_le()) {
            folder.notes.add("is left out, because the migrations up to its version are there", &found.up.file);
        } else {
            numbered.push((number, found));
        }
    }
    for (number, piece) in undos {
        let Some((_, found)) = numbered.iter_mut().find(|(other, _)| *other == number) else {
            return Err(ImportError::new(&piece.file, 1, format!("takes back version {number}, which is not there")));
        };
        found.down = Some(piece);
    }
    folder.migrations = in_order(numbered)?;
    Ok(folder)
}

/// The settings of one script.
fn configuration<'inputs>(
    inputs: &'inputs [Input],
    input: &Input,
    key: &str,
) -> Option<(&'inputs Input, usize, &'inputs str)> {
    let beside = inputs.iter().find(|other| other.path == format!("{}.conf", input.path))?;
    let (line, value) = beside.setting(key)?;
    Some((beside, line, value))
}

fn runs_in_transaction(inputs: &[Input], input: &Input) -> Result<bool, ImportError> {
    match configuration(inputs, input, "executeInTransaction") {
        None | Some((_, _, "true")) => Ok(true),
        Some((_, _, "false")) => Ok(false),
        Some((file, line, value)) => {
            Err(file.error(line, format!("executeInTransaction is true or false, and not {value}")))
        }
    }
}

/// Refuses what Flyway would replace by a value.
fn read_script(inputs: &[Input], input: &Input) -> Result<Piece, ImportError> {
    let are_replaced =
        configuration(inputs, input, "placeholderReplacement").is_none_or(|(_, _, value)| value != "false");
    match input.text.lines().position(|line| are_replaced && line.contains("${")) {
        Some(index) => {
            let message = "has a placeholder, which Flyway replaces and nothing does here; write its value";
            Err(input.error(index + 1, message))
        }
        None => Ok(whole(input)),
    }
}
