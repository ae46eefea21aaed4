//! Collects what is found, but for what is switched off.

use std::collections::HashMap;

use wheatear_core::Script;
use wheatear_core::sql_text::excerpt_of_line;

use crate::allowed::Allowed;
use crate::{CheckOptions, Finding, Lint};

/// The findings so far.
pub(crate) struct Report<'a> {
    options: &'a CheckOptions,
    /// By file.
    allowed: HashMap<String, Allowed>,
    pub findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub fn new(options: &'a CheckOptions) -> Self {
        Self { options, allowed: HashMap::new(), findings: Vec::new() }
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
