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
    /// Record those of these migrations that are pending as applied, without running them. One that comes before what is
    /// not named stays pending, and is late from then on.
    MarkOnly(Vec<String>),
    /// Forget that something is applied, without taking it back.
    Unmark(RollbackTarget),
    /// Forget that these migrations are applied, without taking them back: they are pending again, and late if later ones
    /// are applied.
    UnmarkOnly(Vec<String>),
    /// Adopt a database that was made without this library: record everything up to and with this id.
    Baseline(String),
    /// Adopt a database that another tool has migrated: record what that tool has recorded as applied.
    Adopt,
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
    /// These migrations alone, wherever they are: refused if one that stays depends on one of them.
    Only(Vec<String>),
    /// Everything.
    All,
}

impl RollbackTarget {
    /// The `count` migrations that were applied last.
    pub fn last(count: usize) -> Self {
        Self::Last(count)
    }

    /// These migrations alone.
    pub fn only<Id: Into<String>>(ids: impl IntoIterator<Item = Id>) -> Self {
        Self::Only(ids.into_iter().map(Into::into).collect())
    }

    /// Everything after the migration of this id, which stays.
    pub fn down_to(id: impl Into<String>) -> Self {
        Self::DownTo(id.into())
    }
}

impl Operation {
    /// The word for it in the log and on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Apply(_) => "apply",
            Self::Rollback(_) => "rollback",
            Self::Reapply(_) => "reapply",
            Self::Mark(_) | Self::MarkOnly(_) => "mark",
            Self::Unmark(_) | Self::UnmarkOnly(_) => "unmark",
            Self::Baseline(_) => "baseline",
            Self::Adopt => "adopt",
            Self::Repair => "repair",
        }
    }
}
