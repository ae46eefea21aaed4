use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::json;

use crate::{Fault, Host};

/// How the program says something: to people, or as JSON to programs.
pub(crate) struct Output<'host> {
    host: &'host dyn Host,
    is_json: bool,
    is_coloured: bool,
}

impl<'host> Output<'host> {
    pub fn new(host: &'host dyn Host, is_json: bool) -> Self {
        let is_coloured = !is_json && host.is_terminal() && host.variable("NO_COLOR").is_none();
        Self { host, is_json, is_coloured }
    }

    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// Says something: one value of JSON, or what people read.
    pub fn say(&self, value: &impl Serialize, text: impl FnOnce() -> String) {
        let said = if self.is_json { serde_json::to_string(value).unwrap_or_default() } else { text() };
        self.host.print(&with_end(&said));
    }

    /// Says to people what is no result.
    pub fn note(&self, text: &str) {
        if !self.is_json {
            self.host.complain(&with_end(text));
        }
    }

    /// Says why something could not be done.
    pub fn fault(&self, fault: &Fault) {
        if self.is_json {
            self.host.print(&with_end(&json!({ "error": fault.data }).to_string()));
        } else {
            self.host.complain(&format!("{}: {}\n", self.bad("error"), fault.message.trim_end()));
        }
    }

    pub fn good(&self, text: &str) -> String {
        self.painted(text, AnsiColor::Green.on_default())
    }

    pub fn warning(&self, text: &str) -> String {
        self.painted(text, AnsiColor::Yellow.on_default())
    }

    pub fn bad(&self, text: &str) -> String {
        self.painted(text, AnsiColor::Red.on_default().bold())
    }

    pub fn faint(&self, text: &str) -> String {
        self.painted(text, Style::new().dimmed())
    }

    fn painted(&self, text: &str, style: Style) -> String {
        if self.is_coloured && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

fn with_end(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// Rows under each other, each column as wide as its longest cell. `paint` colours a cell by its column.
pub(crate) fn table(rows: &[Vec<String>], paint: impl Fn(usize, &str) -> String) -> String {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let is_last = row[column + 1..].iter().all(String::is_empty);
            let blank = if is_last { 0 } else { 2 + width(column).unwrap_or_default() - cell.chars().count() };
            _ = write!(text, "{}{}", paint(column, cell), " ".repeat(blank));
            if is_last {
                break;
            }
        }
        text.push('\n');
    }
    text
}
