//! `V1__name.sql`, in the order of their numbers, also in folders below; `U1__name.sql` the same, which may be applied late.
//! There are no downs. A hash of the text is recorded, so what stands in it is kept to the byte.
//!
//! Sources: <https://docs.rs/refinery>, <https://github.com/rust-db/refinery/blob/main/refinery_core/src/util.rs>

use super::numbers::{in_order, normal};
use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    let mut numbered = Vec::new();
    for input in inputs {
        let Some((stem, extension)) = input.name().rsplit_once('.') else { continue };
        let Some((version, name)) = stem.strip_prefix(['V', 'U']).and_then(|rest| rest.split_once("__")) else {
            continue;
        };
        let is_version =
            version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_version || !matches!(extension, "sql" | "rs") {
            continue;
        }
        if extension == "rs" {
            return Err(input.error(
                1,
                format!(
                    "is written in Rust; write the SQL that it makes into {stem}.sql in its place, and import again"
                ),
            ));
        }
        if stem.starts_with('U') {
            folder.notes.add("is called V… here, where each migration may be applied late", &input.path);
        }
        numbered.push((normal(version), Found::new(format!("V{version}__{name}"), whole(input), None)));
    }
    folder.migrations = in_order(numbered)?;
    Ok(folder)
}
