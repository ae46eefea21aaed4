//! What a migration is: file format, order, plan. Pure values: no I/O, no SQLite, no browser.
//!
//! | to | see |
//! | --- | --- |
//! | read one migration file | [`header`] |
//! | build the ordered, validated set of a folder | [`MigrationSet::from_files`] |
//! | decide what a database lacks | [`plan()`] |
//! | name an error the way every layer does | [`ErrorCode`] |
//!
//! Users reach all of this through the `wheatear` crate.

mod code;
mod definition_error;
mod digest;
pub mod header;
mod history_error;
mod migration;
mod natural_order;
mod plan;
mod set;
pub mod sql_text;
pub mod statements;
mod topological_order;

pub use code::{ErrorClass, ErrorCode};
pub use definition_error::{DefinitionError, DefinitionErrorKind};
pub use digest::Digest;
pub use history_error::HistoryError;
pub use migration::Migration;
pub use natural_order::natural_order;
pub use plan::{Plan, Target, plan};
pub use set::{MigrationSet, SourceFile};
