use std::fmt;

/// A row whose parent row does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignKeyViolation {
    /// The table it is in.
    pub table: String,
    /// Its rowid; `None` in a table without rowids.
    pub rowid: Option<i64>,
    /// The table in which its parent is missing.
    pub parent: String,
    /// What its key does when the parent goes or changes, such as `ON DELETE CASCADE`; `None` if nothing.
    pub action: Option<String>,
}

impl fmt::Display for ForeignKeyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rowid {
            Some(rowid) => write!(f, "row {rowid} of \"{}\" refers to no row of \"{}\"", self.table, self.parent),
            None => write!(f, "a row of \"{}\" refers to no row of \"{}\"", self.table, self.parent),
        }
    }
}

impl ForeignKeyViolation {
    /// The first few of `count`, for people.
    pub(crate) fn list(rows: &[Self], count: usize) -> String {
        const SHOWN: usize = 5;
        let shown: Vec<String> = rows.iter().take(SHOWN).map(ToString::to_string).collect();
        match count.saturating_sub(shown.len()) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    /// What to do if a key was expected to act.
    pub(super) fn hint(rows: &[Self]) -> String {
        let Some(action) = rows.iter().find_map(|row| row.action.as_ref()) else { return String::new() };
        format!("; if {action} was to see to it: keys act only in a migration with the header `-- foreign_keys: on`")
    }
}
