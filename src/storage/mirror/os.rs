//! What SQLite asks of the system besides files: the time, and little else.

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(super) use sqlite_wasm_rs::WasmOsCallback as Os;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) use native::Os;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod native {
    use std::hash::{BuildHasher, RandomState};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use rsqlite_vfs::{OsCallback, VfsResult};

    pub(in crate::storage::mirror) struct Os;

    impl OsCallback for Os {
        fn sleep(&self, duration: Duration) {
            std::thread::sleep(duration);
        }

        /// Good enough to tell journals apart; SQLite's generator is seeded by the default VFS.
        fn random(&self, buffer: &mut [u8]) -> usize {
            for (chunk, salt) in buffer.chunks_mut(8).zip(0_u64..) {
                let number = RandomState::new().hash_one(salt).to_ne_bytes();
                chunk.copy_from_slice(&number[..chunk.len()]);
            }
            buffer.len()
        }

        fn epoch_timestamp_in_ms(&self) -> VfsResult<i64> {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Ok(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
        }
    }
}
