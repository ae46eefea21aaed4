use rusqlite::Connection;

use crate::Lint;

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Lints that say nothing about any migration.
    pub off: Vec<Lint>,
    /// Id of the first migration that counts, in the order in which they apply: those before it are a past that can no
    /// longer be edited, such as an imported one. `None` for all.
    pub since: Option<String>,
    /// What gives a connection the functions and collations of the application.
    pub prepare: fn(&Connection) -> rusqlite::Result<()>,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { off: Vec::new(), since: None, prepare: |_| Ok(()) }
    }
}
