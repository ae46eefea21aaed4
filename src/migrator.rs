use std::collections::HashMap;

use rusqlite::Connection;
use wheatear_core::{Migration, MigrationSet, Target};

use crate::error::Error;
use crate::report::Report;
use crate::status::{MigrationState, MigrationStatus};
use crate::{ledger, run};

/// Brings databases to the schema of one set of migrations.
///
/// ```
/// use wheatear::{MigrationSet, Migrator, migrations};
///
/// static MIGRATIONS: MigrationSet = migrations!("migrations");
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut database = rusqlite::Connection::open_in_memory()?;
/// let migrator = Migrator::new(&MIGRATIONS);
/// println!("{}", migrator.apply(&mut database)?);
/// assert!(migrator.apply(&mut database)?.applied.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Migrator<'set> {
    set: &'set MigrationSet,
    target: Target,
}

impl<'set> Migrator<'set> {
    /// A migrator that applies the whole set.
    pub fn new(set: &'set MigrationSet) -> Self {
        Self { set, target: Target::Latest }
    }

    /// Stops after the migration of this id, in the order of the set.
    #[must_use]
    pub fn up_to(self, id: impl Into<String>) -> Self {
        Self { target: Target::UpTo(id.into()), ..self }
    }

    /// Applies what the database lacks, in one transaction together with the rows that record it:
    /// all of it or nothing.
    ///
    /// If nothing is lacking, nothing is written: a read-only connection will do. Otherwise foreign
    /// keys are not enforced while migrations run, and checked before the commit.
    ///
    /// # Errors
    /// [`Error::Apply`] with migration, statement, line and SQLite's code; [`Error::History`] if
    /// database and set do not fit together; [`Error::Storage`]. The database is then as it was.
    pub fn apply(&self, connection: &mut Connection) -> Result<Report, Error> {
        run::apply(connection, self.set, &self.target)
    }

    /// Every migration of the set, in order, and whether and when it was applied to this database.
    ///
    /// # Errors
    /// [`Error::History`] if the tables that record it cannot be read; [`Error::Storage`].
    pub fn status(&self, connection: &Connection) -> Result<Vec<MigrationStatus>, Error> {
        let mut applied: HashMap<String, MigrationState> = ledger::entries(connection)?
            .into_iter()
            .map(|entry| (entry.id, MigrationState::Applied { at: entry.applied_at, duration: entry.duration }))
            .collect();
        let status = |migration: &Migration| MigrationStatus {
            id: migration.id().to_owned(),
            state: applied.remove(migration.id()).unwrap_or(MigrationState::Pending),
        };
        Ok(self.set.iter().map(status).collect())
    }
}
