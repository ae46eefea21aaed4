//! One folder for each migration, in the order of their names; beside them a file that names the database. SHA-256 of the
//! file is recorded. The file runs outside of a transaction, with foreign keys on.
//!
//! Sources: <https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories>,
//! <https://github.com/prisma/prisma-engines>

use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    if let Some(lock) = inputs.iter().find(|input| input.name() == "migration_lock.toml")
        && let Some((line, provider)) = lock.setting("provider")
        && provider != "sqlite"
    {
        return Err(lock.error(line, format!("is for {provider}; only SQL for sqlite runs here")));
    }
    for input in inputs.iter().filter(|input| input.name() == "migration.sql" && !input.folder().is_empty()) {
        let name = input.folder().rsplit('/').next().unwrap_or_default();
        let down = inputs.iter().find(|other| other.path == format!("{}/down.sql", input.folder())).map(whole);
        let found = Found::new(name, whole(input), down);
        folder.migrations.push(Found { hashed: Some(input.original.clone()), in_transaction: false, ..found });
    }
    Ok(folder)
}
