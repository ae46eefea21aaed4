use std::fmt;

/// What to do with a database, in yoyo's words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Run what is pending.
    Apply(Target),
    /// Take back what is applied, the last first.
    Rollback(RollbackTarget),
    /// Take back, and apply again as it is now.
    Reapply(RollbackTarget),
    /// Record what is pending as applied, without running it.
    Mark(Target),
    /// Forget that something is applied, without taking it back.
    Unmark(RollbackTarget),
    /// Adopt a database that was made without this library: record everything up to and with this id.
    Baseline(String),
    /// Accept that applied migrations, or what takes them back, were edited since.
    Repair,
}

/// How far to migrate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Everything the set holds.
    #[default]
    Latest,
    /// Up to and with the migration of this id, in the order of the set.
    UpTo(String),
    /// As many of the pending migrations.
    Next(usize),
}

impl Target {
    /// Up to and with the migration of this id.
    pub fn up_to(id: impl Into<String>) -> Self {
        Self::UpTo(id.into())
    }

    /// The next `count` pending migrations.
    pub fn next(count: usize) -> Self {
        Self::Next(count)
    }
}

/// How far to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RollbackTarget {
    /// The migrations that were applied last, as many.
    Last(usize),
    /// Everything that comes after the migration of this id, which stays applied.
    DownTo(String),
    /// Everything.
    All,
}

impl RollbackTarget {
    /// The `count` migrations that were applied last.
    pub fn last(count: usize) -> Self {
        Self::Last(count)
    }

    /// Everything after the migration of this id, which stays.
    pub fn down_to(id: impl Into<String>) -> Self {
        Self::DownTo(id.into())
    }
}

/// What planning does where there is a choice. The default asks nothing of anyone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// A pending migration comes before applied ones.
    pub late: OnLate,
    /// The database has applied migrations that the set lacks.
    pub ahead: OnAhead,
}

/// What to do about a migration that is pending although later ones are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnLate {
    /// Apply it, and name it in the report.
    #[default]
    Apply,
    /// Refuse the run.
    Error,
}

/// What to do about a database that has applied migrations which the set lacks, not all of them
/// marked compatible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnAhead {
    /// Refuse the run.
    #[default]
    Error,
    /// Take the database back, with the SQL that it recorded when it applied them.
    Rollback,
}

impl Operation {
    /// The word for it in the log and on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Apply(_) => "apply",
            Self::Rollback(_) => "rollback",
            Self::Reapply(_) => "reapply",
            Self::Mark(_) => "mark",
            Self::Unmark(_) => "unmark",
            Self::Baseline(_) => "baseline",
            Self::Repair => "repair",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
