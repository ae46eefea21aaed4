//! Turns the migrations of other tools into a folder of Wheatear's: order, downs and what runs outside of a transaction are
//! kept; what cannot be kept is told, or refused with file and line.
//!
//! ```
//! use wheatear_core::SourceFile;
//! use wheatear_import::{Tool, import};
//!
//! let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
//! let imported = import(
//!     "dbmate".parse::<Tool>()?,
//!     vec![file("1_note.sql", "-- migrate:up\nCREATE TABLE note (text);\n-- migrate:down\nDROP TABLE note;\n")],
//! )?;
//! assert_eq!(
//!     imported.files,
//!     [file("1_note.sql", "CREATE TABLE note (text);\n"), file("1_note.rollback.sql", "DROP TABLE note;\n")]
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adapt;
mod characters;
mod error;
mod found;
mod imported;
mod input;
mod javascript;
mod literals;
mod notes;
mod pragmas;
mod python;
mod sections;
mod tool;
mod tools;
mod write;

use wheatear_core::SourceFile;

pub use error::ImportError;
pub use imported::Imported;
pub use tool::{Tool, UnknownTool};

/// Reads the files of a tool's folder, with paths below it, such as `meta/_journal.json`. Files that the tool does not read
/// are passed over.
///
/// # Errors
/// The first place that cannot be kept: a migration that is written in code, SQL for another database, two migrations with one
/// number, a file that is missing. Also a folder in which there is no migration.
pub fn import(tool: Tool, files: Vec<SourceFile>) -> Result<Imported, ImportError> {
    let folder = tools::read(tool, &input::read(files))?;
    write::write(tool, folder)
}
