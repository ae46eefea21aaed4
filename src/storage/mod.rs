//! Where a database lives, and what can be wrong with that place.

#[cfg(any(test, all(target_family = "wasm", target_os = "unknown")))]
mod buffered_file;
mod copy;
mod database_file;
mod error;
mod file_check;
mod incoming;
mod limit;
mod mirror;
mod name;
#[cfg(not(target_family = "wasm"))]
mod open_file;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub mod opfs;
mod soundness;
mod stack;
mod write_ahead_log;

pub(crate) use copy::copy;
pub(crate) use database_file::{read as read_file, settle_log, size as file_size};
pub use error::{StorageError, StorageErrorKind};
pub(crate) use file_check::{examine_open, leave_wal_mode};
pub use incoming::{DatabaseFile, IsUsable};
pub(crate) use limit::limit_met;
pub use mirror::{BLOCK_SIZE, Mirror, Missing};
pub use name::{DatabaseName, InvalidDatabaseName};
#[cfg(not(target_family = "wasm"))]
pub use open_file::open_file;
pub(crate) use soundness::check;
