use rsqlite_vfs::{VfsError, VfsErrorCode, VfsResult};

use crate::storage::{StorageError, StorageErrorKind};

/// Bytes in a block of a mirror. Stored databases are cut into pieces of this size, so it never changes.
pub const BLOCK_SIZE: usize = 16 * 1024;

const BLOCK: u64 = BLOCK_SIZE as u64;

/// The smallest page: whatever SQLite writes begins and ends at a multiple of it.
const SECTOR: usize = 512;

/// The sectors of a block that is whole.
const WHOLE: u32 = u32::MAX;

const LACKING: &str = "a part of the database is not in memory yet";

/// What a read lacks is told by this code, because to SQLite it is a failure like any other: those that speak of
/// the disk, of memory or of an interrupt would make it roll the transaction back that they are met in.
///
/// Source: `sqlite3VdbeHalt` in <https://sqlite.org/src/file/src/vdbeaux.c>
const ABSENT: VfsErrorCode = VfsErrorCode::Permission;

/// What a call lacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The block with this index.
    Block(usize),
    /// Every block.
    All,
}

/// A file in memory, cut into blocks. Some of them may not be there yet, or no more of them than was written.
#[derive(Debug)]
pub(super) struct Blocks {
    /// One for each `BLOCK_SIZE` bytes of the file. The last is zero behind the file's end.
    blocks: Vec<Block>,
    /// Of the file, in bytes.
    size: u64,
    /// How many blocks are not whole.
    absent: usize,
    missing: Option<Missing>,
    is_committed: bool,
    /// The size when the last commit was taken.
    taken_size: u64,
}

#[derive(Debug, Default)]
struct Block {
    bytes: Option<Box<[u8]>>,
    /// Which sectors are there, one bit each.
    sectors: u32,
    /// Written since the last commit was taken.
    is_dirty: bool,
}

impl Block {
    fn has(&self, sectors: u32) -> bool {
        self.sectors & sectors == sectors
    }

    fn is_whole(&self) -> bool {
        self.has(WHOLE)
    }

    /// The block's bytes, to write these sectors.
    fn writable(&mut self, sectors: u32) -> VfsResult<&mut [u8]> {
        let bytes = match self.bytes.take() {
            Some(bytes) => bytes,
            None => zeros()?,
        };
        self.sectors |= sectors;
        self.is_dirty = true;
        Ok(self.bytes.insert(bytes))
    }
}

impl Blocks {
    /// A file of `size` bytes, of which nothing is there.
    pub fn absent(size: u64) -> Result<Self, StorageError> {
        let mut blocks = Vec::new();
        let count = usize::try_from(size.div_ceil(BLOCK)).unwrap_or(usize::MAX);
        blocks.try_reserve_exact(count).map_err(|_| {
            StorageError::new(
                StorageErrorKind::OutOfMemory,
                "the database is larger than the memory that a page can have",
            )
        })?;
        blocks.resize_with(count, Block::default);
        Ok(Self { absent: count, blocks, size, missing: None, is_committed: false, taken_size: size })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn is_complete(&self) -> bool {
        self.absent == 0
    }

    /// The first block from `index` on that is not whole.
    pub fn next_absent(&self, index: usize) -> Option<usize> {
        let mut rest = self.blocks.iter().enumerate().skip(index);
        rest.find(|(_, block)| !block.is_whole()).map(|(index, _)| index)
    }

    /// Supplies what is stored of a block; what was written of it meanwhile, which may be all, stays as it is. What
    /// a shorter one lacks is zero.
    pub fn fill(&mut self, index: usize, stored: &[u8]) -> VfsResult<()> {
        let Some(block) = self.blocks.get_mut(index).filter(|block| !block.is_whole()) else { return Ok(()) };
        let used = self.taken_size.saturating_sub(index as u64 * BLOCK).min(BLOCK) as usize;
        let mut filled = zeros()?;
        let length = used.min(stored.len());
        filled[..length].copy_from_slice(&stored[..length]);
        if let Some(written) = &block.bytes {
            let sectors = filled.chunks_mut(SECTOR).zip(written.chunks(SECTOR)).enumerate();
            for (_, (to, from)) in sectors.filter(|(sector, _)| block.sectors >> sector & 1 == 1) {
                to.copy_from_slice(from);
            }
        }
        (block.bytes, block.sectors) = (Some(filled), WHOLE);
        self.absent -= 1;
        Ok(())
    }

    pub fn read(&mut self, buffer: &mut [u8], offset: u64) -> VfsResult<usize> {
        let length = self.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        for (index, start, piece) in pieces(offset, length) {
            let end = start + piece.len();
            let touched = sectors(start / SECTOR, end.div_ceil(SECTOR));
            let block = self.blocks.get(index).filter(|block| block.has(touched));
            let Some(bytes) = block.and_then(|block| block.bytes.as_deref()) else {
                return Err(self.lack(Missing::Block(index)));
            };
            buffer[piece].copy_from_slice(&bytes[start..end]);
        }
        Ok(length)
    }

    /// Whole sectors can be written whether their blocks are there or not.
    pub fn write(&mut self, bytes: &[u8], offset: u64) -> VfsResult<()> {
        self.grow(offset + bytes.len() as u64)?;
        for (index, start, piece) in pieces(offset, bytes.len()) {
            self.write_within(index, start, &bytes[piece])?;
        }
        Ok(())
    }

    pub fn truncate(&mut self, size: u64) -> VfsResult<()> {
        if size >= self.size {
            return self.grow(size);
        }
        let count = size.div_ceil(BLOCK) as usize;
        // The rest of the last block becomes zero, so that what it held does not come back when the file grows again.
        let end = (size % BLOCK) as usize;
        if end > 0 {
            self.write_within(count - 1, end, &[0; BLOCK_SIZE][end..])?;
        }
        self.absent -= self.blocks.drain(count..).filter(|block| !block.is_whole()).count();
        self.size = size;
        Ok(())
    }

    /// Fails, and remembers why, unless every block is there.
    pub fn require_all(&mut self) -> VfsResult<()> {
        if self.is_complete() { Ok(()) } else { Err(self.lack(Missing::All)) }
    }

    /// What was written so far is a commit.
    pub fn commit(&mut self) {
        self.is_committed = true;
    }

    /// The error of a call that lacked something.
    pub fn missing_error(&self) -> Option<StorageError> {
        self.missing.map(|_| StorageError::new(StorageErrorKind::Io, LACKING))
    }

    pub fn is_lacking(&self) -> bool {
        self.missing.is_some()
    }

    pub fn take_missing(&mut self) -> Option<Missing> {
        self.missing.take()
    }

    /// See [`Mirror::unfinished`](super::Mirror::unfinished).
    pub fn unfinished(&self) -> Option<usize> {
        let is_unfinished = |block: &Block| block.is_dirty && !block.is_whole();
        if self.is_committed && self.absent > 0 { self.blocks.iter().position(is_unfinished) } else { None }
    }

    /// See [`Mirror::take_commit`](super::Mirror::take_commit).
    pub fn take_commit(&mut self, everything: bool, mut visit: impl FnMut(usize, &[u8])) -> Option<u64> {
        if self.unfinished().is_some() {
            return None;
        }
        let is_committed = std::mem::take(&mut self.is_committed);
        let is_changed = self.size != self.taken_size || self.blocks.iter().any(|block| block.is_dirty);
        let is_due = everything || (is_committed && is_changed);
        if !is_due {
            return None;
        }
        for (index, block) in self.blocks.iter_mut().enumerate() {
            let is_wanted = std::mem::take(&mut block.is_dirty) || everything;
            if let (true, Some(bytes)) = (is_wanted, &block.bytes) {
                visit(index, bytes);
            }
        }
        self.taken_size = self.size;
        Some(self.size)
    }

    /// Lengthens the file with zeros.
    fn grow(&mut self, size: u64) -> VfsResult<()> {
        let count = usize::try_from(size.div_ceil(BLOCK)).unwrap_or(usize::MAX);
        self.blocks.try_reserve(count.saturating_sub(self.blocks.len())).map_err(|_| no_memory())?;
        while self.blocks.len() < count {
            self.blocks.push(Block { bytes: Some(zeros()?), sectors: WHOLE, is_dirty: true });
            // The size grows with each block, so that it fits the blocks also if there is no memory for the next one.
            self.size = self.size.max((self.blocks.len() as u64 * BLOCK).min(size));
        }
        self.size = self.size.max(size);
        Ok(())
    }

    fn write_within(&mut self, index: usize, start: usize, bytes: &[u8]) -> VfsResult<()> {
        let end = start + bytes.len();
        let touched = sectors(start.div_ceil(SECTOR), end / SECTOR);
        let Some(block) = self.blocks.get_mut(index) else { return Ok(()) };
        let was_whole = block.is_whole();
        let are_sectors = start.is_multiple_of(SECTOR) && end.is_multiple_of(SECTOR);
        if !(was_whole || are_sectors) {
            return Err(self.lack(Missing::Block(index)));
        }
        block.writable(touched)?[start..end].copy_from_slice(bytes);
        self.absent -= usize::from(!was_whole && block.is_whole());
        Ok(())
    }

    fn lack(&mut self, missing: Missing) -> VfsError {
        // The first block that was missing is remembered, unless all of them are asked for.
        if missing == Missing::All || self.missing.is_none() {
            self.missing = Some(missing);
        }
        VfsError::new(ABSENT, LACKING.into())
    }
}

/// The bits of the sectors from `first` on, up to and without `end`.
fn sectors(first: usize, end: usize) -> u32 {
    (first..end).fold(0, |sectors, sector| sectors | 1 << sector)
}

/// The pieces that a range of the file has in its blocks: index of the block, offset in it, and the range of
/// the buffer.
fn pieces(offset: u64, length: usize) -> impl Iterator<Item = (usize, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let position = offset + done as u64;
        let start = (position % BLOCK) as usize;
        let piece = done..length.min(done + BLOCK_SIZE - start);
        done = piece.end;
        (!piece.is_empty()).then_some(((position / BLOCK) as usize, start, piece))
    })
}

fn zeros() -> VfsResult<Box<[u8]>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(BLOCK_SIZE).map_err(|_| no_memory())?;
    bytes.resize(BLOCK_SIZE, 0);
    Ok(bytes.into_boxed_slice())
}

fn no_memory() -> VfsError {
    VfsError::new(VfsErrorCode::NoMemory, "there is no memory for another block".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(blocks: &mut Blocks) -> Option<(u64, Vec<usize>)> {
        let mut indexes = Vec::new();
        blocks.commit();
        blocks.take_commit(false, |index, _| indexes.push(index)).map(|size| (size, indexes))
    }

    fn file(size: u64) -> Blocks {
        let mut blocks = Blocks::absent(0).expect("memory");
        blocks.truncate(size).expect("memory");
        commit(&mut blocks);
        blocks
    }

    fn read(blocks: &mut Blocks, offset: u64, length: usize) -> Result<Vec<u8>, VfsErrorCode> {
        let mut buffer = vec![0xff; length];
        let count = blocks.read(&mut buffer, offset).map_err(|error| error.code())?;
        buffer.truncate(count);
        Ok(buffer)
    }

    #[test]
    fn a_write_across_blocks_makes_those_dirty_and_no_other() {
        let mut blocks = file(5 * BLOCK);
        blocks.write(&[7; BLOCK_SIZE], BLOCK + 1).expect("a write");
        assert_eq!(commit(&mut blocks), Some((5 * BLOCK, vec![1, 2])));
        let expected: Vec<u8> = [&[0][..], &[7; BLOCK_SIZE], &[0]].concat();
        assert_eq!(read(&mut blocks, BLOCK, BLOCK_SIZE + 2), Ok(expected));
        assert_eq!(commit(&mut blocks), None);
    }

    #[test]
    fn what_was_cut_off_does_not_come_back() {
        let mut blocks = file(0);
        blocks.write(&[7; 100], BLOCK).expect("a write");
        blocks.truncate(BLOCK + 10).expect("a cut");
        blocks.write(&[8], BLOCK + 99).expect("a write");
        let expected: Vec<u8> = [&[7; 10][..], &[0; 89], &[8]].concat();
        assert_eq!(read(&mut blocks, BLOCK, 1000), Ok(expected));
        commit(&mut blocks);
        blocks.truncate(BLOCK).expect("a cut");
        assert_eq!(commit(&mut blocks), Some((BLOCK, vec![])));
    }

    #[test]
    fn a_gap_is_zeros_and_is_stored() {
        let mut blocks = file(1);
        blocks.write(&[7], 3 * BLOCK).expect("a write");
        assert_eq!(commit(&mut blocks), Some((3 * BLOCK + 1, vec![1, 2, 3])));
        assert_eq!(read(&mut blocks, 2 * BLOCK, 3), Ok(vec![0; 3]));
    }

    #[test]
    fn an_absent_block_is_named() {
        let mut blocks = Blocks::absent(3 * BLOCK - 1).expect("memory");
        blocks.fill(0, &[1; BLOCK_SIZE]).expect("memory");
        assert_eq!(read(&mut blocks, 0, 2), Ok(vec![1, 1]));
        assert_eq!((blocks.take_missing(), blocks.is_complete()), (None, false));
        assert_eq!(read(&mut blocks, BLOCK - 1, 2), Err(ABSENT));
        assert_eq!((blocks.take_missing(), blocks.take_missing()), (Some(Missing::Block(1)), None));
        assert_eq!(blocks.next_absent(0), Some(1));
        assert!(blocks.require_all().is_err());
        assert_eq!(blocks.take_missing(), Some(Missing::All));
        blocks.fill(1, &[2]).expect("memory");
        blocks.fill(2, &[3; BLOCK_SIZE]).expect("memory");
        blocks.fill(2, &[4; BLOCK_SIZE]).expect("ignored");
        blocks.fill(3, &[4; BLOCK_SIZE]).expect("ignored");
        assert_eq!((blocks.is_complete(), blocks.next_absent(0)), (true, None));
        assert_eq!(read(&mut blocks, BLOCK, 2), Ok(vec![2, 0]));
        assert_eq!(read(&mut blocks, 3 * BLOCK - 2, 2), Ok(vec![3]));
        assert_eq!(commit(&mut blocks), None, "what was filled is stored already");
    }

    #[test]
    fn what_is_written_of_an_absent_block_waits_for_the_rest() {
        let mut blocks = Blocks::absent(3 * BLOCK).expect("memory");
        blocks.write(&[7; 1024], BLOCK + 512).expect("whole sectors");
        assert_eq!(read(&mut blocks, BLOCK + 512, 1024), Ok(vec![7; 1024]));
        assert_eq!(read(&mut blocks, BLOCK + 511, 2), Err(ABSENT));
        assert_eq!(blocks.write(&[7; 10], 0).map_err(|error| error.code()), Err(ABSENT), "no whole sector");
        assert_eq!((blocks.take_missing(), blocks.unfinished()), (Some(Missing::Block(1)), None));
        assert_eq!(commit(&mut blocks), None);
        assert_eq!(blocks.unfinished(), Some(1));
        blocks.fill(1, &[1; BLOCK_SIZE]).expect("memory");
        assert_eq!(commit(&mut blocks), Some((3 * BLOCK, vec![1])));
        let expected: Vec<u8> = [vec![1; 512], vec![7; 1024], vec![1; BLOCK_SIZE - 1536]].concat();
        assert_eq!(read(&mut blocks, BLOCK, BLOCK_SIZE), Ok(expected));
    }

    #[test]
    fn a_block_that_is_all_written_needs_nothing() {
        let mut blocks = Blocks::absent(2 * BLOCK).expect("memory");
        blocks.write(&[7; BLOCK_SIZE / 2], BLOCK).expect("whole sectors");
        blocks.write(&[8; BLOCK_SIZE / 2], BLOCK + BLOCK / 2).expect("whole sectors");
        assert_eq!((commit(&mut blocks), blocks.next_absent(0)), (Some((2 * BLOCK, vec![1])), Some(0)));
        blocks.fill(0, &[]).expect("memory");
        assert!(blocks.is_complete());
    }

    #[test]
    fn what_was_cut_off_of_an_absent_block_does_not_come_back() {
        let mut blocks = Blocks::absent(3 * BLOCK).expect("memory");
        blocks.truncate(BLOCK + 512).expect("a cut");
        blocks.write(&[7; 512], 2 * BLOCK - 512).expect("a write");
        blocks.fill(0, &[]).expect("memory");
        blocks.fill(1, &[1; BLOCK_SIZE]).expect("memory");
        assert!(blocks.is_complete(), "the block that was cut off is not lacking");
        let expected: Vec<u8> = [vec![1; 512], vec![0; BLOCK_SIZE - 1024], vec![7; 512]].concat();
        assert_eq!(read(&mut blocks, BLOCK, BLOCK_SIZE), Ok(expected));
    }

    #[test]
    fn what_is_stored_ends_where_the_stored_file_does() {
        let mut blocks = Blocks::absent(BLOCK + 512).expect("memory");
        blocks.write(&[7; 512], BLOCK + 1024).expect("a write");
        blocks.fill(1, &[1; BLOCK_SIZE]).expect("memory");
        let expected: Vec<u8> = [vec![1; 512], vec![0; 512], vec![7; 512]].concat();
        assert_eq!(read(&mut blocks, BLOCK, BLOCK_SIZE), Ok(expected));
    }

    #[test]
    fn everything_is_every_block() {
        let mut blocks = file(2 * BLOCK);
        let mut indexes = Vec::new();
        assert_eq!(blocks.take_commit(true, |index, _| indexes.push(index)), Some(2 * BLOCK));
        assert_eq!(indexes, [0, 1]);
    }
}
