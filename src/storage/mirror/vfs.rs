//! The VFS of mirrors: a main database is a [`Blocks`], everything else (journals, temporary files) is in
//! memory and gone when it is closed.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rsqlite_vfs::ffi::sqlite3_file;
use rsqlite_vfs::{
    AccessMode, DeviceCharacteristics, FileKind, LockLevel, MemChunksFile, OpenOptions, OpenRequest, OpenedFile,
    SQLiteIoMethods, SQLiteVfs, SQLiteVfsFile, SyncOptions, VfsError, VfsErrorCode, VfsFile, VfsResult, VfsStore,
    register_vfs,
};
use rusqlite::{Connection, OpenFlags, ffi};

use super::blocks::{BLOCK_SIZE, Blocks};
use super::os::Os;
use crate::storage::{StorageError, StorageErrorKind};

const NAME: &str = "wheatear-mirror";

thread_local! {
    /// The file that the connection being opened on this thread is to have.
    static OPENING: RefCell<Option<SharedBlocks>> = const { RefCell::new(None) };
}

/// The blocks of a mirror, shared by it and its connection.
#[derive(Clone, Debug)]
pub(super) struct SharedBlocks(Arc<Mutex<Blocks>>);

impl SharedBlocks {
    pub fn new(blocks: Blocks) -> Self {
        Self(Arc::new(Mutex::new(blocks)))
    }

    pub fn lock(&self) -> MutexGuard<'_, Blocks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects to them. Reads nothing yet.
    pub fn connect(&self) -> Result<Connection, StorageError> {
        static REGISTERED: OnceLock<Result<(), String>> = OnceLock::new();
        REGISTERED.get_or_init(register).clone().map_err(|error| StorageError::new(StorageErrorKind::Io, error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        OPENING.set(Some(self.clone()));
        let connection = Connection::open_with_flags_and_vfs("/mirror", flags, NAME);
        OPENING.set(None);
        connection.map_err(|error| StorageError::of_any(error, StorageErrorKind::Io))
    }
}

fn register() -> Result<(), String> {
    // SAFETY: the callbacks are the crate's own, or agree with them, and belong together; what they share is
    // behind a mutex; and nobody else registers this name.
    #[allow(unsafe_code)]
    let registration = unsafe { register_vfs::<Io, Vfs>(NAME, (), false) };
    // Dropping the handle does not unregister: it stays until the process ends.
    registration.map(drop).map_err(|error| error.to_string())
}

enum File {
    Main(SharedBlocks),
    Temporary(MemChunksFile),
}

impl VfsFile for File {
    fn device_characteristics(&self) -> DeviceCharacteristics {
        // No write in memory disturbs its neighbours, so journals hold no more than the pages that change.
        DeviceCharacteristics::POWERSAFE_OVERWRITE.union(DeviceCharacteristics::SAFE_APPEND)
    }

    fn read(&mut self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        match self {
            Self::Main(blocks) => blocks.lock().read(buffer, offset),
            Self::Temporary(file) => file.read(buffer, offset),
        }
    }

    fn write(&mut self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        match self {
            Self::Main(blocks) => blocks.lock().write(bytes, offset),
            Self::Temporary(file) => file.write(bytes, offset),
        }
    }

    fn truncate(&mut self, size: u64) -> VfsResult<()> {
        match self {
            Self::Main(blocks) => blocks.lock().truncate(size),
            Self::Temporary(file) => file.truncate(size),
        }
    }

    fn sync(&mut self, _: SyncOptions) -> VfsResult<()> {
        Ok(())
    }

    fn size(&self) -> VfsResult<u64> {
        match self {
            Self::Main(blocks) => Ok(blocks.lock().size()),
            Self::Temporary(file) => file.size(),
        }
    }

    fn lock(&mut self, _: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn unlock(&mut self, _: LockLevel) -> VfsResult<()> {
        Ok(())
    }

    fn check_reserved_lock(&self) -> VfsResult<bool> {
        Ok(false)
    }
}

struct Store;

impl VfsStore for Store {
    type File = File;
    type AppData = ();

    fn open_file((): &(), request: OpenRequest<'_>) -> VfsResult<OpenedFile<File>> {
        let file = match request.options.kind() {
            // The mirror's own file waits in `OPENING`; a database that SQL attaches by name would be stored nowhere.
            Some(FileKind::MainDb) => OPENING.take().map(File::Main),
            // Commits to a log would not pass `COMMIT_PHASETWO` below, and so never be told.
            Some(FileKind::Wal) => None,
            _ => Some(File::Temporary(MemChunksFile::new(BLOCK_SIZE))),
        };
        let refusal = || VfsError::new(VfsErrorCode::CantOpen, "a database in memory has no other files".into());
        Ok(OpenedFile { file: file.ok_or_else(refusal)?, access: request.options.access() })
    }

    fn close_file((): &(), _: Option<&str>, _: File, _: OpenOptions) -> VfsResult<()> {
        Ok(())
    }

    /// No journal outlives its transaction.
    fn access((): &(), _: &str, _: AccessMode) -> VfsResult<bool> {
        Ok(false)
    }

    fn full_pathname((): &(), name: &str) -> VfsResult<String> {
        Ok(name.to_owned())
    }

    fn delete_file((): &(), _: &str, _: bool) -> VfsResult<()> {
        Ok(())
    }
}

struct Io;

// SAFETY: SQLite calls this with a file that `xOpen` made, and with the argument that the operation has.
#[allow(unsafe_code)]
impl SQLiteIoMethods for Io {
    type Store = Store;

    /// Source: <https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html>
    unsafe extern "C" fn xFileControl(file: *mut sqlite3_file, operation: c_int, argument: *mut c_void) -> c_int {
        let file = unsafe { &*SQLiteVfsFile::from_file(file) };
        match (operation, unsafe { file.handle::<File>() }) {
            // A commit is told here and not where SQLite syncs the file, which a rollback does, too.
            (ffi::SQLITE_FCNTL_COMMIT_PHASETWO, File::Main(blocks)) => {
                blocks.lock().commit();
                ffi::SQLITE_OK
            }
            // The setting is accepted and has no effect: exclusive locking would allow WAL, whose commits
            // do not pass here.
            (ffi::SQLITE_FCNTL_PRAGMA, _) if unsafe { sets_locking_mode(argument.cast()) } => ffi::SQLITE_OK,
            _ => ffi::SQLITE_NOTFOUND,
        }
    }
}

/// # Safety
/// `pragma` is the argument of `SQLITE_FCNTL_PRAGMA`: the answer, the name and the value, or null.
#[allow(unsafe_code)]
unsafe fn sets_locking_mode(pragma: *const *const c_char) -> bool {
    let (name, value) = unsafe { (*pragma.add(1), *pragma.add(2)) };
    !value.is_null() && unsafe { CStr::from_ptr(name) }.to_bytes().eq_ignore_ascii_case(b"locking_mode")
}

struct Vfs;

impl SQLiteVfs<Io> for Vfs {
    type Os = Os;

    fn os((): &()) -> &Os {
        &Os
    }
}
