//! Database files that come from elsewhere, part by part.

use rusqlite::Connection;

use super::write_ahead_log::{self, Index};
use super::{StorageError, StorageErrorKind, file_check};

/// How much of a file is read or handed out at once, in bytes: a multiple of every page size and of a mirror's
/// block.
pub(crate) const PART: usize = 1 << 20;

/// A database file to import, and what is known of it. `read` gives the bytes at an offset, as many as it is asked
/// for.
#[derive(Debug)]
pub struct DatabaseFile<Read> {
    size: u64,
    read: Read,
    log: Log<Read>,
    /// What tells whether it can be used if it is damaged; `None` if it is no backup.
    is_usable: Option<IsUsable>,
}

/// Tells of a database that is damaged whether it can be used all the same. Asked within a transaction that is rolled
/// back, so that it may try.
pub type IsUsable = fn(&Connection) -> bool;

/// What lies beside a file in WAL mode.
#[derive(Debug)]
enum Log<Read> {
    Unknown,
    Absent,
    Given { size: u64, read: Read },
}

impl<Read> DatabaseFile<Read> {
    /// A file of `size` bytes. If it is in WAL mode it is refused, because rows may lie in a `-wal` beside it.
    pub fn new(size: u64, read: Read) -> Self {
        Self { size, read, log: Log::Unknown, is_usable: None }
    }

    /// Whatever mode it is in, there is no `-wal` beside it.
    #[must_use]
    pub fn without_wal(self) -> Self {
        Self { log: Log::Absent, ..self }
    }

    /// The `-wal` that lies beside it: what was committed to that is a part of the database.
    #[must_use]
    pub fn with_wal(self, size: u64, read: Read) -> Self {
        Self { log: Log::Given { size, read }, ..self }
    }

    /// It is a copy of a database that was in use here: what is damaged in it was damaged then, and is a warning
    /// if it can be used all the same, such as by [`Migrator::can_use`](crate::Migrator::can_use).
    #[must_use]
    pub fn from_backup(self, is_usable: IsUsable) -> Self {
        Self { is_usable: Some(is_usable), log: Log::Absent, ..self }
    }
}

/// A file whose header is that of a database.
pub(crate) struct Incoming<Read> {
    file: DatabaseFile<Read>,
    index: Index,
    page_size: u64,
    size: u64,
}

impl<Read, E> Incoming<Read>
where
    Read: AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>,
    E: From<StorageError>,
{
    /// Looks at header and log, before anything is written.
    ///
    /// # Errors
    /// [`StorageErrorKind::WalMissing`]; [`StorageErrorKind::NotADatabase`] and its like; those of `read`.
    pub async fn examine(mut file: DatabaseFile<Read>) -> Result<Self, E> {
        let length = file.size.min(file_check::HEAD as u64);
        let mut head = read_exactly(&mut file.read, 0, length as usize).await?;
        let page_size = file_check::page_size(&head);
        let mut index = Index::default();
        match &mut file.log {
            Log::Unknown if file_check::is_in_wal_mode(&head) => {
                let reason = "only what was moved out of it is in this file";
                return Err(StorageError::new(StorageErrorKind::WalMissing, reason).into());
            }
            Log::Given { size, read } if file_check::is_page_size(page_size) => {
                let size = *size;
                let read = async |offset, length| read_exactly(read, offset, length).await;
                index = write_ahead_log::index(size, page_size, read).await?;
            }
            _ => {}
        }
        let mut size = file.size;
        if index.size > 0 {
            size = index.size;
            if let (Some(offset), Log::Given { read, .. }) = (index.pages.get(&1), &mut file.log) {
                head = read_exactly(read, *offset, file_check::HEAD.min(page_size as usize)).await?;
            }
        }
        let size = file_check::examine(&head, size)?;
        Ok(Self { file, index, page_size, size })
    }

    /// How many bytes [`Incoming::copy`] will hand out.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What tells whether a damaged database can be used; `None` if damage is an error in any case.
    pub fn is_usable(&self) -> Option<IsUsable> {
        self.file.is_usable
    }

    /// What is wrong with its log: a sentence for developers, if anything is.
    pub fn warning_of_log(&self) -> Option<String> {
        const CUT: &str =
            "The -wal is damaged or cut short: what was committed to it last could not be read, and is not imported";
        self.index.is_cut.then(|| CUT.to_owned())
    }

    /// Reads everything and hands each part to `write`, with its offset, as a database that is not in WAL mode.
    pub async fn copy(mut self, mut write: impl FnMut(u64, &[u8]) -> Result<(), StorageError>) -> Result<(), E> {
        let mut offset = 0;
        while offset < self.size {
            let length = (self.size - offset).min(PART as u64);
            // The log may have pages behind the end of the file.
            let there = self.file.size.saturating_sub(offset).min(length) as usize;
            let mut bytes = match there {
                0 => Vec::new(),
                _ => read_exactly(&mut self.file.read, offset, there).await?,
            };
            bytes.resize(length as usize, 0);
            if let Log::Given { read, .. } = &mut self.file.log {
                let first = offset / self.page_size + 1;
                for page in first..first + length / self.page_size {
                    let Some(at) = self.index.pages.get(&page) else { continue };
                    let contents = read_exactly(read, *at, self.page_size as usize).await?;
                    let start = ((page - first) * self.page_size) as usize;
                    bytes[start..start + contents.len()].copy_from_slice(&contents);
                }
            }
            if offset == 0 {
                file_check::leave_wal_mode(&mut bytes);
            }
            write(offset, &bytes)?;
            offset += length;
        }
        Ok(())
    }
}

async fn read_exactly<E: From<StorageError>>(
    read: &mut impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, E> {
    let bytes = if length > 0 { read(offset, length).await? } else { Vec::new() };
    if bytes.len() == length {
        return Ok(bytes);
    }
    let reason = "the file to import gave fewer or more bytes than it has";
    Err(StorageError::new(StorageErrorKind::Io, reason).into())
}
