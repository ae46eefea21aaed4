//! A folder for each migration, with `up.sql`, `down.sql` and perhaps `metadata.toml`. They run in the order of what stands
//! before the first `_` of the folder's name, without dashes, as text.
//!
//! Sources: <https://docs.rs/diesel_migrations>,
//! <https://github.com/diesel-rs/diesel/tree/main/diesel_migrations/migrations_internals>

use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut versioned = Vec::new();
    for input in inputs.iter().filter(|input| input.name() == "up.sql" && !input.folder().is_empty()) {
        let beside = |name: &str| inputs.iter().find(|other| other.path == format!("{}/{name}", input.folder()));
        let id = input.folder().rsplit('/').next().unwrap_or_default();
        let version = id.split('_').next().unwrap_or_default().replace('-', "");
        let in_transaction =
            match beside("metadata.toml").and_then(|file| Some((file, file.setting("run_in_transaction")?))) {
                Some((_, (_, "true"))) | None => true,
                Some((_, (_, "false"))) => false,
                Some((file, (line, value))) => {
                    return Err(file.error(line, format!("run_in_transaction is true or false, and not {value}")));
                }
            };
        versioned
            .push((version, Found { in_transaction, ..Found::new(id, whole(input), beside("down.sql").map(whole)) }));
    }
    versioned.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some(pair) = versioned.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let message = format!("has the version {}, as {} has; give it another one", pair[0].0, pair[0].1.up.file);
        return Err(ImportError::new(&pair[1].1.up.file, 1, message));
    }
    Ok(Folder { migrations: versioned.into_iter().map(|(_, found)| found).collect(), ..Folder::default() })
}
