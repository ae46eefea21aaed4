//! The tables in the user's database that remember what was applied.
//!
//! | table | holds |
//! | --- | --- |
//! | `_wheatear_ledger` | one row: the format of these tables, and the digest of all applied migrations, so that one small read tells 'nothing to do' however long the history is |
//! | `_wheatear_migration` | one row per applied migration, in the order of application |
//! | `_wheatear_log` | one row per thing that was ever done, only added to |
//!
//! Their names may have a prefix.
//!
//! A row that is changed by hand, or with another tool, is noticed all the same: triggers take the digest away, which
//! only this module writes. If another tool has made the table anew, or dropped it, its triggers are gone, and the read
//! that asks for the digest notices that.

mod entries;
mod fault;
mod head;
mod shadow;
mod tables;

use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Row, params};
use wheatear_core::{
    Digest, ErrorCode, LedgerEntry, Migration, SetDefinition, StepOperation, in_set_order, natural_order,
};
use wheatear_sqlite::{all_rows, first_row, one_row};

use crate::error::Error;
use crate::log::{LogEntry, Outcome};
use crate::table_prefix::TablePrefix;
use fault::ledger_error;
use head::Head;
use tables::{FORMAT, FORMAT_WITHOUT_CHECKSUMS, create, create_triggers};

/// The ledger of one set in one database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub prefix: TablePrefix,
    /// Of the application, for the log.
    pub app_version: Option<String>,
    /// Whether the database becomes an image, which does not tell when and how fast it was made.
    #[cfg(feature = "image")]
    pub is_of_image: bool,
}

impl Ledger {
    /// Digest of what is applied; `None` if there is no ledger yet, or one of an older format.
    pub fn digest(&self, connection: &Connection) -> Result<Option<Digest>, Error> {
        let head = self.head(connection)?.filter(|head| head.format == FORMAT);
        Ok(head.and_then(|head| head.digest).map(Digest::from_bytes))
    }

    /// Whether all of the set is applied and nothing else, and no hook is left to run.
    pub fn is_current(&self, connection: &Connection, set: &SetDefinition) -> Result<bool, Error> {
        let is_current = |head: Head| head.is_sealed_as(set.digest()) && (!head.owes_hooks || set.hooks().is_empty());
        Ok(self.head(connection)?.is_some_and(is_current))
    }

    /// Whether all of the set with this digest is applied and nothing else, and no hook of any set is left to run.
    pub fn has_applied(&self, connection: &Connection, set: &Digest) -> Result<bool, Error> {
        Ok(self.head(connection)?.is_some_and(|head| head.is_sealed_as(set) && !head.owes_hooks))
    }

    /// Whether there is a ledger of this format whose digest is not that of the set, or not to be believed.
    pub fn is_sealed_otherwise(&self, connection: &Connection, set: &SetDefinition) -> Result<bool, Error> {
        Ok(self.head(connection)?.is_some_and(|head| head.format == FORMAT && !head.is_sealed_as(set.digest())))
    }

    /// Whether a run that applied something did not come to its hooks.
    pub fn owes_hooks(&self, connection: &Connection) -> Result<bool, Error> {
        Ok(self.head(connection)?.is_some_and(|head| head.owes_hooks))
    }

    /// Whether there are other ledgers in this database, under other prefixes.
    pub fn is_one_of_several(&self, connection: &Connection) -> Result<bool, Error> {
        let sql = "SELECT count(*) > 1 FROM main.sqlite_schema
            WHERE type = 'table' AND name LIKE '%\\_wheatear\\_ledger' ESCAPE '\\'";
        one_row(connection, sql, &[], |row| row.get(0)).map_err(ledger_error)
    }

    /// Whether the log says that a migration began outside of a transaction, and not how it ended.
    pub fn was_cut_short(&self, connection: &Connection, id: &str) -> Result<bool, Error> {
        let sql = format!(
            "SELECT outcome FROM {} WHERE migration = ?1 ORDER BY position DESC LIMIT 1",
            self.prefix.table("log")
        );
        let outcome: Option<String> = first_row(connection, &sql, &[&id], |row| row.get(0)).map_err(ledger_error)?;
        Ok(outcome.as_deref() == Some(Outcome::Started.as_str()))
    }

    /// Whether the tables are of an older format.
    pub fn is_outdated(&self, connection: &Connection) -> Result<bool, Error> {
        Ok(self.head(connection)?.is_some_and(|head| head.format < FORMAT))
    }

    /// Every applied migration, in the order of application.
    pub fn entries(&self, connection: &Connection) -> Result<Vec<LedgerEntry>, Error> {
        let Some(head) = self.head(connection)? else { return Ok(Vec::new()) };
        entries::read(connection, &self.prefix, head.format).map_err(ledger_error)
    }

    /// Id of the applied migration that is the last in the order of its set.
    pub fn last_applied(&self, connection: &Connection) -> Result<Option<String>, Error> {
        if self.head(connection)?.is_some_and(|head| head.format == FORMAT) {
            let sql = format!("SELECT id, depends FROM {}", self.prefix.table("migration"));
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let applied: Vec<(String, String)> = all_rows(connection, &sql, &[], read).map_err(ledger_error)?;
            let is_behind = |other: &str, id: &str| natural_order(other, id).is_lt();
            // A set in which each comes behind those that it depends on by its name alone is in the order of names.
            if applied.iter().all(|(id, depends)| depends.split_whitespace().all(|other| is_behind(other, id))) {
                return Ok(applied.into_iter().map(|(id, _)| id).max_by(|one, other| natural_order(one, other)));
            }
        }
        Ok(in_set_order(self.entries(connection)?).pop().map(|entry| entry.id))
    }

    /// Whether nothing is recorded as applied, and the log does not say why: by its last line that something was taken
    /// back, or began outside of a transaction and did not come to its end.
    pub fn is_unused(&self, connection: &Connection) -> Result<bool, Error> {
        let Some(head) = self.head(connection)? else { return Ok(true) };
        let has_entry = format!("SELECT EXISTS (SELECT 1 FROM {})", self.prefix.table("migration"));
        let has_entry: bool = one_row(connection, &has_entry, &[], |row| row.get(0)).map_err(ledger_error)?;
        if has_entry || head.format == FORMAT_WITHOUT_CHECKSUMS {
            return Ok(!has_entry);
        }
        let sql = format!(
            "SELECT outcome = ?1 AND operation NOT IN (?2, ?3) FROM {} ORDER BY position DESC LIMIT 1",
            self.prefix.table("log")
        );
        let words = params![Outcome::Done.as_str(), StepOperation::Rollback.as_str(), StepOperation::Unmark.as_str()];
        let is_unexplained = first_row(connection, &sql, words, |row| row.get(0));
        Ok(is_unexplained.map_err(ledger_error)?.unwrap_or(true))
    }

    /// Whether the database was adopted: the log says so.
    pub fn was_adopted(&self, connection: &Connection) -> Result<bool, Error> {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE operation IN (?1, ?2))", self.prefix.table("log"));
        let words = params![StepOperation::Baseline.as_str(), StepOperation::Adopt.as_str()];
        one_row(connection, &sql, words, |row| row.get(0)).map_err(ledger_error)
    }

    /// Everything that was ever done, the oldest first.
    pub fn log(&self, connection: &Connection) -> Result<Vec<LogEntry>, Error> {
        if self.head(connection)?.is_none_or(|head| head.format == FORMAT_WITHOUT_CHECKSUMS) {
            return Ok(Vec::new());
        }
        let columns = "operation, migration, outcome, at, library_version, app_version";
        let sql = format!("SELECT {columns} FROM {} ORDER BY position", self.prefix.table("log"));
        all_rows(connection, &sql, &[], LogEntry::read).map_err(ledger_error)
    }

    /// Creates the tables if there are none yet, and brings older ones to this format.
    pub fn prepare(&self, connection: &Connection, set: &SetDefinition) -> Result<(), Error> {
        match self.head(connection)? {
            None => connection.execute_batch(&create(&self.prefix)).map_err(ledger_error),
            Some(Head { format: FORMAT_WITHOUT_CHECKSUMS, .. }) => {
                let entries = self.entries(connection)?;
                self.upgrade(connection, &entries).map_err(ledger_error)?;
                self.seal(connection, set, None).map(drop)
            }
            Some(_) => Ok(()),
        }
    }

    /// From the first format to this one.
    fn upgrade(&self, connection: &Connection, entries: &[LedgerEntry]) -> rusqlite::Result<()> {
        connection.execute_batch(&format!(
            "DROP TABLE {}; DROP TABLE {}; {}",
            self.prefix.table("ledger"),
            self.prefix.table("migration"),
            create(&self.prefix)
        ))?;
        entries.iter().try_for_each(|entry| entries::insert(connection, &self.prefix, entry))
    }

    /// The time, in UTC, ISO 8601 with milliseconds. Asked for once for all that is recorded together:
    /// for each row by itself it took a sixth of a run of small migrations.
    pub fn now(&self, connection: &Connection) -> Result<String, Error> {
        #[cfg(feature = "image")]
        if self.is_of_image {
            return Ok("1970-01-01T00:00:00.000Z".to_owned());
        }
        let sql = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
        one_row(connection, sql, &[], |row| row.get(0)).map_err(ledger_error)
    }

    /// Records a migration as applied.
    pub fn record(
        &self,
        connection: &Connection,
        now: &str,
        operation: StepOperation,
        migration: &Migration,
        duration: Duration,
    ) -> Result<(), Error> {
        #[cfg(feature = "image")]
        let (operation, duration) = match self.is_of_image {
            true => (StepOperation::Image, Duration::ZERO),
            false => (operation, duration),
        };
        let entry = LedgerEntry { duration, applied_at: now.to_owned(), ..LedgerEntry::of(migration) };
        entries::insert(connection, &self.prefix, &entry).map_err(ledger_error)?;
        self.log_entry(connection, now, operation, migration.id(), Outcome::Done)
    }

    /// Says of everything that an image records that it was done now and by this build, and gives the ids of its
    /// migrations, in the order of application.
    pub fn redate(&self, image: &Connection) -> Result<Vec<String>, Error> {
        let (migration, now) = (self.prefix.table("migration"), self.now(image)?);
        let redate = || {
            // Those of the migrations' table would take the digest away.
            image.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
            image.execute(&format!("UPDATE {migration} SET applied_at = ?1"), params![now])?;
            let log =
                format!("UPDATE {} SET (at, library_version, app_version) = (?1, ?2, ?3)", self.prefix.table("log"));
            image.execute(&log, params![now, env!("CARGO_PKG_VERSION"), self.app_version])?;
            all_rows(image, &format!("SELECT id FROM {migration} ORDER BY position"), &[], |row| row.get(0))
        };
        redate().map_err(ledger_error)
    }

    /// Forgets a migration.
    pub fn forget(&self, connection: &Connection, now: &str, operation: StepOperation, id: &str) -> Result<(), Error> {
        let sql = format!("DELETE FROM {} WHERE id = ?1", self.prefix.table("migration"));
        connection.prepare_cached(&sql).and_then(|mut delete| delete.execute(params![id])).map_err(ledger_error)?;
        self.log_entry(connection, now, operation, id, Outcome::Done)
    }

    /// Records an applied migration under another id, also where others depend on it; or one in the place of several that
    /// it replaces, as it is now. The log names all of them.
    pub fn rename(
        &self,
        connection: &Connection,
        now: &str,
        operation: StepOperation,
        from: &[String],
        migration: &Migration,
    ) -> Result<(), Error> {
        let (table, to) = (self.prefix.table("migration"), migration.id());
        // The id is replaced twice, because two neighbours share the space between them, so that one `replace` finds
        // only the first of them.
        let renamed = "replace(replace(' ' || depends || ' ', ' ' || ?1 || ' ', ' ' || ?2 || ' '), ' ' || ?1 || ' ', ' ' || ?2 || ' ')";
        let depends = format!(
            "UPDATE {table} SET depends = trim({renamed}) WHERE instr(' ' || depends || ' ', ' ' || ?1 || ' ')"
        );
        for (place, old) in from.iter().enumerate() {
            let changed = match place {
                0 => connection.execute(&format!("UPDATE {table} SET id = ?2 WHERE id = ?1"), params![old, to]),
                _ => connection.execute(&format!("DELETE FROM {table} WHERE id = ?1"), params![old]),
            };
            changed.and_then(|_| connection.execute(&depends, params![old, to])).map_err(ledger_error)?;
        }
        if from.len() > 1 {
            entries::update(connection, &self.prefix, &LedgerEntry::of(migration)).map_err(ledger_error)?;
        }
        self.log_entry(connection, now, operation, &format!("{} -> {to}", from.join(", ")), Outcome::Done)
    }

    /// Records an applied migration as it is now, keeping when it was applied.
    pub fn correct(
        &self,
        connection: &Connection,
        now: &str,
        operation: StepOperation,
        migration: &Migration,
    ) -> Result<(), Error> {
        entries::update(connection, &self.prefix, &LedgerEntry::of(migration)).map_err(ledger_error)?;
        self.log_entry(connection, now, operation, migration.id(), Outcome::Done)
    }

    /// Adds a line to the log.
    pub fn log_entry(
        &self,
        connection: &Connection,
        now: &str,
        operation: StepOperation,
        id: &str,
        outcome: Outcome,
    ) -> Result<(), Error> {
        let sql = format!(
            "INSERT INTO {} (operation, migration, outcome, at, library_version, app_version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            self.prefix.table("log")
        );
        let values =
            params![operation.as_str(), id, outcome.as_str(), now, env!("CARGO_PKG_VERSION"), self.app_version];
        connection.prepare_cached(&sql).and_then(|mut insert| insert.execute(values)).map_err(ledger_error)?;
        Ok(())
    }

    /// Whether a database that is damaged can be opened and upgraded, as far as a ledger is concerned: it is read, and
    /// written to. To be called in a transaction that is rolled back.
    pub fn is_usable(&self, connection: &Connection) -> bool {
        // Of a ledger that is too new for this build, only a newer build knows whether it is usable.
        self.try_out(connection).map_or_else(|error| error.code() == ErrorCode::LedgerTooNew, |()| true)
    }

    /// Reads what a run reads and writes where it writes.
    fn try_out(&self, connection: &Connection) -> Result<(), Error> {
        // The tables of an older format are not written to, but made anew.
        if self.digest(connection)?.is_none() {
            return Ok(());
        }
        self.entries(connection)?;
        let rewrite = format!("UPDATE {} SET id = id || '-'", self.prefix.table("migration"));
        connection.execute_batch(&rewrite).map_err(ledger_error)?;
        self.log_entry(connection, "", StepOperation::Apply, "", Outcome::Done)
    }

    /// Digest of what is applied, as the set sees it.
    pub fn applied_digest(&self, connection: &Connection, set: &SetDefinition) -> Result<Digest, Error> {
        let sql = format!("SELECT id, checksum FROM {}", self.prefix.table("migration"));
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let applied: Vec<(String, [u8; 32])> = all_rows(connection, &sql, &[], read).map_err(ledger_error)?;
        Ok(set.digest_of(applied.iter().map(|(id, checksum)| (id.as_str(), Digest::from_bytes(*checksum)))))
    }

    /// Records that digest, so that the next look is a short one, and returns it; and whether hooks are
    /// left to run, if that is known.
    pub fn seal(
        &self,
        connection: &Connection,
        set: &SetDefinition,
        owes_hooks: Option<bool>,
    ) -> Result<Digest, Error> {
        let digest = self.applied_digest(connection, set)?;
        // The triggers are not created with the tables, because they would cost time for each row of a first run.
        // Builds before they existed created none.
        if !self.head(connection)?.is_some_and(|head| head.is_watched) {
            connection.execute_batch(&create_triggers(&self.prefix)).map_err(ledger_error)?;
        }
        let sql =
            format!("UPDATE {} SET digest = ?1, owes_hooks = coalesce(?2, owes_hooks)", self.prefix.table("ledger"));
        connection.execute(&sql, params![digest.as_bytes(), owes_hooks]).map_err(ledger_error)?;
        Ok(digest)
    }

    /// A database in memory that has a copy of this ledger, so that what would be recorded can be tried out there.
    pub fn shadow(&self, connection: &Connection) -> Result<Connection, Error> {
        shadow::of(connection, &self.prefix).map_err(ledger_error)
    }

    /// The single row; `None` if there is no ledger yet.
    fn head(&self, connection: &Connection) -> Result<Option<Head>, Error> {
        Head::read(connection, &self.prefix)
    }
}
