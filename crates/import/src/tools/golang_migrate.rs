//! `N_name.up.sql` and `N_name.down.sql`, with any extension, paired and in the order of their numbers.
//!
//! Sources: <https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md>,
//! <https://github.com/golang-migrate/migrate/blob/master/source/parse.go>

use super::numbers::{in_order, number};
use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut ups = Vec::new();
    let mut downs = Vec::new();
    for input in inputs.iter().filter(|input| input.folder().is_empty()) {
        // Whatever stands behind it: there are folders with a `1_name.up..sql`.
        let name = input.name();
        let (up, down) = (name.rfind(".up."), name.rfind(".down."));
        let is_up = up > down;
        let Some(id) = up.max(down).map(|at| &name[..at]) else { continue };
        let Some((number, _)) = number(id).filter(|(_, rest)| rest.starts_with('_')) else { continue };
        if is_up {
            ups.push((number, id, input));
        } else {
            downs.push((number, input));
        }
    }
    let mut numbered = Vec::new();
    for (number, id, input) in ups {
        let down = downs.iter().position(|(other, _)| *other == number).map(|at| whole(downs.remove(at).1));
        numbered.push((number, Found::new(id, whole(input), down)));
    }
    if let Some((number, input)) = downs.first() {
        let message = format!("takes back migration {number}, which is not there, or whose number another one has");
        return Err(input.error(1, message));
    }
    Ok(Folder { migrations: in_order(numbered)?, ..Folder::default() })
}
