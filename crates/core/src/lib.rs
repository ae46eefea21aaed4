//! What a migration is: file format, order, plan. Pure values: no SQLite, no browser, and no I/O but for `FolderFiles`.
//!
//! | to | see |
//! | --- | --- |
//! | read the headers of a migration file | [`header`] |
//! | build the ordered, validated set of a folder | [`SetDefinition::from_files`] |
//! | decide what an operation does to a database | [`plan()`] |
//! | tell a database that something else has made | [`Contents::traces`] |
//! | find in a set what another tool has recorded | [`Adopted::of_record`] |
//! | compare what a schema is with what it should be | [`Schema::differences`] |
//! | know what may be done with a pragma | [`pragma`] |
//! | name an error the way every layer does | [`ErrorCode`] |
//!
//! Users reach all of this through the `wheatear` crate.

mod adoption;
mod code;
mod code_migration;
mod definition_error;
mod digest;
mod draft;
mod folder;
mod foreign_checksum;
mod foreign_record;
mod foreign_version;
pub mod header;
mod history;
mod history_error;
mod ledger_entry;
mod line_ends;
mod lower_case;
mod migration;
mod natural_order;
mod normal_form;
mod operation;
mod operation_text;
mod other_tools;
mod plan;
mod policy;
pub mod pragma;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod read_folder;
mod rename;
mod schema;
pub mod schema_statements;
mod schema_text;
mod script_rules;
#[cfg(feature = "serde")]
mod serialize;
mod set;
mod set_order;
mod sorted;
mod source_file;
mod sql_migration;
pub mod sql_text;
mod statement_place;
pub mod statements;
mod step;
mod text_difference;
pub mod tokens;
mod topological_order;
mod unadoptable;
mod unmanaged;

pub use adoption::{Adopted, AdoptedBy};
pub use code::{ErrorClass, ErrorCode};
pub use code_migration::CodeMigration;
#[doc(hidden)]
pub use definition_error::no_migrations;
pub use definition_error::{DefinitionError, DefinitionErrorKind};
pub use digest::{Digest, InvalidDigest};
pub use foreign_record::{ForeignRecord, ForeignRow};
pub use history_error::{EditedMigration, HistoryError, RenamedMigration};
pub use ledger_entry::LedgerEntry;
pub use migration::{Body, Hook, Migration, Script};
pub use natural_order::natural_order;
pub use normal_form::normal_form;
pub use operation::{Operation, RollbackTarget, Target};
pub use operation_text::InvalidOperation;
pub use plan::{AdoptBy, Plan, adopt, plan};
pub use policy::{OnAhead, OnDrift, OnEdited, OnLate, OnUnmanaged, Policy};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use read_folder::FolderFiles;
pub use rename::{by_new_ids, partly_replaced};
pub use schema::{Schema, SchemaChange, SchemaDifference, SchemaObject};
pub use script_rules::check_recorded;
pub use set::SetDefinition;
pub use set_order::in_set_order;
#[doc(hidden)]
pub use sorted::{set_of, sort_by};
pub use source_file::SourceFile;
pub use sql_migration::SqlMigration;
pub use statement_place::StatementPlace;
pub use step::{Down, Step, StepOperation};
pub use unadoptable::{Mismatch, Unadoptable};
pub use unmanaged::{Contents, Trace};
