use std::fmt;
use std::time::Duration;

use wheatear_core::{Adopted, SchemaDifference, StepOperation};

use crate::error::violation::ForeignKeyViolation;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Id of the newest migration before the run, or of the baseline that an upgrade adopts; `None` for an empty
    /// database.
    pub from: Option<String>,
    /// Id of the newest migration after the run; `None` if none is applied.
    pub to: Option<String>,
    /// What was done and committed, in order; empty if there was nothing to do.
    pub steps: Vec<DoneStep>,
    /// What the run took over from another tool's record; `None` if it did not look at any.
    pub adopted: Option<Adopted>,
    /// What is not as it should be and did not stop the run.
    pub warnings: Vec<Warning>,
}

/// One thing that a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoneStep {
    /// What.
    pub operation: StepOperation,
    /// Id of the migration or hook.
    pub id: String,
    /// Time its statements took.
    pub duration: Duration,
    /// Whether it was applied although later ones had been before.
    pub late: bool,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Rows that lacked their parent row before the run and still do.
    OrphanedRows {
        /// The first of them, at most a thousand.
        rows: Vec<ForeignKeyViolation>,
        /// How many there are.
        count: usize,
    },
    /// A migration that runs outside of a transaction had begun in an earlier run that was cut short, and ran
    /// again from its beginning.
    RanAgain {
        /// Its id.
        id: String,
    },
    /// The schema is not what the migrations make.
    SchemaDrift(Vec<SchemaDifference>),
}

impl Report {
    /// The report of a run that had nothing to do.
    pub(crate) fn nothing_done(version: Option<String>) -> Self {
        Self { from: version.clone(), to: version, ..Self::default() }
    }

    /// The migrations that were applied, in order; those that a new database has from its image are.
    pub fn applied(&self) -> impl Iterator<Item = &DoneStep> {
        self.steps.iter().filter(|step| matches!(step.operation, StepOperation::Apply | StepOperation::Image))
    }

    /// The migrations that were taken back, in order.
    pub fn rolled_back(&self) -> impl Iterator<Item = &DoneStep> {
        self.steps.iter().filter(|step| step.operation == StepOperation::Rollback)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |id: &Option<String>| id.clone().unwrap_or_else(|| "an empty database".to_owned());
        if self.steps.is_empty() {
            write!(f, "already at {}", version(&self.to))?;
        } else {
            write!(f, "migrated from {} to {}:", version(&self.from), version(&self.to))?;
        }
        if let Some(adopted) = &self.adopted {
            write!(f, "\n  {adopted}")?;
        }
        for DoneStep { operation, id, duration, late } in &self.steps {
            let late = if *late { " (late)" } else { "" };
            write!(f, "\n  {operation} {id}{late}: {:.1} ms", duration.as_secs_f64() * 1000.0)?;
        }
        self.warnings.iter().try_for_each(|warning| write!(f, "\n  warning: {warning}"))
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrphanedRows { rows, count } => {
                let rows = ForeignKeyViolation::list(rows, *count);
                write!(f, "rows without their parent row, older than this run: {rows}")
            }
            Self::RanAgain { id } => {
                write!(f, "\"{id}\" was cut short in an earlier run, and ran again from its beginning")
            }
            Self::SchemaDrift(differences) => {
                write!(f, "the schema is not what the migrations make: {}", SchemaDifference::list(differences))
            }
        }
    }
}
