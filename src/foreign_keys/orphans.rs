//! Which rows lacked their parent row before a migration, so that they are known again after it.

use std::collections::BTreeMap;

/// A row that lacks its parent row: its values as their bytes in hexadecimal, because text need not be UTF-8.
/// Without their types, which a rebuild with another column type changes.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
    counts: BTreeMap<Orphan, usize>,
}

impl Orphans {
    pub fn add(&mut self, primary_key: &str, orphan: Orphan) {
        if self.primary_key.is_empty() {
            primary_key.clone_into(&mut self.primary_key);
        }
        *self.counts.entry(orphan).or_default() += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether the row is among them, which then is one row less. Of a table that got another primary key any
    /// row will do that has the same foreign key.
    pub fn take(&mut self, primary_key: &str, orphan: &Orphan) -> bool {
        let is_comparable = self.primary_key == primary_key;
        let row = if is_comparable { orphan.row.clone() } else { String::new() };
        let least = Orphan { values: orphan.values.clone(), row };
        let is_it = |old: &Orphan| old.values == least.values && (!is_comparable || old.row == least.row);
        let Some((old, count)) = self.counts.range_mut(&least..).next().filter(|(old, _)| is_it(old)) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            let old = Orphan { values: old.values.clone(), row: old.row.clone() };
            self.counts.remove(&old);
        }
        true
    }
}
