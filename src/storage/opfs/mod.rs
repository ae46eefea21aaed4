//! The origin private file system, through synchronous access handles: a pool of files in a folder
//! of its own for each database. Only a dedicated worker may use it, and only one at a time.
//!
//! Source: <https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle>

mod browser;
mod folder;
mod pool;
mod slots;
mod transfer;

use rusqlite::Connection;
use sqlite_wasm_vfs::sahpool::OpfsSAHPoolUtil;

use crate::storage::{DatabaseName, StorageError};
use browser::patiently;

pub use folder::delete;
pub use transfer::{export, import};

/// An open database and the pool of files that it alone holds.
pub struct OpfsDatabase {
    pool: OpfsSAHPoolUtil,
}

impl OpfsDatabase {
    /// Takes the database's files, waiting up to five seconds for another holder, and connects. `is_known`: the
    /// caller knows that there is a database of this name, which is not empty. Then a new one is not created where that
    /// is damaged beyond recognition.
    ///
    /// # Errors
    /// `storage_unsupported` where there is no such file system, `storage_busy` if the files stay in use, `storage_full`,
    /// `not_a_database` and its like, with the file as it was.
    pub async fn open(name: &DatabaseName, is_known: bool) -> Result<(Self, Connection), StorageError> {
        // The files are looked at before the pool is taken, because the pool empties each that has no name.
        patiently(async || {
            let Some(slots) = slots::look(name).await? else { return Ok(()) };
            slots.check(is_known).await?;
            slots.remove_strays().await
        })
        .await?;
        let (pool, vfs) = pool::take(name).await?;
        pool::clear_up(&pool).await?;
        match pool::connect(&vfs) {
            Ok(connection) => Ok((Self { pool }, connection)),
            Err(error) => {
                // The caller must hear of the first error, and not of one in tidying up.
                let _ = pool::release(&pool);
                Err(error)
            }
        }
    }

    /// Closes the connection and lets go of the files, for the next tab.
    ///
    /// # Errors
    /// `storage_busy` if a file is still in use.
    pub fn close(self, connection: Connection) -> Result<(), StorageError> {
        drop(connection);
        pool::release(&self.pool)
    }
}
