use std::ops::ControlFlow;
use std::sync::Arc;

use rusqlite::Connection;
use wheatear_core::{
    Digest, LedgerEntry, OnAhead, OnDrift, OnEdited, OnLate, OnUnmanaged, Operation, Plan, RollbackTarget, Target,
    in_set_order,
};

use crate::error::Error;
use crate::image;
#[cfg(feature = "image")]
use crate::image::NoImage;
use crate::ledger::Ledger;
use crate::log::LogEntry;
use crate::migration_set::MigrationSet;
use crate::progress::Progress;
use crate::rehearsal::{self, Rehearsal};
use crate::report::Report;
use crate::run::{self, Settings};
use crate::status::{self, MigrationStatus};
use crate::table_prefix::TablePrefix;

/// Brings databases to the schema of one set of migrations, and back.
///
/// ```
/// use wheatear::{MigrationSet, Migrator, migrations};
///
/// static MIGRATIONS: MigrationSet = migrations!("migrations");
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut database = rusqlite::Connection::open_in_memory()?;
/// let migrator = Migrator::new(&MIGRATIONS);
/// println!("{}", migrator.apply(&mut database)?);
/// assert!(migrator.apply(&mut database)?.steps.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// | to | see |
/// | --- | --- |
/// | look | [`status`](Self::status), [`plan`](Self::plan), [`pending`](Self::pending), [`has_applied`](Self::has_applied), [`applied`](Self::applied), [`transcript`](Self::transcript), [`rehearse`](Self::rehearse), [`log`](Self::log) |
/// | go forward | [`apply`](Self::apply), [`apply_to`](Self::apply_to), [`apply_from`](Self::apply_from) |
/// | go back | [`rollback`](Self::rollback), [`reapply`](Self::reapply) |
/// | change the record only | [`mark`](Self::mark), [`unmark`](Self::unmark), [`baseline`](Self::baseline), [`adopt`](Self::adopt), [`repair`](Self::repair) |
/// | do what a value says | [`run`](Self::run) |
/// | choose | [`on_late`](Self::on_late), [`on_edited`](Self::on_edited), [`on_ahead`](Self::on_ahead), [`on_drift`](Self::on_drift), [`on_unmanaged`](Self::on_unmanaged), [`on_progress`](Self::on_progress), [`app_version`](Self::app_version), [`table_prefix`](Self::table_prefix) |
///
/// Every operation that changes something runs in one IMMEDIATE transaction together with the rows that
/// record it: all of it or nothing. Only a migration with `-- transactional: false` splits it, see
/// [`Error::Partial`]. Foreign keys are not enforced while migrations run and are checked before the commit.
#[derive(Clone, Debug)]
pub struct Migrator<'set> {
    settings: Settings<'set>,
}

impl<'set> Migrator<'set> {
    /// A migrator with the default policies.
    pub fn new(set: &'set MigrationSet) -> Self {
        Self { settings: Settings::new(set) }
    }

    /// Version of the application, for the log.
    #[must_use]
    pub fn app_version(mut self, version: impl Into<String>) -> Self {
        self.settings.ledger.app_version = Some(version.into());
        self
    }

    /// What the names of the ledger's tables begin with. Always give the same one for a database.
    #[must_use]
    pub fn table_prefix(mut self, prefix: TablePrefix) -> Self {
        self.settings.ledger.prefix = prefix;
        self
    }

    /// What to do about a pending migration that comes before applied ones.
    #[must_use]
    pub fn on_late(mut self, late: OnLate) -> Self {
        self.settings.policy.late = late;
        self
    }

    /// What to do about applied migrations that were edited since. While one is being written, [`OnEdited::Reapply`] takes
    /// it and what came after it back and applies them anew; rows of other tables are kept. Not for what users have: what
    /// those migrations made loses its rows.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, OnEdited, SourceFile};
    /// # let set = |up: &str| MigrationSet::from_files([
    /// #     SourceFile { path: "1.sql".into(), text: up.into() },
    /// #     SourceFile { path: "1.rollback.sql".into(), text: "DROP TABLE note;".into() },
    /// # ]);
    /// # let (written, edited) = (set("CREATE TABLE note (text);")?, set("CREATE TABLE note (text, at);")?);
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// Migrator::new(&written).apply(&mut database)?;
    ///
    /// assert!(Migrator::new(&edited).apply(&mut database).is_err());
    /// let report = Migrator::new(&edited).on_edited(OnEdited::Reapply).apply(&mut database)?;
    /// assert_eq!((report.rolled_back().count(), report.applied().count()), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_edited(mut self, edited: OnEdited) -> Self {
        self.settings.policy.edited = edited;
        self
    }

    /// What to do about a database that is newer than the set: after a deploy was rolled back,
    /// [`OnAhead::Rollback`] takes it back with the SQL that the newer code left in it.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, OnAhead, SourceFile};
    /// # let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    /// # let create = || file("1.sql", "CREATE TABLE note (text);");
    /// # let old = MigrationSet::from_files([create()])?;
    /// # let new = MigrationSet::from_files([
    /// #     create(),
    /// #     file("2.sql", "ALTER TABLE note ADD COLUMN at;"),
    /// #     file("2.rollback.sql", "ALTER TABLE note DROP COLUMN at;"),
    /// # ])?;
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// Migrator::new(&new).apply(&mut database)?;
    ///
    /// assert!(Migrator::new(&old).apply(&mut database).is_err());
    /// let report = Migrator::new(&old).on_ahead(OnAhead::Rollback).apply(&mut database)?;
    /// assert_eq!(report.rolled_back().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_ahead(mut self, ahead: OnAhead) -> Self {
        self.settings.policy.ahead = ahead;
        self
    }

    /// What to do about a schema that is not what the migrations make, after a run that leaves the whole
    /// set applied. Only a set that was run once knows its schema: one made by
    /// [`migrations!`](crate::migrations!), or [`MigrationSet::tried_out`].
    #[must_use]
    pub fn on_drift(mut self, drift: OnDrift) -> Self {
        self.settings.policy.drift = drift;
        self
    }

    /// What to do about a database that something else has made, where [`apply`](Self::apply) is asked for. One that
    /// records applied migrations already, and one without tables, are brought up to date whatever is said here.
    ///
    /// ```
    /// # use wheatear::{ErrorCode, Migrator, MigrationSet, OnUnmanaged, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let create = MIGRATIONS.iter().next().and_then(|migration| migration.up()).unwrap_or_default();
    /// database.execute_batch(create)?; // by whatever came before
    ///
    /// let error = Migrator::new(&MIGRATIONS).apply(&mut database).expect_err("a table that is there already");
    /// assert_eq!(error.code(), ErrorCode::Unmanaged);
    /// let adopting = OnUnmanaged::Baseline("0001.create".into());
    /// let report = Migrator::new(&MIGRATIONS).on_unmanaged(adopting).apply(&mut database)?;
    /// assert_eq!(report.applied().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_unmanaged(mut self, unmanaged: OnUnmanaged) -> Self {
        self.settings.policy.unmanaged = unmanaged;
        self
    }

    /// Tells `observer` what a run is doing: each phase, step and statement, and about twenty times a second
    /// that a statement goes on. If it returns [`ControlFlow::Break`], the run is cancelled and undone.
    ///
    /// While a run is observed, SQLite's progress handler of the connection is taken.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Progress, migrations};
    /// # use std::ops::ControlFlow;
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// let migrator = Migrator::new(&MIGRATIONS).on_progress(|progress| {
    ///     if let Progress::Step { id, number, count, .. } = progress {
    ///         println!("{number} of {count}: {id}");
    ///     }
    ///     ControlFlow::Continue(())
    /// });
    /// migrator.apply(&mut database)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_progress(mut self, observer: impl Fn(&Progress<'_>) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Applies everything the database lacks. If it lacks nothing, nothing is written, and a read-only
    /// connection will do.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// let mut database = rusqlite::Connection::open_in_memory()?;
    /// let report = Migrator::new(&MIGRATIONS).apply(&mut database)?;
    /// assert_eq!(report.to.as_deref(), Some("0002.alter-table"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Apply`] with migration, statement, line and SQLite's code; [`Error::History`] if
    /// database and set do not fit together; [`Error::Storage`]. The database is then as it was, but for
    /// [`Error::Partial`].
    pub fn apply(&self, connection: &mut Connection) -> Result<Report, Error> {
        self.apply_to(connection, Target::Latest)
    }

    /// As [`apply`](Self::apply), but that a new database begins as an image of the set, where one was made: it has the
    /// same schema and rows, in one transaction. Its log has the word [`StepOperation::Image`](crate::StepOperation::Image) for every migration.
    ///
    /// New is a database without any page. If it is not, or the image is of another set or table prefix or is no
    /// database, everything is applied as if there was no image. It is not looked for damage within.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, StepOperation, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// let migrator = Migrator::new(&MIGRATIONS);
    /// # let image = migrator.image().expect("an image");
    /// let mut database = rusqlite::Connection::open_in_memory()?;
    /// let report = migrator.apply_from(&mut database, &image)?;
    /// assert_eq!(report.applied().count(), 2);
    /// assert_eq!(migrator.log(&database)?[0].operation, StepOperation::Image);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::apply`].
    pub fn apply_from(&self, connection: &mut Connection, image: &[u8]) -> Result<Report, Error> {
        match image::start(connection, &self.settings.ledger, self.settings.set.digest(), image)? {
            Some(report) => Ok(report),
            None => self.apply(connection),
        }
    }

    /// Applies what the database lacks up to a migration, or so many.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// migrator.apply_to(&mut database, Target::up_to("0001.create"))?;
    /// migrator.apply_to(&mut database, Target::next(1))?;
    /// # assert!(migrator.apply(&mut database)?.steps.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::apply`], and `unknown_target`.
    pub fn apply_to(&self, connection: &mut Connection, target: Target) -> Result<Report, Error> {
        self.run(connection, &Operation::Apply(target))
    }

    /// Takes migrations back, the last applied first: with the SQL that the database recorded when it
    /// applied them, else with the set's. If one of them has no way back, nothing is done.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, RollbackTarget, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// migrator.apply(&mut database)?;
    /// let report = migrator.rollback(&mut database, RollbackTarget::down_to("0001.create"))?;
    /// assert_eq!(report.to.as_deref(), Some("0001.create"));
    /// migrator.rollback(&mut database, RollbackTarget::last(1))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::apply`], and `irreversible`.
    pub fn rollback(&self, connection: &mut Connection, target: RollbackTarget) -> Result<Report, Error> {
        self.run(connection, &Operation::Rollback(target))
    }

    /// Takes migrations back and applies them again as they are now, in one transaction: for one that is
    /// still being written.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, RollbackTarget, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// migrator.apply(&mut database)?;
    /// let report = migrator.reapply(&mut database, RollbackTarget::last(1))?;
    /// assert_eq!((report.rolled_back().count(), report.applied().count()), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::rollback`].
    pub fn reapply(&self, connection: &mut Connection, target: RollbackTarget) -> Result<Report, Error> {
        self.run(connection, &Operation::Reapply(target))
    }

    /// Records pending migrations as applied without running them; only some of them by [`Operation::MarkOnly`].
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Operation, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// database.execute_batch("CREATE TABLE weather_node (schema INTEGER, node_addr INTEGER)")?;
    /// migrator.mark(&mut database, Target::up_to("0001.create"))?;
    /// # assert_eq!(migrator.plan(&database, &Operation::Apply(Target::Latest))?.steps.len(), 1);
    /// migrator.run(&mut database, &Operation::MarkOnly(vec!["0002.alter-table".into()]))?;
    /// # assert_eq!(migrator.apply(&mut database)?.steps.len(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`], [`Error::Storage`].
    pub fn mark(&self, connection: &mut Connection, target: Target) -> Result<Report, Error> {
        self.run(connection, &Operation::Mark(target))
    }

    /// Forgets that migrations are applied, without taking them back; only some of them by [`Operation::UnmarkOnly`].
    ///
    /// ```
    /// # use wheatear::{MigrationSet, MigrationState, Migrator, Operation, RollbackTarget, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// migrator.apply(&mut database)?;
    /// migrator.unmark(&mut database, RollbackTarget::last(1))?;
    /// assert_eq!(migrator.status(&database)?[1].state, MigrationState::Pending);
    /// migrator.run(&mut database, &Operation::UnmarkOnly(vec!["0001.create".into()]))?;
    /// assert_eq!(migrator.status(&database)?[0].state, MigrationState::Pending);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`], [`Error::Storage`].
    pub fn unmark(&self, connection: &mut Connection, target: RollbackTarget) -> Result<Report, Error> {
        self.run(connection, &Operation::Unmark(target))
    }

    /// Adopts a database that was made without this library: records everything up to and with `id` as
    /// applied, after comparing its schema with what these migrations make. Tables that no migration of
    /// the set makes are left alone. What code steps make cannot be known, and is not compared.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let create = MIGRATIONS.iter().next().and_then(|migration| migration.up()).unwrap_or_default();
    /// # database.execute_batch(create)?;
    /// let migrator = Migrator::new(&MIGRATIONS);
    /// migrator.baseline(&mut database, "0001.create")?;
    /// migrator.apply(&mut database)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `schema_drift` if the schema is another one, `already_managed` if the database records applied
    /// migrations, `unknown_target`.
    pub fn baseline(&self, connection: &mut Connection, id: impl Into<String>) -> Result<Report, Error> {
        self.run(connection, &Operation::Baseline(id.into()))
    }

    /// Adopts a database that another tool has migrated: finds in the set what that tool has recorded as applied, by id,
    /// number, hash or count, and records it here, after comparing the schema as [`baseline`](Self::baseline) does. The
    /// tool's own tables stay as they are.
    ///
    /// ```
    /// # use wheatear::{AdoptedBy, Migrator, MigrationSet, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let create = MIGRATIONS.iter().next().and_then(|migration| migration.up()).unwrap_or_default();
    /// # database.execute_batch(create)?;
    /// // by golang-migrate
    /// database.execute_batch(
    ///     "CREATE TABLE schema_migrations (version uint64, dirty bool);
    ///      INSERT INTO schema_migrations VALUES (1, false);",
    /// )?;
    /// let migrator = Migrator::new(&MIGRATIONS);
    /// let report = migrator.adopt(&mut database)?;
    /// assert_eq!(report.to.as_deref(), Some("0001.create"));
    /// let adopted = report.adopted.expect("a record");
    /// assert_eq!((adopted.tool, adopted.by), ("golang-migrate", AdoptedBy::Number));
    /// migrator.apply(&mut database)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `unadoptable` if what is recorded does not fit the set: [`Unadoptable`](crate::Unadoptable); otherwise as
    /// [`baseline`](Self::baseline).
    pub fn adopt(&self, connection: &mut Connection) -> Result<Report, Error> {
        self.run(connection, &Operation::Adopt)
    }

    /// Accepts that applied migrations were edited since: records them as they are now. So too what takes them
    /// back, because a rollback uses the recorded down.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, SourceFile};
    /// # let set = |text: &str| MigrationSet::from_files([SourceFile { path: "1.sql".into(), text: text.into() }]);
    /// # let (set, edited) = (set("CREATE TABLE note (text);")?, set("CREATE TABLE note (text TEXT);")?);
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// Migrator::new(&set).apply(&mut database)?;
    ///
    /// let migrator = Migrator::new(&edited);
    /// assert!(migrator.apply(&mut database).is_err());
    /// migrator.repair(&mut database)?;
    /// migrator.apply(&mut database)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`] if the ledger is damaged, [`Error::Storage`].
    pub fn repair(&self, connection: &mut Connection) -> Result<Report, Error> {
        self.run(connection, &Operation::Repair)
    }

    /// Does what an operation says.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Operation, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// let operation = Operation::Apply(Target::next(1));
    /// println!("{}", migrator.plan(&database, &operation)?);
    /// migrator.run(&mut database, &operation)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of the operation.
    pub fn run(&self, connection: &mut Connection, operation: &Operation) -> Result<Report, Error> {
        run::run(connection, &self.settings, operation)
    }

    /// What an operation would do, without doing it: prints as a list, and yields the SQL.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Operation, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let database = rusqlite::Connection::open_in_memory()?;
    /// let plan = Migrator::new(&MIGRATIONS).plan(&database, &Operation::Apply(Target::Latest))?;
    /// assert_eq!(
    ///     plan.to_string(),
    ///     "from an empty database to 0002.alter-table:\n  apply 0001.create\n  apply 0002.alter-table"
    /// );
    /// assert!(plan.sql().contains("CREATE TABLE weather_node"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`], as the operation itself; [`Error::Storage`].
    pub fn plan(&self, connection: &Connection, operation: &Operation) -> Result<Plan<'set>, Error> {
        run::read_plan(connection, &self.settings, operation)
    }

    /// What an operation would do to this database, as SQL for another program that has it: one transaction with the
    /// statements of the migrations and hooks, and with what is recorded of them. `sqlite3 FILE < TEXT` then leaves what
    /// [`run`](Self::run) would, and the next run has nothing to do. The times are those when it runs; durations are 0.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Operation, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// let migrator = Migrator::new(&MIGRATIONS);
    /// let sql = migrator.transcript(&database, &Operation::Apply(Target::Latest))?;
    /// database.execute_batch(&sql)?;
    /// assert!(migrator.apply(&mut database)?.steps.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// It is for the database as it is now: on one that was migrated since, it is an error that changes nothing. So is a
    /// migration that leaves more rows without their parent row than there were. Foreign keys are not enforced, by
    /// `PRAGMA foreign_keys = OFF` before it begins. A migration with `-- transactional: false` splits it, as it does a
    /// run. Drift is not looked for.
    ///
    /// # Errors
    /// As [`Migrator::plan`]; of a migration in code [`ApplyError::NotSql`](crate::ApplyError::NotSql), and of one with
    /// `-- foreign_keys: on` beside others without.
    pub fn transcript(&self, connection: &Connection, operation: &Operation) -> Result<String, Error> {
        run::transcript(connection, &self.settings, operation)
    }

    /// The plan of an operation that would change something, and `None` of one that would not: to do something
    /// before an upgrade, such as a backup. As cheap as the operation where there is nothing to do.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Operation, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// # let migrator = Migrator::new(&MIGRATIONS);
    /// let apply = Operation::Apply(Target::Latest);
    /// assert!(migrator.pending(&database, &apply)?.is_some());
    /// migrator.apply(&mut database)?;
    /// assert!(migrator.pending(&database, &apply)?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::plan`].
    pub fn pending(&self, connection: &Connection, operation: &Operation) -> Result<Option<Plan<'set>>, Error> {
        run::pending(connection, &self.settings, operation)
    }

    /// Does it on a copy in memory, and tells how it went and how long it took. The database is only read.
    /// Functions, collations and virtual tables that the application added to the connection are not there.
    /// What reaches for other files (`ATTACH`, `VACUUM INTO`) is not rehearsed.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, Operation, Target, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let database = rusqlite::Connection::open_in_memory()?;
    /// let rehearsal = Migrator::new(&MIGRATIONS).rehearse(&database, &Operation::Apply(Target::Latest))?;
    /// println!("{rehearsal}");
    /// assert_eq!(rehearsal.outcome?.applied().count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the database cannot be copied, or a migration reaches for other files. Errors of the operation are in
    /// the [`Rehearsal`].
    pub fn rehearse(&self, connection: &Connection, operation: &Operation) -> Result<Rehearsal, Error> {
        rehearsal::rehearse(connection, &self.settings, operation)
    }

    /// Every migration of the set, in order, and how this database stands to it; then the migrations that
    /// only the database knows.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, MigrationState, Migrator, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let database = rusqlite::Connection::open_in_memory()?;
    /// for migration in Migrator::new(&MIGRATIONS).status(&database)? {
    ///     println!("{migration}");
    ///     assert_eq!(migration.state, MigrationState::Pending);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`] if the tables that record it cannot be read; [`Error::Storage`].
    pub fn status(&self, connection: &Connection) -> Result<Vec<MigrationStatus>, Error> {
        Ok(status::statuses(self.settings.set.definition(), &self.settings.ledger.entries(connection)?))
    }

    /// Whether all of the set that has this digest is applied and nothing else, and no hook is left to run: then there is
    /// nothing to do. Of the ledger without a prefix. One small read, for whoever knows the digest of a set and loads the set only if it is needed.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// assert!(!Migrator::has_applied(&database, MIGRATIONS.digest())?);
    /// Migrator::new(&MIGRATIONS).apply(&mut database)?;
    /// assert!(Migrator::has_applied(&database, MIGRATIONS.digest())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`] if the table that records it cannot be read; [`Error::Storage`].
    pub fn has_applied(connection: &Connection, set: &Digest) -> Result<bool, Error> {
        Ledger::default().has_applied(connection, set)
    }

    /// What the database records of applied migrations, in the order that their set gives them: the ledger without a
    /// prefix.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// Migrator::new(&MIGRATIONS).apply(&mut database)?;
    /// let ids: Vec<String> = Migrator::applied(&database)?.into_iter().map(|entry| entry.id).collect();
    /// assert_eq!(ids, ["0001.create", "0002.alter-table"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::has_applied`].
    pub fn applied(connection: &Connection) -> Result<Vec<LedgerEntry>, Error> {
        Ok(in_set_order(Ledger::default().entries(connection)?))
    }

    /// Id of the last of those that are [`applied`](Self::applied), with less to read.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// Migrator::new(&MIGRATIONS).apply(&mut database)?;
    /// assert_eq!(Migrator::last_applied(&database)?.as_deref(), Some("0002.alter-table"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Migrator::has_applied`].
    pub fn last_applied(connection: &Connection) -> Result<Option<String>, Error> {
        Ledger::default().last_applied(connection)
    }

    /// Whether a database that is damaged can be used all the same: what the ledger has is read, and written to. To be
    /// called within a transaction that is rolled back, because what it writes means nothing; as
    /// [`DatabaseFile::from_backup`](crate::storage::DatabaseFile::from_backup) does.
    pub fn can_use(connection: &Connection) -> bool {
        Ledger::default().is_usable(connection)
    }

    /// The file of a database in which all of the set is applied, as which a new one can begin: to be made when an
    /// application is built. The same set always gives the same bytes.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, NoImage, SourceFile, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// let image = Migrator::new(&MIGRATIONS).image()?;
    /// # assert!(image.starts_with(b"SQLite format 3"));
    /// # let file = |text: &str| MigrationSet::from_files([SourceFile { path: "1.sql".into(), text: text.into() }]);
    /// let by_chance = file("CREATE TABLE key (value); INSERT INTO key VALUES (randomblob(16));").expect("a set");
    /// let reason = Migrator::new(&by_chance).image().expect_err("a key of each database");
    /// assert_eq!(reason.to_string(), "1.sql:1: statement 2 of migration \"1\" depends on randomblob()");
    /// # Ok::<(), NoImage>(())
    /// ```
    ///
    /// # Errors
    /// [`NoImage`]: what the set makes depends on time, on chance or on where it runs, or may do so.
    #[cfg(feature = "image")]
    pub fn image(&self) -> Result<Vec<u8>, NoImage> {
        image::make(&self.settings)
    }

    /// Everything that was ever done to this database, the oldest first.
    ///
    /// ```
    /// # use wheatear::{MigrationSet, Migrator, StepOperation, migrations};
    /// # static MIGRATIONS: MigrationSet = migrations!("migrations");
    /// # let mut database = rusqlite::Connection::open_in_memory()?;
    /// let migrator = Migrator::new(&MIGRATIONS).app_version("1.4.2");
    /// migrator.apply(&mut database)?;
    /// let log = migrator.log(&database)?;
    /// assert_eq!(log[0].operation, StepOperation::Apply);
    /// assert_eq!(log[0].app_version.as_deref(), Some("1.4.2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::History`] if it cannot be read; [`Error::Storage`].
    pub fn log(&self, connection: &Connection) -> Result<Vec<LogEntry>, Error> {
        self.settings.ledger.log(connection)
    }
}
