#![expect(clippy::missing_errors_doc, reason = "everything here throws `ErrorData`, as `Connection` says")]

use js_sys::{Array, Function, Reflect, Uint8Array};
use rusqlite::Row;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use wheatear_core::statements::is_vacuum;

use crate::error::query_error;
use crate::storage::{DatabaseName, Mirror, Missing, StorageError, opfs};
use crate::wasm::migrate_options::MigrateOptions;
use crate::wasm::object::{object, run_result, set};
use crate::wasm::value::{self, RowReader};
use crate::wasm::{Migrations, error_data, functions, panics, progress, wire};
use crate::{Call, Error, Migrator, Operation, Rows, Session};

/// How much the rows of one query may take, in bytes. Twice copied on their way to the page, this is what every
/// browser bears; and no text is longer than a string of V8 can be.
const RESULT_LIMIT: u64 = 500_000_000;

/// The worker's connection to a database.
///
/// Every method throws `ErrorData`; anything else that is thrown is a fault of this library, after
/// which the worker must end.
#[wasm_bindgen]
pub struct Connection {
    home: Home,
    pub(super) session: Session,
}

/// Where the database lives.
enum Home {
    /// In the origin private file system.
    Opfs(opfs::OpfsDatabase),
    /// In memory, and in whatever JavaScript does with its commits.
    Mirror(Mirror),
}

impl Home {
    fn attempt<T>(
        &self,
        session: &mut Session,
        call: Call<'_>,
        work: impl FnOnce(&mut Session) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mirror = match self {
            Home::Mirror(mirror) => Some(mirror),
            Home::Opfs(_) => None,
        };
        session.attempt_on(mirror, call, work)
    }

    /// Whether [`Home::expect_much`] has nothing to do.
    fn is_ready_for_much(&self, connection: &rusqlite::Connection) -> bool {
        match self {
            Home::Mirror(mirror) => mirror.is_complete(),
            Home::Opfs(database) => database.is_ready_for_much(connection),
        }
    }

    /// To be called before a run of migrations, and what else writes much. Of a mirror that lacks a block it could not
    /// simply be begun again once the block is there: what a script did outside of a transaction stays.
    fn expect_much(&self, connection: &rusqlite::Connection) -> Result<(), StorageError> {
        match self {
            Home::Mirror(mirror) => mirror.require_all(),
            Home::Opfs(database) => database.expect_much(connection),
        }
    }

    /// Looks after the journal, when a call has ended. Once in the module, for there are many who call it.
    #[inline(never)]
    fn settle(&self, connection: &rusqlite::Connection) {
        if let Home::Opfs(database) = self {
            database.settle(connection);
        }
    }

    /// Work that lacked a block has failed, even if SQLite went on.
    fn require_complete(&self) -> Result<(), Error> {
        match self {
            Home::Mirror(mirror) => Ok(mirror.require_none_missing()?),
            Home::Opfs(_) => Ok(()),
        }
    }
}

#[wasm_bindgen]
impl Connection {
    /// Opens a database in the origin private file system, or creates it, unless it `is_known` that there is one which
    /// is not empty.
    #[wasm_bindgen(js_name = openOpfs)]
    pub async fn open_opfs(name: String, is_known: Option<bool>) -> Result<Connection, JsValue> {
        panics::throw();
        let open = async || -> Result<_, Error> {
            Ok(opfs::OpfsDatabase::open(&DatabaseName::new(&name)?, is_known == Some(true)).await?)
        };
        let (database, connection) = open().await.map_err(error_data::to_js)?;
        Ok(Self::at(Home::Opfs(database), connection))
    }

    /// Opens a database in memory, of so many bytes. Its first block is there, the others are asked for when
    /// they are needed: see [`Connection::take_missing`]. With the size 0 it is a new one.
    #[wasm_bindgen(js_name = openMirror)]
    pub fn open_mirror(size: f64, first: Option<Box<[u8]>>) -> Result<Connection, JsValue> {
        panics::throw();
        let open = || -> Result<_, Error> {
            let mirror = Mirror::new(size as u64)?;
            mirror.fill(0, &first.unwrap_or_default())?;
            let connection = mirror.connect()?;
            Ok(Self::of_mirror(mirror, connection))
        };
        open().map_err(error_data::to_js)
    }

    pub(super) fn of_mirror(mirror: Mirror, connection: rusqlite::Connection) -> Self {
        Self::at(Home::Mirror(mirror), connection)
    }

    fn at(home: Home, connection: rusqlite::Connection) -> Self {
        // What cannot be defined, the client has refused.
        let _ = functions::prepare(&connection);
        let mut session = Session::new(connection);
        session.limit_results(RESULT_LIMIT);
        Self { home, session }
    }

    /// Makes a call of the application.
    pub(super) fn call<T>(
        &mut self,
        call: Call<'_>,
        work: impl FnOnce(&mut Session) -> Result<T, Error>,
    ) -> Result<T, JsValue> {
        let prepared = self.prepare(call);
        let result = prepared.and_then(|()| self.home.attempt(&mut self.session, call, work));
        self.outcome(result)
    }

    /// `VACUUM` writes everything anew. (Once in the module, for there are many who call it.)
    #[inline(never)]
    fn prepare(&self, call: Call<'_>) -> Result<(), Error> {
        match (call, &self.home) {
            (Call::Query(sql) | Call::Exec(sql), Home::Opfs(database))
                if is_vacuum(sql) && !self.session.is_in_transaction() =>
            {
                Ok(database.expect_much(self.session.connection())?)
            }
            _ => Ok(()),
        }
    }

    /// To be called before much is written.
    pub(super) fn expect_much(&self) -> Result<(), JsValue> {
        self.home.expect_much(self.session.connection()).map_err(error_data::to_js)
    }

    /// What JavaScript gets of a call's result.
    pub(super) fn outcome<T>(&self, result: Result<T, Error>) -> Result<T, JsValue> {
        self.home.settle(self.session.connection());
        self.home.require_complete().and(result).map_err(error_data::to_js)
    }

    /// The same of a run of migrations, whose page waits for its first row: what journal the next commits are to have,
    /// the next write tells.
    pub(super) fn outcome_of_run<T>(&self, result: Result<T, Error>) -> Result<T, JsValue> {
        if let Home::Opfs(database) = &self.home {
            database.forget();
        }
        self.outcome(result)
    }

    /// Asks for every block that a mirror lacks.
    pub(super) fn require_all(&self) -> Result<(), JsValue> {
        match &self.home {
            Home::Mirror(mirror) => mirror.require_all().map_err(error_data::to_js),
            Home::Opfs(_) => Ok(()),
        }
    }

    /// Applies what is pending as `options` (`MigrateOptions` of client/protocol/migrate-options.ts) say, and returns the
    /// `Report`. `on_progress` hears a `Progress` now and then.
    pub fn migrate(
        &mut self,
        migrations: &Migrations,
        options: &JsValue,
        on_progress: Option<Function>,
    ) -> Result<JsValue, JsValue> {
        let options = MigrateOptions::read(options).map_err(error_data::invalid_option)?;
        let target = options.target.clone();
        let migrator = options.migrator(migrations.set());
        let connection = self.session.connection_mut();
        if !self.home.is_ready_for_much(connection) {
            let plan = migrator.pending(connection, &Operation::Apply(target.clone())).map_err(error_data::to_js)?;
            if plan.is_some() {
                self.home.expect_much(connection).map_err(error_data::to_js)?;
            }
        }
        let report = match on_progress {
            Some(listener) => {
                progress::listening(listener, || migrator.on_progress(progress::tell).apply_to(connection, target))
            }
            None => migrator.apply_to(connection, target),
        };
        // Changes are watched only from here on, because what migrations change is not told to anybody.
        self.session.watch_changes().map_err(error_data::to_js)?;
        Ok(wire::report(&self.outcome_of_run(report)?)?)
    }

    /// From now on calls `look` now and then while a statement runs; not while something is migrated, which has a listener
    /// of its own and ends this one.
    #[wasm_bindgen(js_name = onWorking)]
    pub fn on_working(&mut self, look: Function) -> Result<(), JsValue> {
        let set = progress::look(self.session.connection_mut(), look);
        set.map_err(|error| error_data::to_js(query_error(error)))
    }

    /// Has one more SQL function from now on, and so has every connection that is opened later: `FunctionObject` of
    /// client/worker/sql-functions.ts.
    #[wasm_bindgen(js_name = defineFunction)]
    pub fn define_function(&self, object: &JsValue) -> Result<(), JsValue> {
        let defined = functions::define_one_more(self.session.connection(), object);
        defined.map_err(|error| error_data::to_js(query_error(error)))
    }

    /// The `MigrationStatus` of every migration.
    pub fn status(&self, migrations: &Migrations) -> Result<JsValue, JsValue> {
        let statuses = Migrator::new(migrations.set()).status(self.session.connection());
        Ok(wire::statuses(&self.outcome(statuses)?)?)
    }

    /// Runs one statement and returns its rows as objects.
    pub fn query(&mut self, sql: &str, parameters: &JsValue) -> Result<Array, JsValue> {
        let mut reader = RowReader::default();
        let rows = self.call(Call::Query(sql), |session| {
            let parameters = value::parameters(parameters)?;
            session.query_named(sql, &parameters, |names, row| reader.read(names, row))
        })?;
        Ok(rows.rows.into_iter().collect())
    }

    /// Runs one statement and returns `{ columns, rows }`, each row an array.
    #[wasm_bindgen(js_name = queryArrays)]
    pub fn query_arrays(&mut self, sql: &str, parameters: &JsValue) -> Result<JsValue, JsValue> {
        let Rows { columns, rows } = self.call(Call::Query(sql), |session| {
            let parameters = value::parameters(parameters)?;
            session.query_named(sql, &parameters, value::array)
        })?;
        let columns: Array = columns.iter().map(|name| JsValue::from_str(name)).collect();
        let rows: Array = rows.into_iter().collect();
        Ok(object([("columns", columns.into()), ("rows", rows.into())]))
    }

    /// Runs one statement and returns `{ changes, lastInsertRowid }`; in a transaction that was begun with `key`, records
    /// them beside that. (`key` is a string or `undefined`: one that is read here needs no glue to carry it.)
    pub fn run(&mut self, sql: &str, parameters: &JsValue, key: &JsValue) -> Result<JsValue, JsValue> {
        let done = self.call(Call::Query(sql), |session| {
            let parameters = value::parameters(parameters)?;
            match key.as_string() {
                Some(key) => session.run_recorded(&key, sql, &parameters),
                None => session.run(sql, &parameters),
            }
        })?;
        Ok(run_result(done))
    }

    /// What `run` has recorded beside a key that is recorded.
    pub fn recorded(&self, key: &JsValue) -> Result<JsValue, JsValue> {
        self.outcome(self.session.recorded(&key.as_string().unwrap_or_default())).map(run_result)
    }

    /// Runs several `{ sql, params }`, all of them or none, and returns `{ rows, changes, lastInsertRowid }` of each; with
    /// `is_array` each row is an array, and there are `columns` too.
    pub fn batch(&mut self, statements: &Array, is_array: bool) -> Result<Array, JsValue> {
        let statements: Vec<(String, JsValue)> = statements.iter().map(|given| statement(&given)).collect();
        let texts: Vec<&str> = statements.iter().map(|(sql, _)| sql.as_str()).collect();
        let Self { home, session } = self;
        let mut number = 0;
        let result = home.attempt(session, Call::Batch(&texts), |session| {
            session.atomically(|session| {
                let mut left = session.result_limit();
                let results = statements.iter().map(|(sql, parameters)| {
                    number += 1;
                    batch_result(session, sql, parameters, is_array, &mut left)
                });
                let results = results.collect::<Result<Array, Error>>()?;
                number = 0;
                // Not later: what was committed would be done again.
                home.require_complete().map(|()| results)
            })
        });
        home.settle(session.connection());
        home.require_complete().and(result).map_err(|error| error_data::of_batch(number, error))
    }

    /// Whether running this statement twice does no harm.
    #[wasm_bindgen(js_name = isReadOnly)]
    pub fn is_read_only(&mut self, sql: &str) -> bool {
        self.session.is_read_only(sql)
    }

    /// Names of the tables that were changed by what was committed since the last call.
    #[wasm_bindgen(js_name = takeChanges)]
    pub fn take_changes(&mut self) -> Vec<String> {
        self.session.take_changes().into_iter().collect()
    }

    /// Runs a script, all of it or nothing.
    pub fn exec(&mut self, script: &str) -> Result<(), JsValue> {
        self.call(Call::Exec(script), |session| session.exec(script))
    }

    /// Begins a transaction, and records `key` in it; returns whether it did, which it does not if that was recorded before.
    pub fn begin(&mut self, key: &JsValue) -> Result<bool, JsValue> {
        self.call(Call::Begin, |session| match key.as_string() {
            Some(key) => session.begin_once(&key),
            None => session.begin().map(|()| true),
        })
    }

    /// Commits the open transaction, or rolls it back if that fails.
    pub fn commit(&mut self) -> Result<(), JsValue> {
        let result = self.session.commit();
        self.outcome(result)
    }

    /// Rolls the open transaction back.
    pub fn rollback(&mut self) -> Result<(), JsValue> {
        let result = self.session.rollback();
        self.outcome(result)
    }

    /// What [`Connection::migrate`] would begin with, `{ from }`, if it would change anything.
    pub fn pending(&self, migrations: &Migrations, options: &JsValue) -> Result<JsValue, JsValue> {
        let options = MigrateOptions::read(options).map_err(error_data::invalid_option)?;
        let operation = Operation::Apply(options.target.clone());
        let plan = options.migrator(migrations.set()).pending(self.session.connection(), &operation);
        Ok(match self.outcome(plan)? {
            Some(plan) => object([("from", plan.from.map_or(JsValue::NULL, JsValue::from))]),
            None => JsValue::UNDEFINED,
        })
    }

    /// Checks every page of the database; gives what is wrong with its rows.
    pub fn check(&self) -> Result<Vec<String>, JsValue> {
        self.require_all()?;
        self.outcome(self.session.check())
    }

    /// Size of the database's file, in bytes.
    #[wasm_bindgen(js_name = fileSize)]
    pub fn file_size(&self) -> Result<f64, JsValue> {
        self.outcome(self.session.file_size()).map(|size| size as f64)
    }

    /// At most `length` bytes of the database's file, as committed.
    #[wasm_bindgen(js_name = readFile)]
    pub fn read_file(&self, offset: f64, length: f64) -> Result<Uint8Array, JsValue> {
        let bytes = self.outcome(self.session.read_file(offset as u64, length as usize))?;
        Ok(Uint8Array::from(bytes.as_slice()))
    }

    /// Of a mirror: supplies a block that was not there yet.
    pub fn fill(&self, index: usize, block: &[u8]) -> Result<(), JsValue> {
        match &self.home {
            Home::Mirror(mirror) => mirror.fill(index, block).map_err(error_data::to_js),
            Home::Opfs(_) => Ok(()),
        }
    }

    /// Of a mirror: the first block from `index` on that is not there.
    #[wasm_bindgen(js_name = nextAbsent)]
    pub fn next_absent(&self, index: usize) -> Option<usize> {
        let Home::Mirror(mirror) = &self.home else { return None };
        mirror.next_absent(index)
    }

    /// Of a mirror: a block that must be there before [`Connection::take_commit`].
    pub fn unfinished(&self) -> Option<usize> {
        let Home::Mirror(mirror) = &self.home else { return None };
        mirror.unfinished()
    }

    /// Of a mirror: which block the last calls lacked, -1 if all of them are needed.
    #[wasm_bindgen(js_name = takeMissing)]
    pub fn take_missing(&self) -> Option<f64> {
        let Home::Mirror(mirror) = &self.home else { return None };
        mirror.take_missing().map(|missing| match missing {
            Missing::Block(index) => index as f64,
            Missing::All => -1.0,
        })
    }

    /// Of a mirror: `{ size, indexes, blocks }` of what was committed since the last call, if anything was; with
    /// `everything`, of all there is.
    #[wasm_bindgen(js_name = takeCommit)]
    pub fn take_commit(&self, everything: Option<bool>) -> JsValue {
        let Home::Mirror(mirror) = &self.home else { return JsValue::UNDEFINED };
        let (indexes, blocks) = (Array::new(), Array::new());
        let size = mirror.take_commit(everything == Some(true), |index, block| {
            indexes.push(&JsValue::from_f64(index as f64));
            blocks.push(&Uint8Array::from(block));
        });
        size.map_or(JsValue::UNDEFINED, |size| {
            object([("size", (size as f64).into()), ("indexes", indexes.into()), ("blocks", blocks.into())])
        })
    }

    /// Closes the database, rolls an open transaction back, and frees its files.
    pub fn close(self) -> Result<(), JsValue> {
        match self.home {
            Home::Opfs(database) => database.close(self.session.into_connection()).map_err(error_data::to_js),
            Home::Mirror(_) => Ok(()),
        }
    }
}

/// What one of a batch is to do.
fn statement(given: &JsValue) -> (String, JsValue) {
    let property = |name: &str| Reflect::get(given, &name.into()).unwrap_or_default();
    (property("sql").as_string().unwrap_or_default(), property("params"))
}

/// What one of a batch gives, whose rows may take the bytes that are `left`.
fn batch_result(
    session: &mut Session,
    sql: &str,
    parameters: &JsValue,
    is_array: bool,
    left: &mut u64,
) -> Result<JsValue, Error> {
    let mut reader = RowReader::default();
    let read = |names: &[String], row: &Row<'_>| -> JsValue {
        if is_array { value::array(names, row).into() } else { reader.read(names, row).into() }
    };
    let parameters = value::parameters(parameters)?;
    let (Rows { columns, rows }, done) = session.run_named(sql, &parameters, left, read)?;
    let result = run_result(done);
    set(&result, "rows", rows.into_iter().collect::<Array>().into());
    if is_array {
        set(&result, "columns", columns.iter().map(JsValue::from).collect::<Array>().into());
    }
    Ok(result)
}
