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

/// Ends what a failure left open: a `BEGIN` can be interrupted when it has begun, a `ROLLBACK` before it ends.
pub(super) fn end_open(connection: &Connection) {
    const ATTEMPTS: usize = 10;
    for _ in (0..ATTEMPTS).take_while(|_| !connection.is_autocommit()) {
        // What it says is what is asked next.
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
        // An interrupt that came when all was done: had it come before, the transaction would be open.
        Err(failure) if failure.is_interrupt() && transaction.is_autocommit() => Ok(()),
        result => result.map_err(|failure| transaction_error(RunAction::Commit, failure)),
    }
}
