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
    /// How many pages the database will have by the frame whose header was written last; 0 if that commits nothing.
    pages: u64,
}

/// How many bytes are written at once in front of a page.
const FRAME_HEADER: usize = 24;

impl Log {
    pub const fn new(handle: Rc<Handle>, main: Rc<Handle>) -> Self {
        Self { handle, main, pages: 0 }
    }

    /// SQLite takes a transaction back that cannot be written, and what the file does not have of it must not come there
    /// later: its end says that it was committed. (A journal's must, for SQLite counts on it.)
    pub fn write(&mut self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        let written = self.reserve(bytes).and_then(|()| self.handle.write(bytes, offset));
        written.inspect_err(|_| self.handle.discard())
    }

    /// A frame that commits says how many pages the database has then, and has one of them behind its header.
    fn reserve(&mut self, bytes: &[u8]) -> VfsResult<()> {
        let pages = match bytes.len() {
            FRAME_HEADER => u64::from(u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])),
            _ => 0,
        };
        let size = std::mem::replace(&mut self.pages, pages) * bytes.len() as u64;
        if size > 0 && size > self.main.size()? { self.main.truncate(size) } else { Ok(()) }
    }
}
