//! Files that are imported into a mirror.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use rusqlite::Connection;
use wheatear::storage::{DatabaseFile, Mirror};
use wheatear::{Error, Migrator};

/// Runs what never waits for anything.
pub fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// Gives parts of these bytes.
pub fn reader(bytes: &[u8]) -> impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, Error> {
    async |offset: u64, length: usize| Ok(bytes[offset as usize..][..length].to_vec())
}

/// What lies beside a file.
#[derive(Clone, Copy, Debug)]
pub enum Log<'bytes> {
    Unknown,
    Absent,
    Given(&'bytes [u8]),
}

pub fn import(file: &[u8], log: Log<'_>) -> Result<(Mirror, Connection, Vec<String>), Error> {
    let whole = DatabaseFile::new(file.len() as u64, reader(file));
    finish(Mirror::import(match log {
        Log::Unknown => whole,
        Log::Absent => whole.without_wal(),
        Log::Given(log) => whole.with_wal(log.len() as u64, reader(log)),
    }))
}

/// A copy that was made of a database in use.
pub fn import_backup(file: &[u8]) -> Result<(Mirror, Connection, Vec<String>), Error> {
    finish(Mirror::import(DatabaseFile::new(file.len() as u64, reader(file)).from_backup(Migrator::can_use)))
}
