//! What became of each table while a script ran: told by where its rows are, not by what the script says.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Table};
use crate::run::Run;

/// The tables of a script, each by a number that it keeps whatever it is called.
pub(crate) struct Story<'run> {
    pub run: &'run Run,
    /// By number.
    pub tables: Vec<Life<'run>>,
}

/// A table from beginning to end.
pub(crate) struct Life<'run> {
    /// As it was before the script, if it was there.
    pub origin: Option<&'run Table>,
    /// As it is behind it, if it is there.
    pub end: Option<&'run Table>,
    /// The statement that made it.
    pub made: Option<usize>,
    /// The statement that dropped it, and the name that it had then.
    pub dropped: Option<usize>,
    /// New names, each with the statement that gave it.
    pub renamed: Vec<(usize, String)>,
    /// Its first name, in lower case.
    first_name: String,
}

impl Life<'_> {
    /// What it is called when a statement begins, in lower case.
    pub fn name_at(&self, statement: usize) -> &str {
        let later = self.renamed.iter().rev().find(|(at, _)| *at < statement);
        later.map_or(&self.first_name, |(_, name)| name)
    }
}

/// A table that was dropped while another one took its name.
pub(crate) struct Rebuild<'story> {
    pub old: &'story Life<'story>,
    pub new: &'story Life<'story>,
    /// Before the script.
    pub before: &'story Table,
    /// Behind it.
    pub after: &'story Table,
    pub dropped: usize,
}

impl<'run> Story<'run> {
    pub fn of(run: &'run Run) -> Self {
        let mut story = Self { run, tables: Vec::new() };
        let mut now: BTreeMap<String, usize> = BTreeMap::new();
        for (key, table) in run.before().iter().flat_map(|catalog| &catalog.tables) {
            now.insert(key.clone(), story.tables.len());
            story.tables.push(Life::new(key, Some(table), None));
        }
        for (at, statement) in run.statements.iter().enumerate() {
            story.follow(at, &statement.before, &statement.after, &mut now);
        }
        for (key, table) in run.after().iter().flat_map(|catalog| &catalog.tables) {
            if let Some(number) = now.get(key) {
                story.tables[*number].end = Some(table);
            }
        }
        story
    }

    fn follow(&mut self, at: usize, before: &Catalog, after: &Catalog, now: &mut BTreeMap<String, usize>) {
        // One statement cannot drop a table and make another of its name.
        for (key, table) in &before.tables {
            if after.tables.contains_key(key) {
                continue;
            }
            let Some(number) = now.remove(key) else { continue };
            let is_new = |name: &String| !before.tables.contains_key(name);
            let renamed = match table.root {
                0 => after.tables.iter().find(|(name, other)| other.root == 0 && is_new(name)),
                root => after.table_at(root).filter(|(name, _)| is_new(name)),
            };
            match renamed {
                Some((name, _)) => {
                    self.tables[number].renamed.push((at, name.clone()));
                    now.insert(name.clone(), number);
                }
                None => self.tables[number].dropped = Some(at),
            }
        }
        for key in after.tables.keys() {
            if !now.contains_key(key) {
                now.insert(key.clone(), self.tables.len());
                self.tables.push(Life::new(key, None, Some(at)));
            }
        }
    }

    /// Tables that were there before and are there no more under any name, and no other in their place.
    pub fn dropped(&self) -> impl Iterator<Item = (&Table, usize)> {
        self.tables.iter().filter_map(|life| {
            let origin = life.origin?;
            let is_replaced =
                self.run.after().is_some_and(|end| end.tables.contains_key(&origin.name.to_ascii_lowercase()));
            life.dropped.filter(|_| !is_replaced).map(|at| (origin, at))
        })
    }

    /// Tables that were dropped while others took their names.
    pub fn rebuilt(&self) -> impl Iterator<Item = Rebuild<'_>> {
        self.tables.iter().filter_map(|old| {
            let (before, dropped) = (old.origin?, old.dropped?);
            let is_it = |new: &&Life<'_>| new.end.is_some_and(|end| end.name.eq_ignore_ascii_case(&before.name));
            let new = self.tables.iter().find(is_it)?;
            Some(Rebuild { old, new, before, after: new.end?, dropped })
        })
    }

    /// Columns that a statement took from a table which was there before: table, column, statement.
    pub fn dropped_columns(&self) -> Vec<(&Table, String, usize)> {
        let mut found = Vec::new();
        for (at, statement) in self.run.statements.iter().enumerate() {
            for life in &self.tables {
                let Some(origin) = life.origin else { continue };
                let before = statement.before.tables.get(life.name_at(at));
                let after = statement.after.tables.get(life.name_at(at + 1));
                let (Some(before), Some(after)) = (before, after) else { continue };
                // With as many as before, one has another name.
                if after.columns.len() < before.columns.len() {
                    let gone = before.columns.iter().filter(|column| !after.has_column(column));
                    found.extend(gone.map(|column| (origin, column.clone(), at)));
                }
            }
        }
        found
    }
}

impl<'run> Life<'run> {
    fn new(name: &str, origin: Option<&'run Table>, made: Option<usize>) -> Self {
        Self { origin, end: None, made, dropped: None, renamed: Vec::new(), first_name: name.to_owned() }
    }
}
