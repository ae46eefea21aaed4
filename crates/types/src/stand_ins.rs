//! What the application gives SQLite, and a program that builds it has not: while a query is compiled, something stands there in
//! its place.

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::Null;

/// Functions and collations that are there as long as this is.
pub(crate) struct StandIns<'connection> {
    connection: &'connection Connection,
    functions: Vec<String>,
    /// Those of the functions that take the values of many rows.
    aggregates: Vec<String>,
    collations: Vec<String>,
}

impl<'connection> StandIns<'connection> {
    pub fn on(connection: &'connection Connection) -> Self {
        Self { connection, functions: Vec::new(), aggregates: Vec::new(), collations: Vec::new() }
    }

    /// Puts something where a message says that nothing is. Whether there is something else than before.
    pub fn supply(&mut self, message: &str) -> bool {
        const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC);
        let is_new = |known: &[String], name: &str| !known.iter().any(|known| known.eq_ignore_ascii_case(name));
        if let Some(name) = message.strip_prefix("no such function: ") {
            let is_supplied = is_new(&self.functions, name)
                && self.connection.create_scalar_function(name, -1, FLAGS, |_| Ok(Null)).is_ok();
            self.functions.extend(is_supplied.then(|| name.to_owned()));
            return is_supplied;
        }
        if let Some(name) = message.strip_prefix("no such collation sequence: ") {
            let is_supplied = is_new(&self.collations, name)
                && self.connection.create_collation(name, |one, other| one.cmp(other)).is_ok();
            self.collations.extend(is_supplied.then(|| name.to_owned()));
            return is_supplied;
        }
        // Such as `median() may not be used as a window function`.
        let is_meant = |name: &&String| message.contains(&format!("{name}()")) && is_new(&self.aggregates, name);
        let Some(name) = self.functions.iter().find(is_meant).cloned() else { return false };
        let is_supplied = self.connection.create_window_function(&*name, -1, FLAGS, OfManyRows).is_ok();
        self.aggregates.extend(is_supplied.then_some(name));
        is_supplied
    }

    /// What stands there, in words; `None` if nothing does.
    pub fn told(&self) -> Option<String> {
        let functions = self.functions.iter().map(|name| format!("the function {name}()"));
        let all: Vec<String> =
            functions.chain(self.collations.iter().map(|name| format!("the collation {name}"))).collect();
        (!all.is_empty()).then(|| all.join(" and "))
    }
}

impl Drop for StandIns<'_> {
    fn drop(&mut self) {
        for name in &self.functions {
            let _ = self.connection.remove_function(&**name, -1);
        }
        for name in &self.collations {
            let _ = self.connection.remove_collation(&**name);
        }
    }
}

/// A function that is NULL of any rows.
struct OfManyRows;

impl Aggregate<(), Null> for OfManyRows {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<()> {
        Ok(())
    }

    fn step(&self, _: &mut Context<'_>, (): &mut ()) -> rusqlite::Result<()> {
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, _: Option<()>) -> rusqlite::Result<Null> {
        Ok(Null)
    }
}

impl WindowAggregate<(), Null> for OfManyRows {
    fn value(&self, _: Option<&mut ()>) -> rusqlite::Result<Null> {
        Ok(Null)
    }

    fn inverse(&self, _: &mut Context<'_>, (): &mut ()) -> rusqlite::Result<()> {
        Ok(())
    }
}
