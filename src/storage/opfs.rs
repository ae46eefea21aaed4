//! The origin private file system, through synchronous access handles: a pool of files in a folder
//! of its own for each database. Only a dedicated worker may use it, and only one at a time.
//!
//! Source: <https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle>

mod slots;
mod transfer;

use std::time::Duration;

use js_sys::{Function, Promise, Reflect};
use rsqlite_vfs::VfsErrorCode;
use rusqlite::{Connection, OpenFlags};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{self, OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, FileSystemRemoveOptions, WorkerGlobalScope};
use web_time::Instant;

use crate::error::{Error, transaction_error};
use crate::storage::{DatabaseName, StorageError, StorageErrorKind, file_check, stack};

pub use transfer::{export, import};

/// Folder in the origin private file system that holds one folder per database.
const ROOT: &str = "wheatear";

/// Name of the database within its pool.
const FILE: &str = "/database.sqlite3";

/// Name that a file to import has in the pool until it is checked.
const IMPORT: &str = "/import.sqlite3";

/// What SQLite may put beside a database: ends of names.
const JOURNALS: [&str; 2] = ["-journal", "-wal"];

/// What fails when a database cannot be opened.
const OPEN: &str = "open the database";

/// Files a new pool starts with: database and journal. Each costs time on the first visit.
const POOL_FILES: usize = 2;

/// How long to wait for handles that a closed tab or a dead worker has not let go of yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open database and the pool of files that it alone holds.
pub struct OpfsDatabase {
    pool: OpfsSAHPoolUtil,
}

impl OpfsDatabase {
    /// Takes the database's files, waiting up to five seconds for another holder, and connects. `is_known`: somebody
    /// knows that there is a database of this name, which is not empty. Then a new one is not created where that is
    /// damaged beyond recognition.
    ///
    /// # Errors
    /// [`StorageErrorKind::Unsupported`] where there is no such file system, [`StorageErrorKind::Busy`] if
    /// the files stay in use, [`StorageErrorKind::Full`], [`StorageErrorKind::NotADatabase`] and its like, with the
    /// file as it was.
    pub async fn open(name: &DatabaseName, is_known: bool) -> Result<(Self, Connection), Error> {
        // Taking the files empties those that have no name.
        patiently(async || {
            let Some(slots) = slots::look(name).await? else { return Ok(()) };
            slots.check(is_known).await?;
            slots.remove_strays().await
        })
        .await?;
        let (pool, vfs) = take_pool(name).await?;
        transfer::clear_up(&pool).await?;
        match connect(&vfs) {
            Ok(connection) => Ok((Self { pool }, connection)),
            Err(error) => {
                // What went wrong first is what the caller must hear.
                let _ = release(&pool);
                Err(error)
            }
        }
    }

    /// Closes the connection and lets go of the files, for the next tab.
    ///
    /// # Errors
    /// [`StorageErrorKind::Busy`] if a file is still in use.
    pub fn close(self, connection: Connection) -> Result<(), StorageError> {
        drop(connection);
        release(&self.pool)
    }
}

/// Deletes a database; does nothing if there is none.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open.
pub async fn delete(name: &DatabaseName) -> Result<(), Error> {
    let Some(root) = folder_of(name).await? else { return Ok(()) };
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    let remove = async || JsFuture::from(root.remove_entry_with_options(&name.folder(), &options)).await;
    patiently(async || remove().await.map(drop).map_err(|error| js_error(&error))).await?;
    Ok(())
}

fn connection(file: &str, vfs: &str, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(file, flags, vfs)?;
    stack::bound(&connection);
    Ok(connection)
}

fn connect(vfs: &str) -> Result<Connection, Error> {
    let connection =
        connection(FILE, vfs, OpenFlags::SQLITE_OPEN_CREATE).map_err(|error| transaction_error(OPEN, error))?;
    // TRUNCATE: a crash leaves at most a journal that opening rolls back, and no commit leaves one that
    // would keep the file from being exported as it is; what that costs is measured in bench/README.md.
    // EXCLUSIVE: the pool's handles are exclusive anyway, so no locks are asked for. It also opens a database in
    // WAL mode, which leaves that mode here, with all that its log has.
    let settings = connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = TRUNCATE;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;",
    );
    // Not before what a crash cut short is rolled back: until then sizes need not fit.
    match settings {
        Ok(()) => file_check::examine_open(&connection).map(|()| connection),
        Err(error) => Err(opening_error(&connection, error)),
    }
}

/// If SQLite calls the file no database, or damaged, the file tells more.
fn opening_error(connection: &Connection, error: rusqlite::Error) -> Error {
    match transaction_error(OPEN, error) {
        Error::Storage(error) if error.kind.is_fault_of_file() => match file_check::examine_open(connection) {
            Err(Error::Storage(found)) if found.kind.is_fault_of_file() => {
                StorageError { sqlite: error.sqlite, ..found }.into()
            }
            _ => error.into(),
        },
        error => error,
    }
}

/// Installs the pool of a database.
async fn take_pool(name: &DatabaseName) -> Result<(OpfsSAHPoolUtil, String), StorageError> {
    check_support()?;
    let folder = name.folder();
    let vfs = format!("opfs-{folder}");
    let config = OpfsSAHPoolCfgBuilder::new()
        .vfs_name(&vfs)
        .directory(&format!("{ROOT}/{folder}"))
        .initial_capacity(POOL_FILES)
        .build();
    let install = async || sahpool::install::<WasmOsCallback>(&config, false).await;
    let pool = patiently(async || install().await.map_err(|error| pool_error(&error))).await?;
    Ok((pool, vfs))
}

/// Tries again while somebody else still uses the files.
async fn patiently<T>(attempt: impl AsyncFn() -> Result<T, StorageError>) -> Result<T, StorageError> {
    let start = Instant::now();
    let mut delays = back_off();
    loop {
        match (attempt().await, delays.next()) {
            (Err(StorageError { kind: StorageErrorKind::Busy, .. }), Some(delay)) if start.elapsed() < PATIENCE => {
                sleep(delay).await;
            }
            (result, _) => return result,
        }
    }
}

/// The pool's library calls this method without asking whether the browser has it; Chromium before 102
/// has the file system without it.
fn check_support() -> Result<(), StorageError> {
    let property = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
    let prototype = property(&property(&js_sys::global(), "FileSystemFileHandle"), "prototype");
    if property(&prototype, "createSyncAccessHandle").is_function() {
        return Ok(());
    }
    let reason = "this worker has no FileSystemFileHandle.createSyncAccessHandle";
    Err(StorageError::new(StorageErrorKind::Unsupported, reason))
}

/// Unregisters the pool and closes its handles. Not merely paused: a paused pool would keep the handle
/// of a folder that may be deleted and created anew before it wakes.
fn release(pool: &OpfsSAHPoolUtil) -> Result<(), StorageError> {
    // SAFETY: connections to this VFS are made by `connect` alone and always open a file of the pool,
    // so none is left when no file is open, which `uninstall` checks first. The VFS is never the
    // default one, and its pointer is given to nobody.
    #[allow(unsafe_code)]
    unsafe { pool.uninstall() }.map_err(|error| pool_error(&error))
}

/// The folder that holds the database's folder, if the latter exists.
async fn folder_of(name: &DatabaseName) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let storage = scope.navigator().storage();
    if storage.is_undefined() {
        return Err(StorageError::new(StorageErrorKind::Unsupported, "navigator.storage is missing"));
    }
    let root = JsFuture::from(storage.get_directory()).await.map_err(|error| js_error(&error))?;
    let Some(root) = child(&root.unchecked_into(), ROOT).await? else { return Ok(None) };
    Ok(child(&root, &name.folder()).await?.map(|_| root))
}

async fn child(
    parent: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(false);
    match JsFuture::from(parent.get_directory_handle_with_options(name, &options)).await {
        Ok(handle) => Ok(Some(handle.unchecked_into())),
        Err(error) if error_name(&error) == "NotFoundError" => Ok(None),
        Err(error) => Err(js_error(&error)),
    }
}

fn pool_error(error: &OpfsSAHError) -> StorageError {
    let kind = match error {
        OpfsSAHError::Opfs { value, .. } => return js_error(value),
        OpfsSAHError::NotSupported => StorageErrorKind::Unsupported,
        OpfsSAHError::FilesInUse | OpfsSAHError::FileInUse(_) | OpfsSAHError::Busy => StorageErrorKind::Busy,
        OpfsSAHError::Backend(backend) if backend.code() == VfsErrorCode::Full => StorageErrorKind::Full,
        OpfsSAHError::FileNotFound(_) => StorageErrorKind::NoSuchDatabase,
        // What the pool writes at the beginning of its files is damaged.
        OpfsSAHError::InvalidHeader { .. }
        | OpfsSAHError::DuplicateFilename(_)
        | OpfsSAHError::InvalidDirectoryEntry => StorageErrorKind::Corrupt,
        OpfsSAHError::Cleanup { error, .. } => return pool_error(error),
        _ => StorageErrorKind::Io,
    };
    StorageError::new(kind, error.to_string())
}

/// Source: <https://webidl.spec.whatwg.org/#idl-DOMException-error-names>
fn js_error(error: &JsValue) -> StorageError {
    let name = error_name(error);
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let text = format!("{name}: {}", message.unwrap_or_default());
    let kind = match name.as_str() {
        // A file cannot be read any more once somebody else has written to it since its size was asked for.
        "NoModificationAllowedError" | "InvalidStateError" | "NotReadableError" => StorageErrorKind::Busy,
        "QuotaExceededError" => StorageErrorKind::Full,
        "SecurityError" | "TypeError" => StorageErrorKind::Unsupported,
        _ => StorageErrorKind::Io,
    };
    StorageError::new(kind, text)
}

fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// Pauses between tries: 5 ms, doubled up to 200 ms.
fn back_off() -> impl Iterator<Item = Duration> {
    (0..).map(|tries: u32| Duration::from_millis((5 << tries.min(6)).min(200)))
}

async fn sleep(duration: Duration) {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let millis = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
    let mut wait = |resolve: Function, _| {
        // A scope without timers could not have run this far; without one the wait is over at once.
        if scope.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).is_err() {
            let _ = resolve.call0(&JsValue::NULL);
        }
    };
    let _ = JsFuture::from(Promise::new(&mut wait)).await;
}
