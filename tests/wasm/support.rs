//! Databases in the origin private file system.
#![allow(dead_code, reason = "each test file uses a part of it")]

use rusqlite::Connection;
use wheatear::Error;
use wheatear::storage::DatabaseName;
use wheatear::storage::opfs::{self, OpfsDatabase};

/// A name that no database has.
pub async fn fresh(name: &str) -> DatabaseName {
    let name = DatabaseName::new(name).expect("a valid name");
    opfs::delete(&name).await.expect("a database can be deleted");
    name
}

pub async fn open(name: &DatabaseName) -> (OpfsDatabase, Connection) {
    OpfsDatabase::open(name, false).await.expect("the database opens")
}

pub fn close((database, connection): (OpfsDatabase, Connection)) {
    database.close(connection).expect("the files are let go");
}

/// The stored file, byte for byte.
pub async fn stored(name: &DatabaseName) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let collect = |part: &[u8]| -> Result<(), Error> {
        bytes.extend_from_slice(part);
        Ok(())
    };
    opfs::export(name, collect).await.map(|()| bytes)
}
