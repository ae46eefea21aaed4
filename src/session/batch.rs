//! Several calls that are all or nothing.

use super::{Session, WITHIN};
use crate::error::Error;

impl Session {
    /// Does `work`, all of it or nothing: in a transaction of its own, or in a savepoint of the open one.
    ///
    /// ```
    /// use wheatear::rusqlite::Connection;
    /// use wheatear::{Parameters, Session};
    ///
    /// let mut session = Session::new(Connection::open_in_memory()?);
    /// session.exec("CREATE TABLE note (text UNIQUE)")?;
    /// let add = "INSERT INTO note VALUES (?)";
    /// let one = Parameters::Positional(vec!["one".to_owned().into()]);
    /// let twice = session.atomically(|session| {
    ///     session.run(add, &one)?;
    ///     session.run(add, &one)
    /// });
    /// assert!(twice.is_err());
    /// let count = session.query("SELECT count(*) FROM note", &Parameters::Positional(vec![]), |row| row.get(0))?;
    /// assert_eq!(count, [Ok(0)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work`, which is undone then; and as [`Session::begin`] and [`Session::commit`].
    pub fn atomically<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.check_usable()?;
        if self.in_transaction {
            return self.run_between(WITHIN, work);
        }
        self.begin()?;
        match work(self) {
            Ok(done) => self.commit().map(|()| done),
            Err(error) => {
                self.rollback()?;
                Err(error)
            }
        }
    }

    /// How much the rows of a query may take, in bytes.
    #[cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "only pages run batches"))]
    pub(crate) fn result_limit(&self) -> u64 {
        self.result_limit
    }
}
