use std::fmt;

use crate::{Digest, ErrorCode, SchemaDifference, Trace, Unadoptable};

/// The history that a database records and the set of migrations do not fit together. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// Applied migrations were edited since.
    #[error(
        "{} edited after this database applied {}: put the text back and write a new migration, or accept it with repair or `-- accepted-checksums:`{}",
        listed(.migrations.iter().map(|migration| &migration.id), "was", "were"),
        if .migrations.len() == 1 { "it" } else { "them" },
        differences(.migrations)
    )]
    Edited {
        /// Each of them, with what changed.
        migrations: Vec<EditedMigration>,
    },
    /// The database is newer than this build: it ends with migrations the set lacks.
    #[error(
        "the database is ahead of this build: it has applied {}, which this build does not know; use the newer build that made it, or take it back with the policy `rollback`",
        .unknown.join(", ")
    )]
    DatabaseAhead {
        /// Applied ids that the set lacks, in the order they were applied.
        unknown: Vec<String>,
    },
    /// The database records texts of migrations in the set under other ids than the set has for them.
    #[error("{}", renamed(.migrations))]
    Renamed {
        /// What may be the same.
        migrations: Vec<RenamedMigration>,
    },
    /// The database has applied a migration that the set lacks, and after it some that the set has.
    #[error("the database has applied \"{id}\", which this build lacks although it has later ones; put the file back")]
    Missing {
        /// The id that is missing from the set.
        id: String,
    },
    /// The database has applied some of the migrations that one of the set replaces, and not all.
    #[error(
        "\"{id}\" replaces migrations of which this database has applied {}, and not {}: upgrade it first by a build that has them still, or give their files back to this one and remove \"{id}\"",
        quoted(.applied),
        quoted(.missing)
    )]
    PartlyReplaced {
        /// The id of the one that replaces them.
        id: String,
        /// The replaced ones that are applied.
        applied: Vec<String>,
        /// Those that are not.
        missing: Vec<String>,
    },
    /// Migrations are pending although later ones are applied, and the policy refuses that.
    #[error(
        "{} pending although later migrations are applied, and the policy refuses that; give {} a higher number, or allow late migrations",
        listed(.ids.iter(), "is", "are"),
        if .ids.len() == 1 { "it" } else { "them" }
    )]
    Late {
        /// Their ids, in the order of the set.
        ids: Vec<String>,
    },
    /// The migration to stop at is not in the set.
    #[error("there is no migration \"{id}\" to stop at{}", .latest.as_ref().map(|id| format!("; the latest is \"{id}\"")).unwrap_or_default())]
    UnknownTarget {
        /// The id that was asked for.
        id: String,
        /// The last id of the set.
        latest: Option<String>,
    },
    /// The migration to go back to is not applied.
    #[error("the database has not applied \"{id}\", so there is no way back to it")]
    NotApplied {
        /// The id that was asked for.
        id: String,
    },
    /// Migrations that would have to be taken back cannot be.
    #[error(
        "{} no way back, neither in the database nor in this build; use a build that has one: SQL in X.rollback.sql, or the down of a code step",
        listed(.ids.iter(), "has", "have")
    )]
    Irreversible {
        /// Their ids, in the order in which they would be taken back.
        ids: Vec<String>,
    },
    /// What stays depends on migrations that are to be taken back, or forgotten, alone.
    #[error(
        "{} on what is to go alone; name {} as well, or everything from there on",
        listed(.ids.iter(), "depends", "depend"),
        if .ids.len() == 1 { "it" } else { "them" }
    )]
    HasDependants {
        /// Ids of those that depend on it, directly or not, in the order in which they were applied.
        ids: Vec<String>,
    },
    /// A database that has applied migrations cannot be adopted.
    #[error(
        "the database records applied migrations already, the last of them \"{latest}\"; a baseline is for one that records none"
    )]
    AlreadyManaged {
        /// The id that was applied last.
        latest: String,
    },
    /// Something else has made the database: it has what these migrations would make again, or another tool's record.
    #[error(
        "something else has made this database: no migration is recorded as applied, and it has {}; {}, or let all of them run on it with the policy `apply`",
        joined(.traces),
        way_to_adopt(.traces)
    )]
    Unmanaged {
        /// What was found.
        traces: Vec<Trace>,
    },
    /// What another tool has recorded does not fit the set.
    #[error("{0}")]
    Unadoptable(Unadoptable),
    /// The schema is not what the migrations make.
    #[error("the schema is not what the migrations make: {}", SchemaDifference::list(.differences))]
    SchemaDrift {
        /// The objects that differ.
        differences: Vec<SchemaDifference>,
    },
    /// The tables that record what was applied do not hold what they must.
    #[error("the tables that record applied migrations are damaged: {reason}; restore the database from a copy")]
    LedgerCorrupt {
        /// What was found.
        reason: String,
    },
    /// The tables that record what was applied were written by a newer version of this library.
    #[error(
        "the record of applied migrations has format {found}, and this version of wheatear reads formats up to {known}; update wheatear"
    )]
    LedgerTooNew {
        /// The format in the database.
        found: i64,
        /// The newest format this version reads.
        known: i64,
    },
}

/// An applied migration whose text in the set is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EditedMigration {
    /// Its id.
    pub id: String,
    /// Its checksum when it was applied: what `-- accepted-checksums:` must name to accept it.
    pub checksum: Digest,
    /// Path of its file.
    pub file: String,
    /// The lines that differ, in unified format: `-` was applied, `+` is in the file now.
    pub difference: String,
}

/// A migration whose text is recorded under another id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RenamedMigration {
    /// The id that is recorded.
    pub recorded: String,
    /// Its id in the set.
    pub id: String,
    /// Path of its file.
    pub file: String,
    /// Whether one of these ids is also that of another migration, so that `-- was:` cannot tell.
    pub renumbered: bool,
}

impl From<Unadoptable> for HistoryError {
    fn from(why: Unadoptable) -> Self {
        Self::Unadoptable(why)
    }
}

impl HistoryError {
    /// The stable code of this error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Edited { .. } => ErrorCode::Edited,
            Self::DatabaseAhead { .. } | Self::Renamed { .. } => ErrorCode::DatabaseAhead,
            Self::Missing { .. } => ErrorCode::Missing,
            Self::PartlyReplaced { .. } => ErrorCode::PartlyReplaced,
            Self::Late { .. } => ErrorCode::Late,
            Self::UnknownTarget { .. } | Self::NotApplied { .. } => ErrorCode::UnknownTarget,
            Self::Irreversible { .. } => ErrorCode::Irreversible,
            Self::HasDependants { .. } => ErrorCode::HasDependants,
            Self::AlreadyManaged { .. } => ErrorCode::AlreadyManaged,
            Self::Unmanaged { .. } => ErrorCode::Unmanaged,
            Self::Unadoptable(_) => ErrorCode::Unadoptable,
            Self::SchemaDrift { .. } => ErrorCode::SchemaDrift,
            Self::LedgerCorrupt { .. } => ErrorCode::LedgerCorrupt,
            Self::LedgerTooNew { .. } => ErrorCode::LedgerTooNew,
        }
    }
}

/// `"1", "2"`
fn quoted(ids: &[String]) -> String {
    ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ")
}

/// `"1", "2" were`
fn listed<'a>(ids: impl ExactSizeIterator<Item = &'a String>, singular: &str, plural: &str) -> String {
    let verb = if ids.len() == 1 { singular } else { plural };
    let ids: Vec<String> = ids.map(|id| format!("\"{id}\"")).collect();
    format!("{} {verb}", ids.join(", "))
}

fn joined(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A record is adopted as it is; of tables alone only the application's author knows where they stand.
fn way_to_adopt(traces: &[Trace]) -> &'static str {
    if traces.iter().any(|trace| !matches!(trace, Trace::Table(_))) {
        "take over what is recorded there with `adopt`, or name the migration that it is at as its baseline"
    } else {
        "adopt it with a baseline, naming the migration that it is at"
    }
}

fn renamed(migrations: &[RenamedMigration]) -> String {
    let each = |one: fn(&RenamedMigration) -> String| migrations.iter().map(one).collect::<Vec<_>>().join(", ");
    if migrations.iter().any(|migration| migration.renumbered) {
        let now = each(|one| format!("what is recorded as \"{}\" is now \"{}\"", one.recorded, one.file));
        return format!(
            "{now}: were files renumbered? Give every file its old name back, and a new one a number behind the last; \
             else what was applied would run again"
        );
    }
    let headers = each(|RenamedMigration { recorded, id, file, .. }| {
        format!("what \"{id}\" does is recorded as \"{recorded}\" (was it renamed? `-- was: {recorded}` in {file})")
    });
    format!(
        "the database is ahead of this build, or migrations were renamed: {headers}; if so, write that header, and \
         nothing runs twice; else use the build that knows the recorded ids"
    )
}

fn differences(migrations: &[EditedMigration]) -> String {
    migrations
        .iter()
        .map(|EditedMigration { id, checksum, file, difference }| {
            format!("\n--- {id} as applied, checksum {checksum}\n+++ {file}\n{difference}")
        })
        .collect()
}
