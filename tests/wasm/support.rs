use rusqlite::Connection;
use wheatear::storage::DatabaseName;
use wheatear::storage::opfs::{self, OpfsDatabase};

/// A name that no database has.
pub async fn fresh(name: &str) -> DatabaseName {
    let name = DatabaseName::new(name).expect("a valid name");
    opfs::delete(&name).await.expect("a database can be deleted");
    name
}

pub async fn open(name: &DatabaseName) -> (OpfsDatabase, Connection) {
    OpfsDatabase::open(name).await.expect("the database opens")
}

pub fn close((database, connection): (OpfsDatabase, Connection)) {
    database.close(connection).expect("the files are let go");
}
