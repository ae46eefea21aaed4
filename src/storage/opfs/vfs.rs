//! SQLite's way to the files whose handles are open. It opens and deletes none itself, for the browser does that in its
//! own time: what SQLite calls deleted is empty, and an empty journal is none.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::OnceLock;

use rsqlite_vfs::{
    AccessMode, DeviceCharacteristics, FileKind, LockLevel, MemChunksFile, OpenOptions, OpenRequest, OpenedFile,
    SQLiteIoMethods, SQLiteVfs, SyncOptions, VfsError, VfsErrorCode, VfsFile, VfsResult, VfsStore, register_vfs,
};
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;

use super::handle::Handle;
use super::log::{self, Log};
use crate::storage::{StorageError, StorageErrorKind, stack};

const NAME: &str = "wheatear-opfs";

/// Parts of a temporary file in memory, in bytes: SQLite asks for one where a statement may have to be taken back.
const TEMPORARY_PART: usize = 1 << 16;

thread_local! {
    /// By the path that SQLite is told.
    static FILES: RefCell<BTreeMap<String, Rc<Handle>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Files that SQLite can open until this is dropped.
pub(super) struct Offer {
    paths: Vec<String>,
}

impl Offer {
    /// Offers a file to SQLite, by its path.
    pub fn add(&mut self, path: String, handle: Handle) -> Rc<Handle> {
        let handle = Rc::new(handle);
        FILES.with_borrow_mut(|files| files.insert(path.clone(), Rc::clone(&handle)));
        self.paths.push(path);
        handle
    }

    /// The handles, in the order in which they were added.
    pub fn handles(&self) -> impl Iterator<Item = Rc<Handle>> {
        self.paths.iter().filter_map(|path| file(path))
    }

    pub const fn none() -> Self {
        Self { paths: Vec::new() }
    }

    /// Whether SQLite has one of them open.
    pub fn is_in_use(&self) -> bool {
        FILES.with_borrow(|files| {
            self.paths.iter().filter_map(|path| files.get(path)).any(|handle| Rc::strong_count(handle) > 1)
        })
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        FILES.with_borrow_mut(|files| self.paths.iter().for_each(|path| drop(files.remove(path))));
    }
}

/// The handle of a file that is offered.
pub(super) fn file(path: &str) -> Option<Rc<Handle>> {
    FILES.with_borrow(|files| files.get(path).cloned())
}

/// A connection to a file that is offered, as it is.
pub(super) fn connect(path: &str) -> Result<Connection, StorageError> {
    static REGISTERED: OnceLock<Result<(), String>> = OnceLock::new();
    REGISTERED.get_or_init(register).clone().map_err(|error| StorageError::new(StorageErrorKind::Io, error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(path, flags, NAME).map_err(StorageError::of_file)?;
    stack::bound(&connection);
    Ok(connection)
}

fn register() -> Result<(), String> {
    // SAFETY: the callbacks are the crate's own, and belong together; a worker has one thread; and nobody else registers
    // this name.
    #[allow(unsafe_code)]
    let registration = unsafe { register_vfs::<Io, Vfs>(NAME, (), false) };
    // Dropping the handle does not unregister: it stays until the worker ends.
    registration.map(drop).map_err(|error| error.to_string())
}

enum File {
    Stored(Rc<Handle>),
    Log(Log),
    Temporary(MemChunksFile),
}

impl VfsFile for File {
    fn device_characteristics(&self) -> DeviceCharacteristics {
        // As SQLite takes it where there are files: what is written does not harm the bytes beside it. Without it, a log is
        // filled up after each commit with what the next could take away: https://www.sqlite.org/psow.html
        DeviceCharacteristics::UNDELETABLE_WHEN_OPEN | DeviceCharacteristics::POWERSAFE_OVERWRITE
    }

    fn read(&mut self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        match self {
            Self::Stored(handle) | Self::Log(Log { handle, .. }) => handle.read(buffer, offset),
            Self::Temporary(file) => file.read(buffer, offset),
        }
    }

    fn write(&mut self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        match self {
            Self::Stored(handle) => handle.write(bytes, offset),
            Self::Log(log) => log.write(bytes, offset),
            Self::Temporary(file) => file.write(bytes, offset),
        }
    }

    fn truncate(&mut self, size: u64) -> VfsResult<()> {
        match self {
            Self::Stored(handle) | Self::Log(Log { handle, .. }) => handle.truncate(size),
            Self::Temporary(file) => file.truncate(size),
        }
    }

    fn sync(&mut self, _: SyncOptions) -> VfsResult<()> {
        match self {
            // SQLite takes back what it could not flush, and must not be kept from that by the same bytes. Others who flush
            // may go on, and must not lose any.
            Self::Stored(handle) | Self::Log(Log { handle, .. }) => handle.flush().inspect_err(|_| handle.discard()),
            Self::Temporary(_) => Ok(()),
        }
    }

    fn size(&self) -> VfsResult<u64> {
        match self {
            Self::Stored(handle) | Self::Log(Log { handle, .. }) => handle.size(),
            Self::Temporary(file) => file.size(),
        }
    }

    // The handles are nobody else's, and a database has one connection.
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
        use FileKind::{MainDb, MainJournal, SuperJournal, Wal};
        let opened = match (request.options.kind(), request.filename) {
            (Some(MainDb | MainJournal), Some(name)) => file(name.path()).map(File::Stored),
            (Some(Wal), Some(name)) => {
                let database = name.path().strip_suffix(log::END).and_then(file);
                file(name.path()).zip(database).map(|(log, database)| File::Log(Log::new(log, database)))
            }
            (Some(SuperJournal), _) => None,
            _ => Some(File::Temporary(MemChunksFile::new(TEMPORARY_PART))),
        };
        let refusal = || VfsError::new(VfsErrorCode::CantOpen, "this is no file of the database".into());
        Ok(OpenedFile { file: opened.ok_or_else(refusal)?, access: request.options.access() })
    }

    fn close_file((): &(), _: Option<&str>, file: File, _: OpenOptions) -> VfsResult<()> {
        match file {
            File::Stored(handle) | File::Log(Log { handle, .. }) => handle.flush(),
            File::Temporary(_) => Ok(()),
        }
    }

    fn access((): &(), name: &str, _: AccessMode) -> VfsResult<bool> {
        file(name).map_or(Ok(false), |handle| Ok(handle.size()? > 0))
    }

    fn full_pathname((): &(), name: &str) -> VfsResult<String> {
        Ok(name.to_owned())
    }

    fn delete_file((): &(), name: &str, _: bool) -> VfsResult<()> {
        let Some(handle) = file(name) else { return Ok(()) };
        handle.truncate(0)?;
        handle.flush()
    }
}

struct Io;

impl SQLiteIoMethods for Io {
    type Store = Store;
}

struct Vfs;

impl SQLiteVfs<Io> for Vfs {
    type Os = WasmOsCallback;

    fn os((): &()) -> &WasmOsCallback {
        &WasmOsCallback
    }
}
