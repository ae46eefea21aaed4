//! Makes an image, and says why there can be none.

use std::ops::ControlFlow;
use std::sync::Arc;

use wheatear_core::sql_text::LineCounter;
use wheatear_core::statements::{leaves_the_database, statements};
use wheatear_core::{Body, Operation, Script, StatementPlace, Target};
use wheatear_sqlite::Witness;

use crate::error::{Error, RunAction, transaction_error};
use crate::ledger::Ledger;
use crate::migration_set::MigrationSet;
use crate::progress::{Observer, Progress};
use crate::run::{self, Settings};
use crate::storage::{Mirror, read_file};

/// Why a set has no image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoImage {
    /// A migration is written in code, which may do anything.
    #[error("migration \"{migration}\" is written in code")]
    Code {
        /// Its id.
        migration: String,
    },
    /// A statement reads or writes another file.
    #[error("{0} reaches for other files")]
    OtherFiles(StatementPlace),
    /// What a statement does depends on time, on chance, or on where it runs.
    #[error("{place} depends on {on}")]
    Depends {
        /// Which one.
        place: StatementPlace,
        /// On what: such as `random()`.
        on: String,
    },
    /// Applied twice, the set has made two databases, although no function was called that gives something else each
    /// time: SQLite takes a rowid at random where the largest one is taken.
    #[error("applied twice, the migrations have made two databases that differ")]
    Differs,
    /// The set could not be applied.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// The file of a database in which all of the set is applied.
pub(crate) fn make(settings: &Settings<'_>) -> Result<Vec<u8>, NoImage> {
    refuse_what_is_not_seen(settings.set)?;
    let witness = Witness::default();
    let made = apply(settings, Some(&witness));
    // Before a failure, which may have come of it.
    if let Some((id, statement, line, on)) = witness.testimony() {
        return Err(NoImage::Depends { place: place(settings.set, &id, statement, line), on });
    }
    let image = made?;
    if apply(settings, None)? == image { Ok(image) } else { Err(NoImage::Differs) }
}

fn refuse_what_is_not_seen(set: &MigrationSet) -> Result<(), NoImage> {
    for migration in set {
        if let Body::Code { .. } = migration.body() {
            return Err(NoImage::Code { migration: migration.id().to_owned() });
        }
    }
    for (id, script) in scripts(set) {
        for (number, (offset, statement)) in (1..).zip(statements(&script.sql)) {
            let place = || {
                let line = LineCounter::new(&script.sql).line_at(offset);
                StatementPlace::new(id, &*script.file, number, line)
            };
            if leaves_the_database(statement) {
                return Err(NoImage::OtherFiles(place()));
            }
            // It tells when they were applied, and how.
            if statement.to_ascii_lowercase().contains("_wheatear_") {
                return Err(NoImage::Depends { place: place(), on: "the record of migrations".to_owned() });
            }
        }
    }
    Ok(())
}

/// What runs when all of the set is applied.
fn scripts(set: &MigrationSet) -> impl Iterator<Item = (&str, &Script)> {
    let ups = set.iter().filter_map(|migration| match migration.body() {
        Body::Sql { up, .. } => Some((migration.id(), up)),
        Body::Code { .. } => None,
    });
    ups.chain(set.hooks().iter().map(|hook| (&*hook.id, &hook.script)))
}

fn place(set: &MigrationSet, id: &str, statement: usize, line: usize) -> StatementPlace {
    let file = scripts(set).find(|(of, _)| *of == id).map_or("", |(_, script)| &script.file);
    StatementPlace::new(id, file, statement, line)
}

/// Applies the set to a new database, as a page does, and gives its file.
fn apply(settings: &Settings<'_>, witness: Option<&Witness>) -> Result<Vec<u8>, Error> {
    let mirror = Mirror::new(0)?;
    let mut connection = mirror.connect()?;
    let ledger = Ledger { prefix: settings.ledger.prefix.clone(), app_version: None, is_of_image: true };
    let mut settings = Settings { ledger, observer: None, ..settings.clone() };
    let prepared = settings.set.prepare(&connection).and_then(|()| match witness {
        Some(witness) => witness.attend(&connection),
        None => Ok(()),
    });
    prepared.map_err(|error| transaction_error(RunAction::Begin, error))?;
    settings.observer = witness.map(observer);
    run::run(&mut connection, &settings, &Operation::Apply(Target::Latest))?;
    Ok(read_file(&connection, 0, usize::MAX)?)
}

/// Tells a witness which statement runs.
fn observer(witness: &Witness) -> Observer {
    let witness = witness.clone();
    Arc::new(move |progress| {
        if let Progress::Statement { id, statement, line } = *progress {
            witness.begins(id, statement, line);
        }
        ControlFlow::Continue(())
    })
}
