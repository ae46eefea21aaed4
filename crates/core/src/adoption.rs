//! Maps what another tool has recorded to the set.

use std::fmt;

use crate::foreign_record::{ForeignRecord, ForeignRow, RowState};
use crate::foreign_version::version_of;
use crate::natural_order::natural_order;
use crate::unadoptable::{Mismatch, Unadoptable};
use crate::{Digest, Migration, SetDefinition};

/// What was found in the record of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adopted {
    /// Whose record it is.
    pub tool: &'static str,
    /// By what its rows were found in the set; of several, the one that says the least.
    pub by: AdoptedBy,
    /// How many migrations it has recorded as applied: the first ones of the set.
    pub count: usize,
}

/// By what something recorded was found in the set, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AdoptedBy {
    /// By the hash of the text.
    Hash,
    /// By the name, which is the id.
    Id,
    /// By the number that the id begins with.
    Number,
    /// By how many there are, in the order of the set.
    Count,
}

impl AdoptedBy {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Id => "id",
            Self::Number => "number",
            Self::Count => "count",
        }
    }
}

impl fmt::Display for AdoptedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Adopted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tool, by, count } = self;
        write!(f, "{tool} has recorded {count} of these migrations")?;
        match (count, by) {
            (0, _) => Ok(()),
            (_, AdoptedBy::Count) => write!(f, ", found by {by}: none of their texts or names is known here"),
            _ => write!(f, ", found by {by}"),
        }
    }
}

/// What `PRAGMA user_version` is called where a tool's name is expected.
const USER_VERSION: &str = "user_version";

impl Adopted {
    /// What a record says, its rows in the order of its query.
    ///
    /// # Errors
    /// The first mismatch.
    pub fn of_record(
        set: &SetDefinition,
        record: &'static ForeignRecord,
        rows: &[ForeignRow],
    ) -> Result<Self, Unadoptable> {
        let tool = record.tool();
        let refuse = |mismatch, recorded, here| Err(Unadoptable::new(mismatch, tool, recorded, here));
        let id = |place: &usize| set.iter().nth(*place).map(|migration| migration.id().to_owned());
        let ids = |places: &[usize]| places.iter().filter_map(id).collect();
        let with_text = |row: &ForeignRow| {
            set.iter().position(|migration| has_text(migration, record, row)).filter(|_| row.name.is_none())
        };
        // If the hashes are those of no text at all, the texts were written anew since, and only their order tells.
        let knows_texts = rows.iter().any(|row| with_text(row).is_some());

        let mut by = AdoptedBy::Hash;
        let mut is_applied = vec![false; set.len()];
        let mut unknown = Vec::new();
        let mut reverted = Vec::new();
        let mut taken: Vec<&str> = Vec::new();
        for (order, row) in rows.iter().enumerate() {
            // The last row of a name says how it ended: a migration can be applied, taken back and applied again.
            if row.name.is_some() && rows[order + 1..].iter().any(|later| later.name == row.name) {
                continue;
            }
            let recorded = row.name.clone().or_else(|| row.checksum.clone()).unwrap_or_default();
            let (places, found_by) = match &row.name {
                Some(name) => places(set, name),
                None if knows_texts => (vec![with_text(row).unwrap_or(order)], AdoptedBy::Hash),
                None => (vec![order], AdoptedBy::Count),
            };
            let state = row.state();
            match state {
                RowState::Failed => return refuse(Mismatch::Failed, vec![recorded], Vec::new()),
                RowState::Dirty => return refuse(Mismatch::Dirty, vec![recorded], Vec::new()),
                RowState::Reverted => {
                    reverted.extend(places);
                    continue;
                }
                RowState::UpTo | RowState::Baseline => {
                    let last = version_of(&recorded).unwrap_or_default();
                    for (is_applied, migration) in is_applied.iter_mut().zip(set) {
                        *is_applied |= version_of(migration.id()).is_some_and(|it| natural_order(&it, &last).is_lt());
                    }
                    by = AdoptedBy::Number;
                }
                RowState::Applied => {}
            }
            match *places {
                [place] if place < set.len() => {
                    let edited = set.iter().nth(place).filter(|migration| !has_text(migration, record, row));
                    // What replaces several has another text than each of them.
                    let edited = edited.filter(|migration| replaced(migration).next().is_none());
                    if let Some(migration) = edited.filter(|_| found_by != AdoptedBy::Count) {
                        return refuse(Mismatch::Edited, vec![recorded], vec![migration.file().to_owned()]);
                    }
                    is_applied[place] = true;
                    taken.extend(row.name.as_deref().filter(|_| state == RowState::Applied));
                    by = by.max(found_by);
                }
                [_, _, ..] => return refuse(Mismatch::Ambiguous, vec![recorded], ids(&places)),
                _ if state == RowState::Baseline => {}
                _ => unknown.push(recorded),
            }
        }
        if !unknown.is_empty() {
            return refuse(Mismatch::Unknown, unknown, Vec::new());
        }
        // Of those that one migration replaces, all must be there.
        for (migration, _) in set.iter().zip(&is_applied).filter(|(_, is_applied)| **is_applied) {
            let lacking = |ids: &str| ids.split(',').filter(|id| !taken.iter().any(|name| is_named(name, id))).count();
            let is_whole = |ids: &str| [0, ids.split(',').count()].contains(&lacking(ids));
            if let Some(ids) = replaced(migration).find(|ids| !is_whole(ids)) {
                let recorded = taken.iter().filter(|name| ids.split(',').any(|id| is_named(name, id)));
                return refuse(Mismatch::Gap, recorded.map(|name| (*name).to_owned()).collect(), vec![ids.to_owned()]);
            }
        }
        let count = is_applied.iter().take_while(|is_applied| **is_applied).count();
        match is_applied.iter().rposition(|is_applied| *is_applied) {
            Some(later) if later > count => {
                let mismatch = if reverted.contains(&count) { Mismatch::Reverted } else { Mismatch::Gap };
                refuse(mismatch, ids(&[later]), ids(&[count]))
            }
            _ => Ok(Self { tool, by, count }),
        }
    }

    /// What a `PRAGMA user_version` says: the number of the last migration, or how many there are.
    ///
    /// # Errors
    /// The set has no such number and not so many migrations; or both, and they are not the same.
    pub fn of_user_version(set: &SetDefinition, version: i64) -> Result<Self, Unadoptable> {
        let (tool, recorded) = (USER_VERSION, version.to_string());
        let (places, _) = places(set, &recorded);
        let by_number = places.last().map(|place| place + 1);
        let by_count = usize::try_from(version).ok().filter(|count| *count <= set.len());
        match (by_number, by_count) {
            (Some(number), Some(count)) if number != count => {
                let ids = [number, count].into_iter().filter_map(|end| set.iter().nth(end - 1));
                let ids = ids.map(|migration| migration.id().to_owned()).collect();
                Err(Unadoptable::new(Mismatch::Ambiguous, tool, vec![recorded], ids))
            }
            (Some(count), _) => Ok(Self { tool, by: AdoptedBy::Number, count }),
            (None, Some(count)) => Ok(Self { tool, by: AdoptedBy::Count, count }),
            (None, None) => Err(Unadoptable::new(Mismatch::Unknown, tool, vec![recorded], Vec::new())),
        }
    }
}

/// The ids of those that a migration replaces, with commas between them.
fn replaced(migration: &Migration) -> impl Iterator<Item = &str> {
    migration.recorded_as().filter(|ids| ids.contains(','))
}

/// Whether a recorded name or number is that of a migration with this id.
fn is_named(recorded: &str, id: &str) -> bool {
    has_name(recorded, id) || has_number(recorded, id)
}

fn has_name(recorded: &str, id: &str) -> bool {
    const ENDS: [&str; 8] = ["", ".sql", ".up.sql", ".js", ".ts", ".mjs", ".cjs", ".py"];
    file_of(recorded).strip_prefix(id).is_some_and(|end| ENDS.contains(&end))
}

fn has_number(recorded: &str, id: &str) -> bool {
    let number = version_of(file_of(recorded));
    number.is_some() && number == version_of(id)
}

/// The last part of a path.
fn file_of(recorded: &str) -> &str {
    recorded.rsplit('/').next().unwrap_or(recorded)
}

/// Where in the set a recorded name or number may be.
fn places(set: &SetDefinition, name: &str) -> (Vec<usize>, AdoptedBy) {
    let all = |is_it: &dyn Fn(&Migration) -> bool| -> Vec<usize> {
        set.iter().enumerate().filter(|(_, migration)| is_it(migration)).map(|(place, _)| place).collect()
    };
    let ids = |migration: &Migration, is_it: &dyn Fn(&str) -> bool| {
        is_it(migration.id()) || migration.recorded_as().flat_map(|ids| ids.split(',')).any(is_it)
    };
    let by_id = all(&|migration| ids(migration, &|id| has_name(name, id)));
    if !by_id.is_empty() {
        return (by_id, AdoptedBy::Id);
    }
    (all(&|migration| ids(migration, &|id| has_number(name, id))), AdoptedBy::Number)
}

/// Whether a migration's text may be the recorded one. What is not recorded, and what code does, cannot be another one. A
/// hash that the migration names as an accepted one is its own.
fn has_text(migration: &Migration, record: &ForeignRecord, row: &ForeignRow) -> bool {
    let (Some(kind), Some(recorded)) = (record.checksum(), &row.checksum) else { return true };
    let Some(text) = migration.up() else { return row.name.is_some() };
    kind.is_of(recorded, row.name.as_deref(), text)
        || recorded.parse::<Digest>().is_ok_and(|checksum| migration.accepts(checksum))
}
