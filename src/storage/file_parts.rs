//! Files that come from elsewhere, part by part.

use super::{StorageError, StorageErrorKind, file_check};
use crate::error::Error;

/// How much of a file is read or handed out at once, in bytes: a multiple of every page size and of a mirror's
/// block.
pub(crate) const PART: usize = 1 << 20;

/// Reads a file of `size` bytes and hands each part to `write`, with its offset. The header is checked before
/// anything is handed out, and is that of a database that is not in WAL mode.
///
/// `read` gets offset and length, and must give as many bytes.
pub(crate) async fn read_database<E: From<Error>>(
    size: u64,
    mut read: impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, E>,
    mut write: impl FnMut(u64, &[u8]) -> Result<(), StorageError>,
) -> Result<(), E> {
    let mut offset = 0;
    while offset < size || size == 0 {
        let length = (size - offset).min(PART as u64) as usize;
        let mut bytes = if length > 0 { read(offset, length).await? } else { Vec::new() };
        if bytes.len() != length {
            let reason = "the file to import gave fewer or more bytes than it has";
            return Err(Error::from(StorageError::new(StorageErrorKind::Io, reason)).into());
        }
        if offset == 0 {
            let head = &bytes[..length.min(file_check::HEAD)];
            file_check::examine(head, size).map_err(Error::from)?;
            file_check::leave_wal_mode(&mut bytes);
        }
        write(offset, &bytes).map_err(Error::from)?;
        offset += length as u64;
    }
    Ok(())
}
