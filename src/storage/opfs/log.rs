//! A write-ahead log: what SQLite writes to it, it commits.

use std::rc::Rc;

use rsqlite_vfs::VfsResult;

use super::handle::Handle;

/// What its name has behind that of the database.
pub(super) const END: &str = "-wal";

/// The log of a database, which has room for all that it commits: else nobody could move it into the file, as an export
/// does, once the disk is full.
///
/// Source: <https://www.sqlite.org/fileformat2.html#walformat>
pub(super) struct Log {
    pub handle: Rc<Handle>,
    main: Rc<Handle>,
    /// How many bytes the database is known to have room for.
    reserved: u64,
}

/// Lengths of what is written at once in front of a page, and of what the log begins with.
const FRAME_HEADER: usize = 24;
const LOG_HEADER: usize = 32;

impl Log {
    pub const fn new(handle: Rc<Handle>, main: Rc<Handle>) -> Self {
        Self { handle, main, reserved: 0 }
    }

    /// SQLite takes a transaction back that cannot be written, and what the file does not have of it must not come there
    /// later: its end says that it was committed. (A journal's must, for SQLite counts on it.)
    pub fn write(&mut self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        let written = self.reserve(bytes).and_then(|()| self.handle.write(bytes, offset));
        written.inspect_err(|_| self.handle.discard())
    }

    /// The frame that commits says how many pages the database has then.
    fn reserve(&mut self, bytes: &[u8]) -> VfsResult<()> {
        let pages = if bytes.len() == FRAME_HEADER { number(bytes, 4) } else { 0 };
        if pages == 0 {
            return Ok(());
        }
        let mut header = [0; LOG_HEADER];
        self.handle.read(&mut header, 0)?;
        let size = pages * number(&header, 8);
        if size > self.reserved {
            if size > self.main.size()? {
                self.main.truncate(size)?;
            }
            self.reserved = size;
        }
        Ok(())
    }
}

/// Big-endian, as in all of SQLite's files.
fn number(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
