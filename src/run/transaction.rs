//! Begins and ends the transactions of a run.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use wheatear_core::Digest;
use wheatear_sqlite::SqliteFailure;

use crate::error::{Error, RunAction, transaction_error};
use crate::ledger::Ledger;
use crate::storage::{StorageError, StorageErrorKind};

pub(super) fn begin(connection: &Connection) -> Result<Transaction<'_>, Error> {
    Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
        .map_err(|error| transaction_error(RunAction::Begin, error))
}

/// Rolls back the transaction that a failed run has left open, if any. An interrupt can leave one in two ways: a
/// `BEGIN` reports it though the transaction has begun, and a `ROLLBACK` stops at it, so that it is tried several
/// times.
pub(super) fn end_open(connection: &Connection) {
    const ATTEMPTS: usize = 10;
    for _ in (0..ATTEMPTS).take_while(|_| !connection.is_autocommit()) {
        // Whether the rollback has worked is asked of `is_autocommit`, so its own answer is not needed.
        let _ = connection.execute_batch("ROLLBACK");
    }
}

/// Begins the next part of a run, if nobody else changed the ledger between the parts.
pub(super) fn begin_again<'a>(
    connection: &'a Connection,
    ledger: &Ledger,
    seal: Option<Digest>,
) -> Result<Transaction<'a>, Error> {
    let transaction = begin(connection)?;
    if ledger.digest(&transaction)? == seal {
        return Ok(transaction);
    }
    let why = "someone else migrated this database between two parts of this run; run it again";
    Err(StorageError::new(StorageErrorKind::Busy, why).into())
}

/// Makes durable what was done.
pub(super) fn commit(transaction: Transaction<'_>) -> Result<(), Error> {
    match transaction.execute_batch("COMMIT").map_err(SqliteFailure::from) {
        // The interrupt came when the transaction was committed: had it come before, the transaction would be open.
        Err(failure) if failure.is_interrupt() && transaction.is_autocommit() => Ok(()),
        result => result.map_err(|failure| transaction_error(RunAction::Commit, failure)),
    }
}
