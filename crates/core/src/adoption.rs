//! Maps what another tool has recorded to the set.

use std::fmt;

use crate::foreign_record::{ForeignRecord, ForeignRow, RowState};
use crate::foreign_version::version_of;
use crate::natural_order::natural_order;
use crate::unadoptable::Unadoptable;
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
        write!(f, "{tool} has recorded {count} of these migrations, found by {by}")
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
        let rows = last_of_each(rows);
        let mut mapping =
            Mapping { set, tool, by: AdoptedBy::Hash, applied: vec![false; set.len()], unknown: Vec::new() };
        let mut reverted = Vec::new();
        for row in &rows {
            let recorded = || row.name.clone().unwrap_or_default();
            match row.state() {
                RowState::Failed => return Err(Unadoptable::Failed { tool, recorded: recorded() }),
                RowState::Dirty => return Err(Unadoptable::Dirty { tool, recorded: recorded() }),
                RowState::Reverted => reverted.extend(row.name.as_deref()),
                state => mapping.add(record, row, state)?,
            }
        }
        if rows.iter().any(|row| row.name.is_none()) {
            mapping.add_hashes(record, &rows)?;
        }
        mapping.finish(&reverted)
    }

    /// What a `PRAGMA user_version` says: the number of the last migration, or how many there are.
    ///
    /// # Errors
    /// The set has no such number and not so many migrations; or both, and they are not the same.
    pub fn of_user_version(set: &SetDefinition, version: i64) -> Result<Self, Unadoptable> {
        let recorded = version.to_string();
        let is_last = |migration: &Migration| version_of(migration.id()).is_some_and(|number| number == recorded);
        let by_number = set.iter().rposition(is_last).map(|place| place + 1);
        let by_count = usize::try_from(version).ok().filter(|count| *count <= set.len());
        let tool = USER_VERSION;
        match (by_number, by_count) {
            (Some(number), Some(count)) if number != count => {
                let ids = [number, count].map(|end| set.iter().nth(end - 1).map(|migration| migration.id().to_owned()));
                Err(Unadoptable::Ambiguous { tool, recorded, ids: ids.into_iter().flatten().collect() })
            }
            (Some(count), _) => Ok(Self { tool, by: AdoptedBy::Number, count }),
            (None, Some(count)) => Ok(Self { tool, by: AdoptedBy::Count, count }),
            (None, None) => Err(Unadoptable::Unknown { tool, recorded: vec![recorded] }),
        }
    }
}

/// Of each name the last row, which says how it ended: a migration can be applied, taken back and applied again.
fn last_of_each(rows: &[ForeignRow]) -> Vec<&ForeignRow> {
    let mut last: Vec<&ForeignRow> = Vec::with_capacity(rows.len());
    for row in rows {
        if row.name.is_some() {
            last.retain(|other| other.name != row.name);
        }
        last.push(row);
    }
    last
}

struct Mapping<'set> {
    set: &'set SetDefinition,
    tool: &'static str,
    by: AdoptedBy,
    /// Of each migration of the set, whether it is recorded.
    applied: Vec<bool>,
    /// What is recorded and not in the set.
    unknown: Vec<String>,
}

impl Mapping<'_> {
    /// A row that has a name.
    fn add(&mut self, record: &ForeignRecord, row: &ForeignRow, state: RowState) -> Result<(), Unadoptable> {
        let Some(name) = &row.name else { return Ok(()) };
        if state == RowState::UpTo || state == RowState::Baseline {
            self.add_up_to(name);
        }
        let (places, by) = self.places(name);
        match *places {
            [] if state == RowState::Baseline => {}
            [] => self.unknown.push(name.clone()),
            [place] => {
                self.check_text(record, row, place)?;
                self.applied[place] = true;
                self.by = self.by.max(by);
            }
            _ => {
                let id = |place: &usize| self.id(*place);
                let ids = places.iter().map(id).collect();
                return Err(Unadoptable::Ambiguous { tool: self.tool, recorded: name.clone(), ids });
            }
        }
        Ok(())
    }

    /// Everything with a lower number.
    fn add_up_to(&mut self, name: &str) {
        let Some(last) = version_of(name) else { return };
        for (applied, migration) in self.applied.iter_mut().zip(self.set) {
            *applied |= version_of(migration.id()).is_some_and(|version| natural_order(&version, &last).is_lt());
        }
        self.by = AdoptedBy::Number;
    }

    /// Where in the set a recorded name or number may be.
    fn places(&self, name: &str) -> (Vec<usize>, AdoptedBy) {
        let file = name.rsplit('/').next().unwrap_or(name);
        let is_it = |id: &str| {
            let rest = file.strip_prefix(id);
            rest.is_some_and(|rest| matches!(rest, "" | ".sql" | ".up.sql" | ".js" | ".ts" | ".mjs" | ".cjs" | ".py"))
        };
        let all = |test: &dyn Fn(&Migration) -> bool| -> Vec<usize> {
            self.set.iter().enumerate().filter(|(_, migration)| test(migration)).map(|(place, _)| place).collect()
        };
        let by_id = all(&|migration| is_it(migration.id()) || migration.was().any(is_it));
        if !by_id.is_empty() {
            return (by_id, AdoptedBy::Id);
        }
        let Some(version) = version_of(file) else { return (Vec::new(), AdoptedBy::Number) };
        (all(&|migration| version_of(migration.id()).as_ref() == Some(&version)), AdoptedBy::Number)
    }

    /// Refuses a text that is not the recorded one.
    fn check_text(&self, record: &ForeignRecord, row: &ForeignRow, place: usize) -> Result<(), Unadoptable> {
        let Some(migration) = self.set.iter().nth(place).filter(|migration| !has_text(migration, record, row)) else {
            return Ok(());
        };
        Err(Unadoptable::Edited {
            tool: self.tool,
            recorded: row.name.as_deref().or(row.checksum.as_deref()).unwrap_or_default().to_owned(),
            file: migration.file().to_owned(),
        })
    }

    /// Rows that have nothing but the hash of a text. If it is that of no text at all, the texts have been written anew
    /// since, and only their order tells.
    fn add_hashes(&mut self, record: &ForeignRecord, rows: &[&ForeignRow]) -> Result<(), Unadoptable> {
        let place_of = |row: &ForeignRow| self.set.iter().position(|migration| has_text(migration, record, row));
        let places: Vec<Option<usize>> = rows.iter().map(|row| place_of(row)).collect();
        let are_known = places.iter().any(Option::is_some);
        for (order, (row, place)) in rows.iter().zip(places).enumerate() {
            let place = place.unwrap_or(order);
            if place >= self.applied.len() {
                self.unknown.extend(row.checksum.clone());
                continue;
            }
            if are_known {
                self.check_text(record, row, place)?;
            } else {
                self.by = AdoptedBy::Count;
            }
            self.applied[place] = true;
        }
        Ok(())
    }

    fn finish(self, reverted: &[&str]) -> Result<Adopted, Unadoptable> {
        let tool = self.tool;
        if !self.unknown.is_empty() {
            return Err(Unadoptable::Unknown { tool, recorded: self.unknown });
        }
        let count = self.applied.iter().take_while(|is_applied| **is_applied).count();
        if let Some(later) = self.applied.iter().rposition(|is_applied| *is_applied).filter(|later| *later > count) {
            let reverted = reverted.iter().any(|name| self.places(name).0.contains(&count));
            return Err(Unadoptable::Gap { tool, missing: self.id(count), reverted, later: self.id(later) });
        }
        Ok(Adopted { tool, by: self.by, count })
    }

    fn id(&self, place: usize) -> String {
        self.set.iter().nth(place).map(|migration| migration.id().to_owned()).unwrap_or_default()
    }
}

/// Whether a migration's text may be the recorded one. What is not recorded, and what code does, cannot be another one. A
/// hash that the migration names as an accepted one is its own.
fn has_text(migration: &Migration, record: &ForeignRecord, row: &ForeignRow) -> bool {
    let (Some(kind), Some(recorded)) = (record.checksum(), &row.checksum) else { return true };
    let Some(text) = migration.up() else { return row.name.is_some() };
    kind.is_of(recorded, row.name.as_deref(), text)
        || recorded.parse::<Digest>().is_ok_and(|checksum| migration.accepts(checksum))
}
