use std::fmt;
use std::time::Duration;

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Id of the newest migration before the run; `None` for an empty database.
    pub from: Option<String>,
    /// Id of the newest migration after the run; `None` if none is applied.
    pub to: Option<String>,
    /// What was applied, in order; empty if the database was current.
    pub applied: Vec<AppliedMigration>,
}

/// One migration that a run applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedMigration {
    /// Its id.
    pub id: String,
    /// Time its statements took.
    pub duration: Duration,
}

impl Report {
    /// The report of a run that found the database current.
    pub(crate) fn nothing_done(version: Option<&str>) -> Self {
        let version = version.map(str::to_owned);
        Self { from: version.clone(), to: version, applied: Vec::new() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |id: &Option<String>| id.clone().unwrap_or_else(|| "an empty database".to_owned());
        if self.applied.is_empty() {
            return write!(f, "already at {}", version(&self.to));
        }
        write!(f, "upgraded from {} to {}:", version(&self.from), version(&self.to))?;
        for AppliedMigration { id, duration } in &self.applied {
            write!(f, "\n  applied {id} in {:.1} ms", duration.as_secs_f64() * 1000.0)?;
        }
        Ok(())
    }
}
