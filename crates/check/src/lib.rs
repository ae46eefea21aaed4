//! Looks for what is dangerous in a set of migrations: it fills the tables with rows before each of them, runs it, and
//! looks at what became of the rows and of the schema. SQLite is asked, and SQL is not read.
//!
//! ```
//! use wheatear_check::{Lint, check};
//! use wheatear_core::SourceFile;
//!
//! let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
//! let checked = check(&[
//!     file("0001.create.sql", "CREATE TABLE parcel (id INTEGER PRIMARY KEY, code TEXT);"),
//!     file("0001.create.rollback.sql", "DROP TABLE parcel;"),
//!     file("0002.unique.sql", "CREATE UNIQUE INDEX parcel_code ON parcel (code);"),
//!     file("0002.unique.rollback.sql", "DROP INDEX parcel_code;"),
//! ])?;
//! let [found] = &checked.findings[..] else { panic!("one finding") };
//! assert_eq!((found.lint, found.file.as_str(), found.line), (Lint::UniqueOnRows, "0002.unique.sql", 1));
//! # Ok::<(), wheatear::Error>(())
//! ```

mod allowed;
mod catalog;
mod copied;
mod culprit;
mod failing;
mod finding;
mod lint;
mod lints;
mod options;
mod report;
mod rows;
mod run;
mod story;
mod subject;

use rusqlite::Connection;
use wheatear::{Body, Error, HistoryError, Migration, MigrationSet, SourceFile, TrialError};
use wheatear_sqlite::{attempt, reaches_out};

use copied::{copy, empty};
use report::Report;
use rows::Filler;
use subject::Subject;

pub use allowed::big_tables;
pub use finding::{Checked, Finding};
pub use lint::{Lint, UnknownLint};
pub use options::CheckOptions;

/// Builds a set of files, tries it out, and looks for every danger.
///
/// # Errors
/// [`Error::Definition`] for the first fault in the files; [`Error::Apply`] and [`Error::Unsound`], with file, line and SQL,
/// for what SQLite refuses, or would as soon as there are rows: what the lints say of such a set is not known.
pub fn check(files: &[SourceFile]) -> Result<Checked, Error> {
    check_with(files, &CheckOptions::default())
}

/// The same, with options.
///
/// # Errors
/// As [`check`]; and `UnknownTarget` if there is no migration from which on the lints are to count.
pub fn check_with(files: &[SourceFile], options: &CheckOptions) -> Result<Checked, Error> {
    let set = MigrationSet::from_files(files.iter().cloned())?.preparing(options.prepare).tried_out()?;
    let first = match &options.since {
        Some(id) => set.iter().position(|migration| migration.id() == id).ok_or_else(|| unknown(id, &set))?,
        None => 0,
    };
    let mut report = Report::new(options);
    look(&set, first, options, &mut report).map_err(|error| Error::Unsound(TrialError::unusable(error)))?;
    Ok(Checked { findings: report.findings })
}

fn unknown(id: &str, set: &MigrationSet) -> Error {
    let latest = set.latest().map(|migration| migration.id().to_owned());
    Error::History(HistoryError::UnknownTarget { id: id.to_owned(), latest })
}

/// Looks at each migration from `first` on; `database` has what those before it have made, and no other rows.
fn look(set: &MigrationSet, first: usize, options: &CheckOptions, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let database = empty(options)?;
    let mut filler = Filler::default();
    for migration in set.iter() {
        if let Body::Sql { up, down } = migration.body() {
            std::iter::once(up).chain(down).for_each(|script| report.measure(script));
        }
    }
    for (number, migration) in set.iter().enumerate() {
        if number >= first {
            look_at(migration, &database, options, &mut filler, report)?;
        }
        if let Body::Sql { up, .. } = migration.body()
            && !reaches_out(up)
        {
            // It has been tried out.
            let _ = attempt(&database, up, &mut |_, _| {});
        }
    }
    for hook in set.hooks() {
        report.open(&hook.script);
        if reaches_out(&hook.script) {
            continue;
        }
        let filled = filled(&database, options, &mut filler)?;
        if let Some(subject) = Subject::of(&hook.script, None, &database, filled, options, report)? {
            lints::look_at_hook(&subject, report)?;
        }
        let _ = attempt(&database, &hook.script, &mut |_, _| {});
    }
    Ok(())
}

/// A copy of a database, with rows.
fn filled(database: &Connection, options: &CheckOptions, filler: &mut Filler) -> rusqlite::Result<Connection> {
    let filled = copy(database, options)?;
    filler.fill(&filled)?;
    Ok(filled)
}

fn look_at(
    migration: &Migration,
    database: &Connection,
    options: &CheckOptions,
    filler: &mut Filler,
    report: &mut Report<'_>,
) -> rusqlite::Result<()> {
    let Body::Sql { up, down } = migration.body() else { return Ok(()) };
    report.open(up);
    if let Some(down) = down {
        report.open(down);
    }
    lints::missing_down(up, down.as_ref(), report);
    if reaches_out(up) {
        return Ok(());
    }
    let filled = filled(database, options, filler)?;
    if let Some(subject) = Subject::of(up, down.as_ref(), database, filled, options, report)? {
        lints::look_at(&subject, report)?;
    }
    Ok(())
}
