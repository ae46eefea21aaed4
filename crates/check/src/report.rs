//! Collects what is found, but for what is switched off.

use std::collections::HashMap;

use wheatear_core::Script;
use wheatear_core::sql_text::excerpt_of_line;

use crate::allowed::{Allowed, big_tables};
use crate::{CheckOptions, Finding, Lint};

/// The findings so far.
pub(crate) struct Report<'a> {
    options: &'a CheckOptions,
    /// By file.
    allowed: HashMap<String, Allowed>,
    /// Names of tables that have many rows.
    big: Vec<String>,
    pub findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub fn new(options: &'a CheckOptions) -> Self {
        Self { options, allowed: HashMap::new(), big: Vec::new(), findings: Vec::new() }
    }

    /// Reads what a file allows, and says what of that cannot be read.
    pub fn open(&mut self, script: &Script) {
        let allowed = Allowed::read(&script.sql);
        for (line, why) in &allowed.invalid {
            let message = format!("a comment allows nothing: {why}");
            let remedy =
                "Write `-- lint: allow ID reason` above a statement, or above the first one for the whole file.";
            self.add(Lint::InvalidAllow, script, *line, message, remedy);
        }
        self.allowed.insert(script.file.to_string(), allowed);
    }

    /// Reads which tables a file calls big.
    pub fn measure(&mut self, script: &Script) {
        self.big.extend(big_tables(&script.sql));
    }

    /// Whether a file of the set calls a table big.
    pub fn is_big(&self, table: &str) -> bool {
        self.big.iter().any(|name| name.eq_ignore_ascii_case(table))
    }

    /// Adds each big table of a file that is not there while it runs.
    pub fn missing_tables(&mut self, script: &Script, is_there: &dyn Fn(&str) -> bool) {
        let named = self.allowed.get(&*script.file).map(|allowed| allowed.big.clone()).unwrap_or_default();
        for (line, table) in named.iter().filter(|(_, table)| !is_there(table)) {
            let message = format!("a comment calls a table big that is not there: \"{table}\"");
            self.add(
                Lint::InvalidAllow,
                script,
                *line,
                message,
                "Write `-- lint: big TABLE` where there is such a table.",
            );
        }
    }

    /// Adds what was found on a line.
    pub fn add(&mut self, lint: Lint, script: &Script, line: usize, message: String, remedy: &str) {
        let sql = Some(excerpt_of_line(&script.sql, line, None));
        self.push(lint, script, line, sql, message, remedy);
    }

    /// Adds what was found about a whole file.
    pub fn add_of_file(&mut self, lint: Lint, script: &Script, message: String, remedy: &str) {
        self.push(lint, script, 1, None, message, remedy);
    }

    fn push(&mut self, lint: Lint, script: &Script, line: usize, sql: Option<String>, message: String, remedy: &str) {
        let is_allowed = self.allowed.get(&*script.file).is_some_and(|allowed| allowed.covers(lint, line));
        if is_allowed || self.options.off.contains(&lint) {
            return;
        }
        let finding = Finding { lint, file: script.file.to_string(), line, sql, message, remedy: remedy.to_owned() };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}
