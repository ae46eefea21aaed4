//! A file that is open for reading and writing, without waiting for anything.

use std::cell::Cell;

use js_sys::Promise;
use rsqlite_vfs::{VfsError, VfsErrorCode, VfsResult};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemFileHandle, FileSystemReadWriteOptions, FileSystemSyncAccessHandle};

use super::browser::{error_name, js_error};
use crate::storage::buffered_file::{BufferedFile, PlainFile};
use crate::storage::{StorageError, StorageErrorKind};

/// Nobody else can open the file meanwhile; dropped, it is closed.
///
/// Source: <https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle>
pub(super) struct Handle {
    file: BufferedFile<Access>,
    /// Whether something was written since it was flushed last.
    is_dirty: Cell<bool>,
    /// Bytes that were written since somebody asked.
    written: Cell<u64>,
}

/// The browser's own handle.
struct Access {
    handle: FileSystemSyncAccessHandle,
    /// Where to read or write; one object for all calls.
    place: FileSystemReadWriteOptions,
}

/// A handle that the browser is opening.
pub(super) struct Opening(JsFuture);

impl Handle {
    /// Begins to open a file. Whoever begins must wait for it, because nobody else would close it.
    pub fn begin(file: &FileSystemFileHandle) -> Opening {
        // From here on somebody listens: of a refusal that nobody has waited for yet, the browser would tell its console.
        Opening(JsFuture::from(file.create_sync_access_handle().unchecked_into::<Promise>()))
    }

    /// Reads at most as many bytes as `buffer` has; gives how many there were.
    pub fn read(&self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        self.file.read(buffer, offset)
    }

    /// Writes, at the latest when it is flushed.
    pub fn write(&self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        self.is_dirty.set(true);
        self.written.set(self.written.get() + bytes.len() as u64);
        self.file.write(bytes, offset)
    }

    pub fn truncate(&self, size: u64) -> VfsResult<()> {
        self.is_dirty.set(true);
        self.file.truncate(size)
    }

    /// What was written is on the disk when this returns.
    pub fn flush(&self) -> VfsResult<()> {
        self.file.write_out()?;
        if self.is_dirty.get() {
            self.file.file().handle.flush().map_err(|error| vfs_error(&error, VfsErrorCode::IoSync))?;
            self.is_dirty.set(false);
        }
        Ok(())
    }

    /// Forgets what was written and is not in the file yet.
    pub fn discard(&self) {
        self.file.discard();
    }

    /// How many bytes were written since this was asked last.
    pub fn take_written(&self) -> u64 {
        self.written.take()
    }

    /// In bytes.
    pub fn size(&self) -> VfsResult<u64> {
        self.file.size()
    }
}

impl PlainFile for Access {
    fn read(&self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        self.place.set_at(offset as f64);
        let read = self.handle.read_with_u8_array_and_options(buffer, &self.place);
        read.map(|length| length as usize).map_err(|error| vfs_error(&error, VfsErrorCode::IoRead))
    }

    fn write(&self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        self.place.set_at(offset as f64);
        let written = self.handle.write_with_u8_array_and_options(bytes, &self.place);
        match written.map_err(|error| vfs_error(&error, VfsErrorCode::IoWrite))? as usize {
            length if length == bytes.len() => Ok(()),
            // As SQLite takes it where there are files: https://sqlite.org/src/file/src/os_unix.c
            _ => Err(VfsError::new(VfsErrorCode::Full, "only a part was written".into())),
        }
    }

    fn truncate(&self, size: u64) -> VfsResult<()> {
        self.handle.truncate_with_f64(size as f64).map_err(|error| vfs_error(&error, VfsErrorCode::IoTruncate))
    }

    fn size(&self) -> VfsResult<u64> {
        self.handle.get_size().map(|size| size as u64).map_err(|error| vfs_error(&error, VfsErrorCode::IoStat))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.file.file().handle.close();
    }
}

impl Opening {
    pub async fn end(self) -> Result<Handle, StorageError> {
        let handle = self.0.await.map_err(|error| js_error(&error))?.unchecked_into();
        let file = BufferedFile::new(Access { handle, place: FileSystemReadWriteOptions::new() });
        // What a worker that has ended had written may be there without having been flushed.
        Ok(Handle { file, is_dirty: Cell::new(true), written: Cell::default() })
    }
}

impl From<VfsError> for StorageError {
    fn from(error: VfsError) -> Self {
        let kind = if error.code() == VfsErrorCode::Full { StorageErrorKind::Full } else { StorageErrorKind::Io };
        Self::new(kind, error.message())
    }
}

fn vfs_error(error: &JsValue, otherwise: VfsErrorCode) -> VfsError {
    let code = if error_name(error) == "QuotaExceededError" { VfsErrorCode::Full } else { otherwise };
    VfsError::new(code, js_error(error).reason.into())
}
