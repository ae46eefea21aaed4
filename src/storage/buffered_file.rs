//! A file whose small reads and writes become fewer and larger ones. To ask the browser for one page of SQLite's takes
//! almost as long as for eight.

use std::cell::RefCell;

use rsqlite_vfs::VfsResult;

/// What does the reading and the writing.
pub(in crate::storage) trait PlainFile {
    /// Reads at most as many bytes as `buffer` has; gives how many there were.
    fn read(&self, buffer: &mut [u8], offset: u64) -> VfsResult<usize>;
    fn write(&self, bytes: &[u8], offset: u64) -> VfsResult<()>;
    fn truncate(&self, size: u64) -> VfsResult<()>;
    /// In bytes.
    fn size(&self) -> VfsResult<u64>;
}

/// How many bytes are written together.
const MOST_WRITTEN: usize = 1 << 17;

/// How many bytes are read where one read follows another.
const MOST_READ: usize = 1 << 16;

/// A file that nobody else changes meanwhile. What is dropped without [`BufferedFile::write_out`] is not written.
pub(in crate::storage) struct BufferedFile<F> {
    file: F,
    buffers: RefCell<Buffers>,
}

#[derive(Default)]
struct Buffers {
    /// What the file does not have yet. It stays here until the file has it, or somebody discards it: SQLite believes it
    /// written, and journals by that, also if a statement of the transaction is told of an error.
    written: Stretch,
    /// What the file has.
    read: Stretch,
    /// Where the last read has ended.
    last_end: u64,
}

/// Bytes that follow each other in the file.
#[derive(Default)]
struct Stretch {
    start: u64,
    bytes: Vec<u8>,
}

impl<F: PlainFile> BufferedFile<F> {
    pub fn new(file: F) -> Self {
        Self { file, buffers: RefCell::default() }
    }

    /// The file, which lacks what is not written out.
    pub fn file(&self) -> &F {
        &self.file
    }

    /// Reads at most as many bytes as `buffer` has; gives how many there were.
    pub fn read(&self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        let buffers = &mut *self.buffers.borrow_mut();
        let length = match buffers.read_ahead(&self.file, offset, buffer.len())? {
            true => buffers.read.lay_over(buffer, offset, 0),
            false => self.file.read(buffer, offset)?,
        };
        Ok(buffers.written.lay_over(buffer, offset, length))
    }

    pub fn write(&self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        let buffers = &mut *self.buffers.borrow_mut();
        let fits = buffers.written.end() == offset && buffers.written.bytes.len() + bytes.len() <= MOST_WRITTEN;
        if !fits {
            buffers.write_out(&self.file)?;
            if bytes.len() >= MOST_WRITTEN {
                return buffers.store(&self.file, bytes, offset);
            }
            buffers.written.start = offset;
        }
        buffers.written.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub fn truncate(&self, size: u64) -> VfsResult<()> {
        let buffers = &mut *self.buffers.borrow_mut();
        buffers.written.cut(size);
        buffers.read.cut(size);
        self.file.truncate(size)
    }

    /// In bytes.
    pub fn size(&self) -> VfsResult<u64> {
        let size = self.file.size()?;
        let written = &self.buffers.borrow().written;
        Ok(if written.bytes.is_empty() { size } else { size.max(written.end()) })
    }

    /// Forgets what the file does not have.
    pub fn discard(&self) {
        self.buffers.borrow_mut().written.bytes.clear();
    }

    /// The file has everything when this returns.
    pub fn write_out(&self) -> VfsResult<()> {
        self.buffers.borrow_mut().write_out(&self.file)
    }
}

impl Buffers {
    /// Whether these bytes, as the file has them, have been read. They are if one read follows another.
    fn read_ahead(&mut self, file: &impl PlainFile, offset: u64, length: usize) -> VfsResult<bool> {
        let follows = offset.wrapping_sub(self.last_end) < MOST_READ as u64;
        self.last_end = offset + length as u64;
        if self.read.holds(offset, length) {
            return Ok(true);
        }
        if follows && length < MOST_READ {
            self.read.fill(file, offset)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn write_out(&mut self, file: &impl PlainFile) -> VfsResult<()> {
        if !self.written.bytes.is_empty() {
            let Stretch { start, mut bytes } = std::mem::take(&mut self.written);
            let stored = self.store(file, &bytes, start);
            if stored.is_ok() {
                bytes.clear();
            }
            self.written = Stretch { start, bytes };
            stored?;
        }
        Ok(())
    }

    fn store(&mut self, file: &impl PlainFile, bytes: &[u8], offset: u64) -> VfsResult<()> {
        if self.read.start < offset + bytes.len() as u64 && offset < self.read.end() {
            self.read.bytes.clear();
        }
        file.write(bytes, offset)
    }
}

impl Stretch {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn holds(&self, offset: u64, length: usize) -> bool {
        self.start <= offset && offset + length as u64 <= self.end()
    }

    /// Takes what the file has from there on.
    fn fill(&mut self, file: &impl PlainFile, offset: u64) -> VfsResult<()> {
        self.start = offset;
        self.bytes.resize(MOST_READ, 0);
        let length = file.read(&mut self.bytes, offset);
        self.bytes.truncate(*length.as_ref().unwrap_or(&0));
        length.map(drop)
    }

    /// Lays these bytes over those of a buffer, of which `length` are read from that offset on; gives how many are then.
    fn lay_over(&self, buffer: &mut [u8], offset: u64, length: usize) -> usize {
        let from = self.start.max(offset);
        let to = self.end().min(offset + buffer.len() as u64);
        if from >= to {
            return length;
        }
        let (first, behind) = ((from - offset) as usize, (to - offset) as usize);
        if length < first {
            buffer[length..first].fill(0);
        }
        buffer[first..behind].copy_from_slice(&self.bytes[(from - self.start) as usize..][..behind - first]);
        length.max(behind)
    }

    fn cut(&mut self, size: u64) {
        self.bytes.truncate(usize::try_from(size.saturating_sub(self.start)).unwrap_or(usize::MAX));
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use rsqlite_vfs::{VfsError, VfsErrorCode};

    use super::*;

    /// A file in memory that counts what it is asked for, and may refuse to grow.
    struct Memory {
        bytes: RefCell<Vec<u8>>,
        most: Cell<usize>,
        calls: Cell<usize>,
    }

    impl Memory {
        fn file() -> BufferedFile<Self> {
            BufferedFile::new(Self { bytes: RefCell::default(), most: Cell::new(usize::MAX), calls: Cell::new(0) })
        }
    }

    impl PlainFile for Memory {
        fn read(&self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
            self.calls.set(self.calls.get() + 1);
            let bytes = self.bytes.borrow();
            let rest = bytes.get(offset as usize..).unwrap_or_default();
            let length = rest.len().min(buffer.len());
            buffer[..length].copy_from_slice(&rest[..length]);
            Ok(length)
        }

        fn write(&self, bytes: &[u8], offset: u64) -> VfsResult<()> {
            self.calls.set(self.calls.get() + 1);
            let (start, end) = (offset as usize, offset as usize + bytes.len());
            if end > self.most.get() {
                return Err(VfsError::new(VfsErrorCode::Full, "no room".into()));
            }
            let mut own = self.bytes.borrow_mut();
            let size = own.len().max(end);
            own.resize(size, 0);
            own[start..end].copy_from_slice(bytes);
            Ok(())
        }

        fn truncate(&self, size: u64) -> VfsResult<()> {
            self.bytes.borrow_mut().resize(size as usize, 0);
            Ok(())
        }

        fn size(&self) -> VfsResult<u64> {
            Ok(self.bytes.borrow().len() as u64)
        }
    }

    #[derive(Clone, Debug)]
    enum Call {
        Read { offset: u64, length: usize },
        Write { offset: u64, length: usize, byte: u8 },
        Truncate(u64),
        WriteOut,
    }

    /// Far enough that buffers are met, begun anew, and passed by.
    const FAR: u64 = 3 * MOST_WRITTEN as u64;

    fn call() -> impl Strategy<Value = Call> {
        let offset = || prop_oneof![(0..FAR / 8192).prop_map(|page| page * 8192), 0..FAR];
        let length = || prop_oneof![Just(8192), 1..100_usize, 1..2 * MOST_READ, Just(MOST_WRITTEN)];
        prop_oneof![
            4 => (offset(), length()).prop_map(|(offset, length)| Call::Read { offset, length }),
            8 => (offset(), length(), any::<u8>()).prop_map(|(offset, length, byte)| Call::Write { offset, length, byte }),
            1 => offset().prop_map(Call::Truncate),
            1 => Just(Call::WriteOut),
        ]
    }

    /// Reads and writes that follow each other, as SQLite's mostly do.
    fn calls() -> impl Strategy<Value = Vec<Call>> {
        let run = (call(), 1..12_u64).prop_map(|(call, count)| {
            let along = |at: u64| match call.clone() {
                Call::Read { offset, length } => Call::Read { offset: offset + at * length as u64, length },
                Call::Write { offset, length, byte } => {
                    Call::Write { offset: offset + at * length as u64, length, byte: byte.wrapping_add(at as u8) }
                }
                other => other,
            };
            (0..count).map(along).collect::<Vec<_>>()
        });
        proptest::collection::vec(run, 1..20).prop_map(|runs| runs.concat())
    }

    fn read(file: &BufferedFile<Memory>, offset: u64, length: usize) -> Vec<u8> {
        let mut buffer = vec![0xaa; length];
        let length = file.read(&mut buffer, offset).expect("bytes");
        buffer.truncate(length);
        buffer
    }

    proptest! {
        #[test]
        fn holds_what_a_plain_file_would(calls in calls()) {
            let file = Memory::file();
            let mut plain: Vec<u8> = Vec::new();
            for call in calls {
                match call {
                    Call::Read { offset, length } => {
                        let rest = plain.get(offset as usize..).unwrap_or_default();
                        let mut found = read(&file, offset, length);
                        // Zeros before what is not written out yet may be missing, as SQLite takes a short read.
                        let expected = &rest[..length.min(rest.len())];
                        prop_assert!(found.len() <= expected.len());
                        found.resize(expected.len(), 0);
                        prop_assert!(found == expected, "{length} bytes at {offset}");
                    }
                    Call::Write { offset, length, byte } => {
                        let bytes = vec![byte; length];
                        file.write(&bytes, offset).expect("room");
                        let end = offset as usize + length;
                        plain.resize(plain.len().max(end), 0);
                        plain[offset as usize..end].copy_from_slice(&bytes);
                    }
                    Call::Truncate(size) => {
                        file.truncate(size).expect("a file");
                        plain.resize(size as usize, 0);
                    }
                    Call::WriteOut => {
                        file.write_out().expect("room");
                        prop_assert!(*file.file().bytes.borrow() == plain);
                    }
                }
                prop_assert_eq!(file.size().expect("a size"), plain.len() as u64);
            }
            file.write_out().expect("room");
            prop_assert!(*file.file().bytes.borrow() == plain);
        }
    }

    #[test]
    fn pages_in_a_row_are_few_calls() {
        let file = Memory::file();
        let pages = 64;
        (0..pages).for_each(|page| file.write(&[1; 8192], page * 8192).expect("room"));
        file.write_out().expect("room");
        assert_eq!(file.file().calls.replace(0), 4);
        (0..pages).for_each(|page| assert_eq!(read(&file, page * 8192, 8192).len(), 8192));
        assert_eq!(file.file().calls.get(), 8);
    }

    #[test]
    fn what_finds_no_room_is_kept_until_it_is_cut_off_or_discarded() {
        let file = Memory::file();
        file.write(&[1; 8192], 0).expect("room");
        file.write_out().expect("room");
        file.file().most.set(8192);
        file.write(&[2; 8192], 8192).expect("not asked yet");
        file.write(&[3; 8192], 0).expect_err("no room for what was before");
        file.write(&[3; 8192], 0).expect_err("still none");
        assert_eq!(read(&file, 8192, 8192), [2; 8192]);
        // As SQLite does when it takes a transaction back.
        file.truncate(8192).expect("a file");
        file.write(&[2; 8192], 8192).expect("not asked yet");
        file.write_out().expect_err("no room");
        assert_eq!(file.size().expect("a size"), 2 * 8192);
        file.discard();
        assert_eq!(file.size().expect("a size"), 8192);
        file.write(&[3; 8192], 0).expect("room");
        file.write_out().expect("room");
        assert_eq!(*file.file().bytes.borrow(), [3; 8192]);
    }
}
