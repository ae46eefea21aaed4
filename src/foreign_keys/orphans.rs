//! Which rows lacked their parent row before a migration, so that they are known again after it.

use std::collections::BTreeMap;

/// A row that lacks its parent row: its values as their bytes in hexadecimal, because text need not be UTF-8.
/// Without their types, which a rebuild with another column type changes.
#[derive(Debug, Default)]
pub(super) struct Orphan {
    /// Of the foreign key.
    pub values: String,
    /// Of the primary key. Nothing in a table without one: a copy and `VACUUM` number its rows anew, so that those
    /// with the same foreign key cannot be told apart.
    pub row: String,
}

/// The rows that violate one key.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    /// The columns of the table's primary key with their types.
    primary_key: String,
    /// How many there are of each, by its [`key`].
    counts: BTreeMap<String, i64>,
}

impl Orphans {
    pub fn add(&mut self, primary_key: &str, orphan: Orphan) {
        if self.primary_key.is_empty() {
            primary_key.clone_into(&mut self.primary_key);
        }
        *self.counts.entry(key(&orphan.values, &orphan.row)).or_default() += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether the row is among them, which then is one row less. Of a table that got another primary key any
    /// row will do that has the same foreign key.
    pub fn take(&mut self, primary_key: &str, orphan: &Orphan) -> bool {
        let is_comparable = self.primary_key == primary_key;
        let least = key(&orphan.values, if is_comparable { &orphan.row } else { "" });
        let is_it = |old: &String| if is_comparable { *old == least } else { old.starts_with(&least) };
        let Some((old, count)) = self.counts.range_mut(least.clone()..).next().filter(|(old, _)| is_it(old)) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            let old = old.clone();
            self.counts.remove(&old);
        }
        true
    }
}

/// What a row is known by: its values, in which there is no semicolon, and what follows them.
fn key(values: &str, row: &str) -> String {
    format!("{values};{row}")
}
