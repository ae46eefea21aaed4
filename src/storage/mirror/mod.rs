//! A database whose file is in memory, cut into blocks, and that tells what each commit changed: whoever
//! stores those blocks elsewhere, commit by commit, has a database there that is always whole.

mod blocks;
mod os;
mod vfs;

use rusqlite::Connection;

use crate::storage::incoming::Incoming;
use crate::storage::{DatabaseFile, StorageError, StorageErrorKind, file_check, soundness, stack};
use blocks::Blocks;
use vfs::SharedBlocks;

pub use blocks::{BLOCK_SIZE, Missing};

/// The file of a database, in memory. A block that is not there yet makes the call that needs it fail with
/// `storage_io`: [`Mirror::take_missing`] tells which; fill it and call again. A statement of its own has then done
/// nothing. Of one inside of a transaction a part may be done: [`Session::attempt`](crate::Session::attempt) takes
/// that back, and for migrations every block should be there before ([`Mirror::require_all`]). While something
/// is missing nothing is committed, also if SQLite took the failure for something else.
///
/// ```
/// use wheatear::storage::Mirror;
///
/// # fn main() -> Result<(), wheatear::Error> {
/// let mirror = Mirror::new(0)?;
/// let connection = mirror.connect()?;
/// # let run = || -> wheatear::rusqlite::Result<()> {
/// connection.execute_batch("CREATE TABLE note (text)")?;
/// let mut blocks = std::collections::BTreeMap::new();
/// let size = mirror.take_commit(false, |index, block| {
///     blocks.insert(index, block.to_vec());
/// });
/// assert_eq!(size, Some(8192));
/// assert_eq!(blocks.len(), 1);
/// # Ok(())
/// # };
/// # run().expect("a table");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Mirror {
    blocks: SharedBlocks,
}

impl Mirror {
    /// A file of `size` bytes, of which nothing is there yet. With 0, a new database.
    ///
    /// # Errors
    /// [`StorageErrorKind::OutOfMemory`] if it is larger than memory can be.
    pub fn new(size: u64) -> Result<Self, StorageError> {
        Ok(Self { blocks: SharedBlocks::new(Blocks::absent(size)?) })
    }

    /// Reads a file that comes from elsewhere, connects to it and checks all of it. [`Mirror::take_commit`] has
    /// everything next. Also says what is wrong with its rows, and is no damage, and whether the
    /// end of its log is missing.
    ///
    /// # Errors
    /// [`StorageErrorKind::NotADatabase`] and its like, [`StorageErrorKind::WalMissing`], [`StorageErrorKind::Full`];
    /// those of reading it.
    pub async fn import<E: From<StorageError>>(
        file: DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>>,
    ) -> Result<(Self, Connection, Vec<String>), E> {
        let file = Incoming::examine(file).await?;
        let is_usable = file.is_usable();
        let of_log = file.warning_of_log();
        let mirror = Self::new(file.size())?;
        file.copy(|offset, bytes| {
            let first = (offset / BLOCK_SIZE as u64) as usize;
            bytes.chunks(BLOCK_SIZE).zip(first..).try_for_each(|(block, index)| mirror.fill(index, block))
        })
        .await?;
        let connection = mirror.connect()?;
        let of_file = soundness::check_import(&connection, is_usable)?;
        Ok((mirror, connection, of_log.into_iter().chain(of_file).collect()))
    }

    /// Supplies the block with this index, which starts at `index * BLOCK_SIZE`, as it was stored by the last
    /// commit. What is there already stays as it is. Behind the end of the file it may be cut short.
    ///
    /// # Errors
    /// [`StorageErrorKind::OutOfMemory`] if there is no memory for it.
    pub fn fill(&self, index: usize, block: &[u8]) -> Result<(), StorageError> {
        let filled = self.blocks.lock().fill(index, block);
        filled.map_err(|error| StorageError::new(StorageErrorKind::OutOfMemory, error.message()))
    }

    /// Connects to the database, with foreign keys on. One connection at a time. Of a file that is not empty,
    /// the first block must be there, and no other. Its journals are in memory, and it is never in WAL mode.
    ///
    /// # Errors
    /// [`StorageErrorKind::NotADatabase`] and its like, also if the first block shows that the file is no database.
    pub fn connect(&self) -> Result<Connection, StorageError> {
        let open_error = |error| StorageError::of_any(error, StorageErrorKind::Io);
        let mut connection = self.blocks.connect()?;
        stack::bound(&connection);
        file_check::examine_open(&connection)?;
        connection.execute_batch("PRAGMA temp_store = FILE; PRAGMA foreign_keys = ON").map_err(open_error)?;
        let blocks = self.blocks.clone();
        connection.commit_hook(Some(move || blocks.lock().is_lacking())).map_err(open_error)?;
        Ok(connection)
    }

    /// Whether every block is there.
    pub fn is_complete(&self) -> bool {
        self.blocks.lock().is_complete()
    }

    /// The first block from `index` on that is not there, or not more of it than was written.
    pub fn next_absent(&self, index: usize) -> Option<usize> {
        self.blocks.lock().next_absent(index)
    }

    /// What the calls since the last time lacked.
    pub fn take_missing(&self) -> Option<Missing> {
        self.blocks.lock().take_missing()
    }

    /// Whether the calls since [`Mirror::take_missing`] had all that they needed. SQLite may hide that one did
    /// not: `PRAGMA integrity_check` reports it as damage. So ask after every call, also after a success.
    ///
    /// # Errors
    /// [`StorageErrorKind::Io`] if something was missing.
    pub fn require_none_missing(&self) -> Result<(), StorageError> {
        self.blocks.lock().missing_error().map_or(Ok(()), Err)
    }

    /// Whether every block is there; otherwise [`Missing::All`] is what was lacking.
    ///
    /// # Errors
    /// [`StorageErrorKind::Io`] if one is not there.
    pub fn require_all(&self) -> Result<(), StorageError> {
        let all = self.blocks.lock().require_all();
        all.map_err(|error| StorageError::new(StorageErrorKind::Io, error.message()))
    }

    /// A block of which the last commit wrote a part, while the rest is not there: it must be filled before
    /// [`Mirror::take_commit`].
    pub fn unfinished(&self) -> Option<usize> {
        self.blocks.lock().unfinished()
    }

    /// Hands out what was committed since the last time: `visit` gets index and bytes of every block that
    /// changed, each [`BLOCK_SIZE`] long, and the size of the file in bytes is returned; `None` if nothing was.
    /// Blocks beyond that size are no longer part of the file. With `everything`, every block is handed out. Nothing
    /// is while one is [unfinished](Mirror::unfinished).
    ///
    /// Call it while no transaction is open: several commits become one.
    pub fn take_commit(&self, everything: bool, visit: impl FnMut(usize, &[u8])) -> Option<u64> {
        self.blocks.lock().take_commit(everything, visit)
    }
}
