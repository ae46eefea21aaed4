//! A disk in memory that stops working at a chosen moment, and what is found on it afterwards.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rsqlite_vfs::{
    AccessMode, LockLevel, OpenOptions, OpenRequest, OpenedFile, OsCallback, SQLiteIoMethods, SQLiteVfs, SyncOptions,
    VfsError, VfsErrorCode, VfsFile, VfsResult, VfsStore, register_vfs,
};

/// What becomes of writes that were made but not yet synced when the disk stops.
#[derive(Clone, Copy, Debug)]
pub enum Unsynced {
    /// They are kept: the process was killed, the system lives on.
    Kept,
    /// They are gone: the power failed before any of them reached the disk.
    Lost,
    /// Some reached the disk, in no order, and of the last only the first half. The number chooses which.
    Torn(u64),
}

/// How the disk fails once its moment came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing works any more.
    #[default]
    Stopped,
    /// Files cannot grow; what they have can be overwritten, cut and deleted.
    Full,
}

/// A change of one file since it was last synced.
#[derive(Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate { size: usize },
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Truncate { size } => file.truncate(*size),
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
        }
    }

    fn first_half(&self) -> Self {
        match self {
            Self::Write { offset, bytes } => Self::Write { offset: *offset, bytes: bytes[..bytes.len() / 2].to_vec() },
            truncate => truncate.clone(),
        }
    }
}

#[derive(Clone, Default)]
struct File {
    /// As it was when last synced.
    synced: Vec<u8>,
    /// As the running system sees it.
    current: Vec<u8>,
    changes: Vec<Change>,
}

impl File {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.current);
        self.changes.push(change);
    }

    fn after_crash(&self, unsynced: Unsynced) -> Self {
        let mut bytes = self.synced.clone();
        match unsynced {
            Unsynced::Kept => bytes.clone_from(&self.current),
            Unsynced::Lost => {}
            Unsynced::Torn(seed) => {
                let reached = |index: usize| (seed ^ index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 0;
                let changes = self.changes.iter().enumerate();
                changes.filter(|(index, _)| reached(*index)).for_each(|(_, change)| change.apply(&mut bytes));
                if let Some(last) = self.changes.last() {
                    last.first_half().apply(&mut bytes);
                }
            }
        }
        Self { synced: bytes.clone(), current: bytes, changes: Vec::new() }
    }
}

/// What was on a disk.
#[derive(Default)]
pub struct Files(BTreeMap<String, Rc<RefCell<File>>>);

/// The disk. Clones share it.
#[derive(Clone, Default)]
pub struct CrashDisk {
    inner: Rc<RefCell<Disk>>,
    /// Whether a file that is deleted stays, and is empty, as in the origin private file system.
    keeps_files: bool,
}

#[derive(Clone, Default)]
struct Disk {
    files: BTreeMap<String, Rc<RefCell<File>>>,
    /// Writes, syncs, truncates and deletes still to be carried out before it stops; `None`: never.
    operations_left: Option<usize>,
    fault: Fault,
    has_stopped: bool,
}

impl CrashDisk {
    /// Registers the disk with SQLite under a name. Use it on this thread only.
    pub fn register(name: &str) -> Self {
        Self::default().registered(name)
    }

    /// The same, of files whose handles are open as long as the disk is there: what is deleted is empty.
    pub fn register_with_handles(name: &str) -> Self {
        Self { keeps_files: true, ..Self::default() }.registered(name)
    }

    fn registered(self, name: &str) -> Self {
        let disk = self;
        // SAFETY: the callbacks are the crate's own and belong together, and the test that registers the
        // disk is the only one of its process that uses SQLite on it, on one thread.
        #[allow(unsafe_code)]
        let registration = unsafe { register_vfs::<Io, Vfs>(name, disk.clone(), false) };
        // Dropping the handle does not unregister: the disk stays until the process ends.
        drop(registration.expect("the disk can be registered"));
        disk
    }

    /// Empties the disk.
    pub fn format(&self) {
        *self.inner.borrow_mut() = Disk::default();
    }

    /// A copy of everything on it, to go back to.
    pub fn image(&self) -> impl Fn(&Self) + use<> {
        let files = self.inner.borrow().files.clone();
        let files: BTreeMap<String, File> =
            files.into_iter().map(|(name, file)| (name, file.borrow().clone())).collect();
        move |disk| {
            let files = files.iter().map(|(name, file)| (name.clone(), Rc::new(RefCell::new(file.clone())))).collect();
            *disk.inner.borrow_mut() = Disk { files, ..Disk::default() };
        }
    }

    /// Takes out everything that is on it.
    pub fn take(&self) -> Files {
        Files(std::mem::take(&mut *self.inner.borrow_mut()).files)
    }

    /// Replaces everything that is on it.
    pub fn insert(&self, Files(files): Files) {
        *self.inner.borrow_mut() = Disk { files, ..Disk::default() };
    }

    /// Lets this many more operations happen; the next one and all after it fail.
    pub fn stop_after(&self, operations: usize) {
        self.fail_after(operations, Fault::Stopped);
    }

    /// The same, failing in a chosen way.
    pub fn fail_after(&self, operations: usize, fault: Fault) {
        let mut disk = self.inner.borrow_mut();
        (disk.operations_left, disk.fault) = (Some(operations), fault);
    }

    /// It works again, as if nothing had happened: for the connections that are still open.
    pub fn mend(&self) {
        let mut disk = self.inner.borrow_mut();
        (disk.operations_left, disk.has_stopped) = (None, false);
    }

    /// Whether the moment came.
    pub fn has_stopped(&self) -> bool {
        self.inner.borrow().has_stopped
    }

    /// The machine starts again: what is on the disk now is what reached it.
    pub fn restart(&self, unsynced: Unsynced) {
        let mut disk = self.inner.borrow_mut();
        disk.operations_left = None;
        disk.has_stopped = false;
        for file in disk.files.values_mut() {
            let after = file.borrow().after_crash(unsynced);
            // A handle of before the crash keeps what it had; SQLite has closed them all.
            *file = Rc::new(RefCell::new(after));
        }
    }

    /// Counts one operation; from the chosen one on, every one fails. A disk that gets full counts only
    /// those that need room.
    fn operate(&self, needs_room: bool) -> VfsResult<()> {
        let mut disk = self.inner.borrow_mut();
        if disk.fault == Fault::Full && !needs_room {
            return Ok(());
        }
        match &mut disk.operations_left {
            Some(0) => disk.has_stopped = true,
            Some(left) => *left -= 1,
            None => {}
        }
        match disk.fault {
            _ if !disk.has_stopped => Ok(()),
            Fault::Stopped => Err(VfsError::new(VfsErrorCode::Io, "the disk has stopped".into())),
            Fault::Full => Err(VfsError::new(VfsErrorCode::Full, "the disk is full".into())),
        }
    }
}

struct Handle {
    disk: CrashDisk,
    file: Rc<RefCell<File>>,
}

impl Handle {
    fn flush(&self) -> VfsResult<()> {
        self.disk.operate(false)?;
        let mut file = self.file.borrow_mut();
        file.synced = file.current.clone();
        file.changes.clear();
        Ok(())
    }
}

impl VfsFile for Handle {
    fn read(&mut self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        let file = self.file.borrow();
        let rest = file.current.get(offset as usize..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write(&mut self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        let grows = offset as usize + bytes.len() > self.file.borrow().current.len();
        self.disk.operate(grows)?;
        self.file.borrow_mut().change(Change::Write { offset: offset as usize, bytes: bytes.to_vec() });
        Ok(())
    }

    fn truncate(&mut self, size: u64) -> VfsResult<()> {
        self.disk.operate(false)?;
        self.file.borrow_mut().change(Change::Truncate { size: size as usize });
        Ok(())
    }

    fn sync(&mut self, _: SyncOptions) -> VfsResult<()> {
        self.flush()
    }

    fn size(&self) -> VfsResult<u64> {
        Ok(self.file.borrow().current.len() as u64)
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
    type File = Handle;
    type AppData = CrashDisk;

    fn open_file(disk: &CrashDisk, request: OpenRequest<'_>) -> VfsResult<OpenedFile<Handle>> {
        let access = request.options.access();
        let file = match request.filename {
            None => Rc::default(),
            Some(name) => {
                let mut inner = disk.inner.borrow_mut();
                if !inner.files.contains_key(name.path()) && !request.options.create() {
                    return Err(VfsError::new(VfsErrorCode::CantOpen, "no such file".into()));
                }
                inner.files.entry(name.path().to_owned()).or_default().clone()
            }
        };
        Ok(OpenedFile { file: Handle { disk: disk.clone(), file }, access })
    }

    fn close_file(_: &CrashDisk, _: Option<&str>, _: Handle, _: OpenOptions) -> VfsResult<()> {
        Ok(())
    }

    fn access(disk: &CrashDisk, name: &str, _: AccessMode) -> VfsResult<bool> {
        let inner = disk.inner.borrow();
        let is_there = |file: &Rc<RefCell<File>>| !(disk.keeps_files && file.borrow().current.is_empty());
        Ok(inner.files.get(name).is_some_and(is_there))
    }

    fn full_pathname(_: &CrashDisk, name: &str) -> VfsResult<String> {
        Ok(name.to_owned())
    }

    fn delete_file(disk: &CrashDisk, name: &str, _: bool) -> VfsResult<()> {
        if disk.keeps_files {
            let file = disk.inner.borrow().files.get(name).cloned();
            let Some(file) = file else { return Ok(()) };
            let mut file = Handle { disk: disk.clone(), file };
            return file.truncate(0).and_then(|()| file.flush());
        }
        disk.operate(false)?;
        match disk.inner.borrow_mut().files.remove(name) {
            Some(_) => Ok(()),
            None => Err(VfsError::new(VfsErrorCode::IoDeleteNoEntry, "no such file".into())),
        }
    }
}

struct Io;

impl SQLiteIoMethods for Io {
    type Store = Store;
}

struct Vfs;

impl SQLiteVfs<Io> for Vfs {
    type Os = Clock;

    fn os(_: &CrashDisk) -> &Clock {
        &Clock
    }
}

struct Clock;

impl OsCallback for Clock {
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    /// SQLite wants it for journal headers; the same every time makes every run the same.
    fn random(&self, buffer: &mut [u8]) -> usize {
        buffer.fill(7);
        buffer.len()
    }

    fn epoch_timestamp_in_ms(&self) -> VfsResult<i64> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
    }
}
