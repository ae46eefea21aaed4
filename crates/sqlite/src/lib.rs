//! What Wheatear needs SQLite for and no ledger: running scripts, reading schemas, trying a set out.
//!
//! | to | see |
//! | --- | --- |
//! | run a script statement by statement | [`script`] |
//! | read the schema of a database, or its SQL | [`read_schema`], [`read_created`] |
//! | read rows | [`all_rows`], [`first_row`], [`one_row`] |
//! | put back what a script switched on the connection | [`switches`] |
//! | hear what is compiled, and what else rusqlite does not offer | [`sqlite_api`] |
//! | hear what depends on time, on chance, or on where it runs | `Witness`, with the feature `dependence` |
//! | run one script as a run does, and nothing else | [`attempt`] |
//! | run a whole set on a database in memory | [`try_out`] |
//! | the same, with an eye on what pages lack | `try_out_for_pages` |
//!
//! The engine uses it at run time and `migrations!` at compile time. Users reach it through the
//! `wheatear` crate.

#[cfg(feature = "dependence")]
mod dependence;
mod lossy_text;
#[cfg(not(target_family = "wasm"))]
mod pages;
mod quoted;
mod rows;
mod schema_reader;
pub mod script;
pub mod sqlite_api;
mod sqlite_failure;
pub mod switches;
mod trial;

#[cfg(feature = "dependence")]
pub use dependence::Witness;
pub use lossy_text::lossy_text;
#[cfg(not(target_family = "wasm"))]
pub use pages::{Lacking, PageTrial, try_out_for_pages};
pub use quoted::quoted;
pub use rows::{all_rows, first_row, one_row};
pub use schema_reader::{CreatedObject, read_created, read_schema};
pub use sqlite_failure::SqliteFailure;
pub use trial::{TrialError, TrialFault, attempt, reaches_out, schema_after, try_out, try_out_prepared};
