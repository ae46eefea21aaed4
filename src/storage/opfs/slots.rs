//! The files of a pool before the pool is taken, because the pool then empties every file without a name, and refuses
//! all of them if one has a damaged header. Each begins with its name, and what it holds follows at [`CONTENTS`].
//!
//! Source: `SyncAccessFile::associated_filename` of sqlite-wasm-vfs 0.3

use js_sys::{Array, IteratorNext, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, FileSystemDirectoryHandle, FileSystemFileHandle};

use super::browser::js_error;
use super::folder::{child, parent_of};
use super::pool::{FILE, IMPORT, JOURNALS};
use crate::storage::incoming::PART;
use crate::storage::{DatabaseName, StorageError, StorageErrorKind, file_check};

/// Folder of the pool's files within the folder of a database.
const FOLDER: &str = ".opaque";

/// Where the contents of a file begin, in bytes.
const CONTENTS: u64 = 4096;

/// Length of a name, which ends with zeros, and of the flags behind it.
const NAME: usize = 512;
const FLAGS: usize = 4;

/// What a temporary file has among its flags (`SQLITE_OPEN_DELETEONCLOSE`), behind a name of letters and digits; the
/// pool empties those, too.
const TEMPORARY: u8 = 8;

/// What the files of a pool hold.
#[derive(Default)]
pub(super) struct Slots {
    /// The database, by its name.
    database: Option<Slot>,
    /// Where there is no `database`: the largest file that holds something and whose name tells nothing.
    nameless: Option<Slot>,
    /// The folder of the pool.
    folder: Option<FileSystemDirectoryHandle>,
    /// Names of files in it that the pool has not made: shorter than a header, and not the rest of one that had a name.
    /// While they are there, the pool cannot be installed.
    strays: Vec<String>,
}

struct Slot {
    file: FileSystemFileHandle,
    /// Size of its contents, in bytes.
    size: u64,
}

/// Looks at the files of a database, if there is a folder for it.
pub(super) async fn look(name: &DatabaseName) -> Result<Option<Slots>, StorageError> {
    let Some(root) = parent_of(name).await? else { return Ok(None) };
    let Some(folder) = child(&root, &name.folder()).await? else { return Ok(None) };
    let mut slots = Slots::default();
    // A first visit may have ended before it made the folder of the pool.
    let Some(folder) = child(&folder, FOLDER).await? else { return Ok(Some(slots)) };
    let entries = folder.entries();
    loop {
        let next = entries.next().map_err(|error| js_error(&error))?;
        let next: IteratorNext = JsFuture::from(next).await.map_err(|error| js_error(&error))?.unchecked_into();
        if next.done() {
            slots.folder = Some(folder);
            return Ok(Some(slots));
        }
        if let Ok(file) = Array::from(&next.value()).get(1).dyn_into() {
            slots.add(file).await?;
        }
    }
}

impl Slots {
    async fn add(&mut self, file: FileSystemFileHandle) -> Result<(), StorageError> {
        let blob = contents_of(&file).await?;
        let physical_size = blob.size() as u64;
        let header = read(&blob, 0, NAME + FLAGS).await?;
        // A file that the pool has made and not filled yet begins with zeros, or with the `/` of a name.
        if physical_size < CONTENTS && header.first().is_some_and(|first| !b"\0/".contains(first)) {
            self.strays.push(file.name());
            return Ok(());
        }
        let slot = Slot { file, size: physical_size.saturating_sub(CONTENTS) };
        let (name, flags) = header.split_at(header.len().min(NAME));
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        let (name, padding) = name.split_at(end);
        let is_temporary = !name.is_empty()
            && name.iter().all(u8::is_ascii_alphanumeric)
            && padding.iter().all(|byte| *byte == 0)
            && flags.last().is_some_and(|flags| flags & TEMPORARY != 0);
        if name == FILE.as_bytes() && !padding.is_empty() {
            self.database.get_or_insert(slot);
        } else if slot.size > self.nameless.as_ref().map_or(0, |other| other.size) && !is_temporary && !is_beside(name)
        {
            self.nameless = Some(slot);
        }
        Ok(())
    }

    /// Whether there is a file that may be a database which the pool does not know.
    pub fn has_only_nameless(&self) -> bool {
        self.database.is_none() && self.nameless.is_some()
    }

    /// Whether the database is there, as far as its pool can tell. One that was being imported for the first time when
    /// a crash came was never there, unless it is whole.
    ///
    /// # Errors
    /// [`StorageErrorKind::Corrupt`]
    pub async fn check(&self, is_known: bool) -> Result<(), StorageError> {
        let reason = match (&self.database, &self.nameless) {
            (Some(Slot { size: 0, .. }), _) if is_known => "its file is empty, and was not",
            (Some(_), _) => return Ok(()),
            (None, Some(slot)) if is_known || slot.is_whole().await? => "its file has lost its name",
            (None, None) if is_known => "its file is gone",
            _ => return Ok(()),
        };
        Err(StorageError::new(StorageErrorKind::Corrupt, reason))
    }

    /// Removes what does not belong to a database that is there, and keeps it from being opened.
    pub async fn remove_strays(&self) -> Result<(), StorageError> {
        let (Some(folder), Some(database)) = (&self.folder, &self.database) else { return Ok(()) };
        if !self.strays.is_empty() && database.is_whole().await? {
            for name in &self.strays {
                JsFuture::from(folder.remove_entry(name)).await.map_err(|error| js_error(&error))?;
            }
        }
        Ok(())
    }

    /// Hands out the contents of the database, or of what is likely to be it, as they are.
    ///
    /// # Errors
    /// [`StorageErrorKind::NoSuchDatabase`] if there is nothing.
    pub async fn hand_out<E: From<StorageError>>(&self, mut part: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let Some(Slot { file, size }) = self.database.as_ref().or(self.nameless.as_ref()) else {
            let reason = "none of its files holds anything";
            return Err(StorageError::new(StorageErrorKind::NoSuchDatabase, reason).into());
        };
        let blob = contents_of(file).await?;
        let mut offset = 0;
        while offset < *size {
            let bytes = read(&blob, CONTENTS + offset, PART).await?;
            // The file has become shorter since its size was read.
            if bytes.is_empty() {
                break;
            }
            part(&bytes)?;
            offset += bytes.len() as u64;
        }
        Ok(())
    }
}

impl Slot {
    async fn is_whole(&self) -> Result<bool, StorageError> {
        let blob = contents_of(&self.file).await?;
        let head = read(&blob, CONTENTS, file_check::HEAD).await?;
        Ok(file_check::examine(&head, self.size).is_ok())
    }
}

/// What else than the database the pool has by its name. Any other name is a damaged one.
fn is_beside(name: &[u8]) -> bool {
    let is_journal_of = |file: &str| {
        let end = name.strip_prefix(file.as_bytes());
        end.is_some_and(|end| JOURNALS.iter().any(|journal| end == journal.as_bytes()))
    };
    name == IMPORT.as_bytes() || is_journal_of(FILE) || is_journal_of(IMPORT)
}

async fn contents_of(file: &FileSystemFileHandle) -> Result<Blob, StorageError> {
    let file = JsFuture::from(file.get_file()).await.map_err(|error| js_error(&error))?;
    Ok(file.unchecked_into::<File>().into())
}

/// At most `length` bytes from `offset` on.
async fn read(blob: &Blob, offset: u64, length: usize) -> Result<Vec<u8>, StorageError> {
    let (start, end) = (offset as f64, (offset + length as u64) as f64);
    let part = blob.slice_with_f64_and_f64(start, end).map_err(|error| js_error(&error))?;
    let buffer = JsFuture::from(part.array_buffer()).await.map_err(|error| js_error(&error))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
