//! Upgrades the SQLite database that lives in a browser, or anywhere else SQLite runs.
//!
//! A folder of SQL files, embedded when the crate is compiled; one call that applies what a
//! database lacks, all of it or nothing; tables in that database that remember.
//!
//! ```
//! use wheatear::{MigrationSet, Migrator, migrations};
//!
//! static MIGRATIONS: MigrationSet = migrations!("migrations");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut database = rusqlite::Connection::open_in_memory()?;
//! let report = Migrator::new(&MIGRATIONS).apply(&mut database)?;
//! assert_eq!(report.to.as_deref(), Some("0002.alter-table"));
//! # Ok(())
//! # }
//! ```
//!
//! | to | see |
//! | --- | --- |
//! | embed a folder of migrations | [`migrations!`] |
//! | write a migration in Rust | [`CodeStep`] |
//! | apply, roll back, plan, rehearse, adopt a database | [`Migrator`] |
//! | know what a run did | [`Report`] |
//! | run queries and scripts that cannot leave a transaction open | [`Session`] |
//! | act on an error | [`Error`], [`ErrorCode`] |
//! | give a web page its database | [`export_migrations!`] and the npm package `wheatear` |

mod code_step;
mod error;
mod export_migrations;
mod foreign_keys;
mod image;
mod ledger;
mod log;
mod migration_set;
mod migrator;
mod progress;
mod rehearsal;
mod report;
mod run;
mod session;
#[cfg(any(feature = "serde", all(target_family = "wasm", target_os = "unknown")))]
mod shapes;
mod status;
pub mod storage;
mod table_prefix;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub mod wasm;

pub use code_step::{CodeError, CodeFunction, CodeStep};
pub use error::{ApplyError, Error, ForeignKeyViolation, PartialRun, QueryError, RunAction};
#[cfg(feature = "image")]
pub use image::NoImage;
pub use log::{LogEntry, Outcome};
pub use migration_set::MigrationSet;
pub use migrator::Migrator;
pub use progress::{Phase, Progress};
pub use rehearsal::Rehearsal;
pub use report::{DoneStep, Report, Warning};
pub use rusqlite;
pub use session::{Call, Parameters, Part, Rows, RunResult, Session};
pub use status::{MigrationState, MigrationStatus};
pub use storage::{StorageError, StorageErrorKind};
pub use table_prefix::{InvalidTablePrefix, TablePrefix};
pub use wheatear_core;
pub use wheatear_core::{
    Adopted, AdoptedBy, Body, DefinitionError, DefinitionErrorKind, Digest, Down, EditedMigration, ErrorClass,
    ErrorCode, HistoryError, Hook, InvalidOperation, Migration, Mismatch, OnAhead, OnDrift, OnEdited, OnLate,
    OnUnmanaged, Operation, Plan, RenamedMigration, RollbackTarget, Schema, SchemaChange, SchemaDifference,
    SchemaObject, Script, SetDefinition, SourceFile, SqlMigration, StatementPlace, Step, StepOperation, Target, Trace,
    Unadoptable,
};
pub use wheatear_sqlite::{SqliteFailure, TrialError, TrialFault, read_schema};

/// Embeds a folder of migrations: an expression of type [`MigrationSet`], evaluated at compile time.
///
/// ```
/// use wheatear::{MigrationSet, migrations};
///
/// static MIGRATIONS: MigrationSet = migrations!("migrations");
/// assert_eq!(MIGRATIONS.latest().map(|migration| migration.id()), Some("0002.alter-table"));
/// ```
///
/// The path is relative to the folder of the crate's `Cargo.toml`. What the folder may hold:
/// [`MigrationSet::from_files`]. A new file is noticed through a `build.rs`; without one the macro
/// warns and says what to write into it:
///
/// ```text
/// fn main() {
///     println!("cargo::rerun-if-changed=migrations");
/// }
/// ```
///
/// Migrations written in Rust stand beside the folder, in one order with its files. `version` stands for
/// what the functions do; `depends`, `was`, `compatible` and `down` may be left out:
///
/// ```
/// use wheatear::rusqlite::Transaction;
/// use wheatear::{CodeError, MigrationSet, migrations};
///
/// static MIGRATIONS: MigrationSet = migrations!("migrations", {
///     "0003.backfill" => { version: "1", depends: ["0002.alter-table"], up: backfill, down: unfill },
/// });
///
/// fn backfill(transaction: &Transaction<'_>) -> Result<(), CodeError> {
///     transaction.execute("UPDATE weather_node SET temp_c = 20 WHERE temp_c IS NULL", [])?;
///     Ok(())
/// }
///
/// fn unfill(transaction: &Transaction<'_>) -> Result<(), CodeError> {
///     transaction.execute("UPDATE weather_node SET temp_c = NULL", [])?;
///     Ok(())
/// }
/// ```
///
/// With the feature `try-migrations`, on by default, the set is run on SQLite in memory while the crate
/// compiles: up, down as far as there are downs, and up again. The set then knows the schema it makes, which
/// runs compare with what they find. Code is not run there.
///
/// # Errors
/// A folder that does not exist, a duplicate id, an unknown dependency, a circle, an unreadable
/// header, SQL that SQLite refuses: each is a compile error that names file and line.
///
/// ```compile_fail
/// static MIGRATIONS: wheatear::MigrationSet = wheatear::migrations!("no-such-folder");
/// ```
pub use wheatear_macros::migrations;

// The documentation's examples run as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct InRust;
#[cfg(doctest)]
#[doc = include_str!("../docs/native.md")]
struct Native;
