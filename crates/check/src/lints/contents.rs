use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use wheatear_sqlite::{all_rows, quoted};

use crate::catalog::Table;

/// What is in a table.
#[derive(PartialEq)]
pub(super) struct Contents {
    pub rows: u64,
    /// By column, in lower case: what is in it, sorted.
    pub values: BTreeMap<String, Vec<String>>,
}

impl Contents {
    /// What is in a table now.
    pub fn of(database: &Connection, table: &Table) -> rusqlite::Result<Self> {
        let names = &table.columns;
        let columns: Vec<String> = names.iter().map(|name| format!("quote({})", quoted(name))).collect();
        let select = format!("SELECT {} FROM main.{}", columns.join(", "), quoted(&table.name));
        let rows: Vec<Vec<String>> =
            all_rows(database, &select, &[], |row| (0..columns.len()).map(|index| row.get(index)).collect())?;
        let of_column = |index: usize| {
            let mut values: Vec<String> = rows.iter().map(|row| row[index].clone()).collect();
            values.sort();
            values
        };
        let values =
            names.iter().enumerate().map(|(index, name)| (name.to_ascii_lowercase(), of_column(index))).collect();
        Ok(Contents { rows: rows.len() as u64, values })
    }

    /// Whether these are the values that a column had before a script: those of the column of its name, or, if there is none, of
    /// one that the table lacked.
    pub fn keeps(&self, column: &str, before: &Self) -> bool {
        let Some(values) = before.values.get(column) else { return false };
        if let Some(now) = self.values.get(column) {
            return now == values;
        }
        // Where all are equal, two columns may agree by chance.
        values.iter().collect::<BTreeSet<_>>().len() > 1
            && self.values.iter().any(|(name, now)| now == values && !before.values.contains_key(name))
    }
}
