//! The `-wal` file beside a database: what was committed to it and is not in the database's file yet.

use std::collections::HashMap;

use super::{StorageError, StorageErrorKind};

/// Size of the log's header, and of each frame's, in bytes.
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// What a log begins with, but for the last bit: that tells the order of bytes in which checksums are computed.
const MAGIC: u32 = 0x377f_0682;

const VERSION: u32 = 3_007_000;

/// How much of a log is read at once, in bytes, at least.
const AT_ONCE: u64 = 1 << 20;

/// Where the pages lie that a log holds.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Size of the database after the last commit, in bytes; 0 if the log has no commit.
    pub size: u64,
    /// Of each page, counted from 1: where its newest committed contents begin in the log.
    pub pages: HashMap<u64, u64>,
    /// Whether more was committed than can be read.
    pub is_cut: bool,
}

/// Reads a log of `size` bytes that belongs to a database with pages of `page_size` bytes. As in SQLite, it ends
/// before the first frame that is not whole, and what was not committed does not count.
///
/// Behind its end may lie what it held before it was begun anew, with another salt, and what was rolled back, without a
/// commit. Anything else there was committed once.
///
/// Source: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>
///
/// # Errors
/// [`StorageErrorKind::NotADatabase`] if it is no log, or that of another database; [`StorageErrorKind::Corrupt`] if it
/// is not empty and nothing that was committed can be read; those of `read`.
pub(super) async fn index<E: From<StorageError>>(
    size: u64,
    page_size: u64,
    mut read: impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>,
) -> Result<Index, E> {
    let mut index = Index::default();
    // A checkpoint may have emptied the log, and leaves a file without a byte.
    if size == 0 {
        return Ok(index);
    }
    let header = read(0, size.min(HEADER as u64) as usize).await?;
    let mut frames = Frames::begin(&header, page_size).map_err(|reason| {
        let reason = format!("the file given as its -wal {reason}");
        StorageError::new(StorageErrorKind::NotADatabase, reason)
    })?;
    let frame_size = FRAME_HEADER as u64 + page_size;
    let mut offset = HEADER as u64;
    let mut uncommitted = Vec::new();
    let mut has_ended = false;
    while offset < size {
        let count = (size - offset).div_ceil(frame_size).min(AT_ONCE.div_ceil(frame_size));
        let bytes = read(offset, (count * frame_size).min(size - offset) as usize).await?;
        for frame in bytes.chunks(frame_size as usize) {
            let is_whole = frame.len() as u64 == frame_size;
            match if has_ended || !is_whole { None } else { frames.next(frame) } {
                Some((page, pages_after)) => {
                    uncommitted.push((page, offset + FRAME_HEADER as u64));
                    if pages_after > 0 {
                        index.pages.extend(uncommitted.drain(..));
                        index.size = pages_after * page_size;
                    }
                }
                None => {
                    let is_of_this_log = frame.get(8..16).map_or(!has_ended, |salt| salt == frames.salt);
                    index.is_cut |= is_of_this_log && (!is_whole || number(frame, 4) > 0);
                    has_ended = true;
                }
            }
            offset += frame.len() as u64;
        }
    }
    if index.size == 0 {
        let reason = "the file given as its -wal is damaged or cut short, for nothing that was committed to it can be \
                      read; give a whole copy of it, or, if it is known to hold nothing, import without it";
        return Err(StorageError::new(StorageErrorKind::Corrupt, reason).into());
    }
    Ok(index)
}

/// What is known of a log up to some frame of it.
struct Frames {
    big_endian: bool,
    salt: [u8; 8],
    checksum: [u32; 2],
}

impl Frames {
    fn begin(header: &[u8], page_size: u64) -> Result<Self, &'static str> {
        let Some(header) = header.first_chunk::<HEADER>() else { return Err("is cut short") };
        let magic = number(header, 0);
        if magic & !1 != MAGIC || number(header, 4) != VERSION {
            return Err("is no write-ahead log");
        }
        if u64::from(number(header, 8)) != page_size {
            return Err("belongs to another database, with pages of another size");
        }
        let mut salt = [0; 8];
        salt.copy_from_slice(&header[16..24]);
        let mut frames = Self { big_endian: magic & 1 == 1, salt, checksum: [0, 0] };
        frames.add(&header[..24]);
        if frames.checksum != [number(header, 24), number(header, 28)] {
            return Err("is damaged, for the checksum of its header is wrong");
        }
        Ok(frames)
    }

    /// Number of the page, and of the pages after a commit, else 0; `None` if the log ends before this frame.
    fn next(&mut self, frame: &[u8]) -> Option<(u64, u64)> {
        let (header, page) = frame.split_at(FRAME_HEADER);
        if header[8..16] != self.salt || number(header, 0) == 0 {
            return None;
        }
        self.add(&header[..8]);
        self.add(page);
        let is_whole = self.checksum == [number(header, 16), number(header, 20)];
        is_whole.then(|| (u64::from(number(header, 0)), u64::from(number(header, 4))))
    }

    fn add(&mut self, bytes: &[u8]) {
        let word = |bytes: [u8; 4]| if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        let [mut first, mut second] = self.checksum;
        for pair in bytes.chunks_exact(8) {
            let [a, b, c, d, e, f, g, h] = *pair else { continue };
            first = first.wrapping_add(word([a, b, c, d])).wrapping_add(second);
            second = second.wrapping_add(word([e, f, g, h])).wrapping_add(first);
        }
        self.checksum = [first, second];
    }
}

/// Big-endian, as everything in a log but the words of its checksums.
fn number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}
