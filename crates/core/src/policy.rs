/// What is done where there is a choice. The default asks nothing of anyone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Applied migrations were edited since.
    pub edited: OnEdited,
    /// A pending migration comes before applied ones.
    pub late: OnLate,
    /// The database has applied migrations that the set lacks.
    pub ahead: OnAhead,
    /// The schema is not what the migrations make.
    pub drift: OnDrift,
    /// Something else has made the database.
    pub unmanaged: OnUnmanaged,
}

/// What to do about applied migrations whose text is another one now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnEdited {
    /// Refuse the run: [`HistoryError::Edited`](crate::HistoryError::Edited).
    #[default]
    Error,
    /// Take back everything from the first edited one on, with the SQL that the database recorded, and apply it anew, in the
    /// same run. For migrations that are still being written: what they made loses its rows. That files have changed their
    /// names is no error then, either.
    Reapply,
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

/// What to do about a schema that is not what the migrations make, after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnDrift {
    /// Name the objects that differ in the report of the run.
    #[default]
    Warn,
    /// Undo the run: [`HistoryError::SchemaDrift`](crate::HistoryError::SchemaDrift).
    Error,
}

/// What to do about a database that records no applied migration, and that something else has made: it has tables which
/// these migrations make, or the record of another tool. Tables that code steps make cannot be known, and are no reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnUnmanaged {
    /// Refuse the run: [`HistoryError::Unmanaged`](crate::HistoryError::Unmanaged).
    #[default]
    Error,
    /// Apply everything to it, as to an empty one. What no migration makes is then no drift.
    Apply,
    /// Adopt it as [`Operation::Baseline`](crate::Operation::Baseline) with this id does, and apply what comes after that,
    /// in the same run.
    Baseline(String),
    /// Adopt it as [`Operation::Adopt`](crate::Operation::Adopt) does, and apply what comes after what is recorded, in the
    /// same run.
    Adopt,
}
