//! Where a database lives, and what can be wrong with that place.

mod error;
mod name;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub mod opfs;

pub(crate) use error::or_storage;
pub use error::{StorageError, StorageErrorKind};
pub use name::{DatabaseName, InvalidDatabaseName};
