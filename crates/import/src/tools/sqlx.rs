//! `N_name.sql`, or `N_name.up.sql` and `N_name.down.sql`, in the order of their numbers. A file that begins with
//! `-- no-transaction` runs outside of one. SHA-384 of the file is recorded, so what stands in it is kept to the byte.
//!
//! Sources: <https://docs.rs/sqlx/latest/sqlx/macro.migrate.html>,
//! <https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/source.rs>

use super::numbers::{in_order, number};
use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut ups = Vec::new();
    let mut downs = Vec::new();
    for input in inputs.iter().filter(|input| input.folder().is_empty()) {
        let Some(stem) = input.name().strip_suffix(".sql").filter(|stem| stem.contains('_')) else { continue };
        let Some((number, _)) = number(stem).filter(|(_, rest)| rest.starts_with('_')) else {
            return Err(
                input.error(1, "the part before the first `_` of its name is no number, which sqlx refuses, too")
            );
        };
        match stem.strip_suffix(".down") {
            Some(_) => downs.push((number, input)),
            None => ups.push((number, stem.strip_suffix(".up").unwrap_or(stem), input)),
        }
    }
    let mut numbered = Vec::new();
    for (number, id, input) in ups {
        let down = downs.iter().position(|(other, _)| *other == number).map(|at| whole(downs.remove(at).1));
        let in_transaction = !input.text.starts_with("-- no-transaction");
        numbered.push((number, Found { in_transaction, ..Found::new(id, whole(input), down) }));
    }
    if let Some((_, input)) = downs.first() {
        return Err(input.error(1, "takes back a migration that is not there"));
    }
    Ok(Folder { migrations: in_order(numbered)?, ..Folder::default() })
}
