//! Cursors: statements that are read part by part, while others are run between the parts.

use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::{Connection, Row, Rows, Statement};
use self_cell::{MutBorrow, self_cell};
use wheatear_sqlite::sqlite_api;

/// The cursors of the open transaction, by the numbers that the caller gave them; `None`: it has ended.
pub(super) type Cursors = HashMap<u32, Option<Cursor>>;

self_cell!(
    /// A statement that keeps its connection open.
    pub(super) struct Compiled {
        owner: Rc<Connection>,
        #[covariant]
        dependent: Statement,
    }
);

self_cell!(
    struct Running {
        owner: MutBorrow<Compiled>,
        #[covariant]
        dependent: Rows,
    }
);

/// A statement, and how far it has come.
pub(super) struct Cursor {
    running: Running,
    /// The names of its columns, once it has begun.
    names: Option<Vec<String>>,
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Cursor {
    /// Runs a statement whose parameters are bound.
    pub fn new(compiled: Compiled) -> Self {
        let running = Running::new(MutBorrow::new(compiled), |compiled| {
            compiled.borrow_mut().with_dependent_mut(|_, statement| statement.raw_query())
        });
        Self { running, names: None }
    }

    /// Lets `read` look at the next rows until it gives false; gives whether there are no more.
    pub fn read(
        &mut self,
        connection: &Connection,
        sql: &str,
        read: &mut dyn FnMut(&[String], &Row<'_>) -> bool,
    ) -> rusqlite::Result<bool> {
        let names = &mut self.names;
        self.running.with_dependent_mut(|_, rows| {
            while let Some(row) = rows.next()? {
                // Not before: until the first row another schema may give others.
                let names = names.get_or_insert_with(|| sqlite_api::column_names(connection, sql));
                if !read(names, row) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }
}
