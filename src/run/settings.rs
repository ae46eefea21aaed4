use std::fmt;

use wheatear_core::Policy;

use crate::ledger::Ledger;
use crate::migration_set::MigrationSet;
use crate::progress::Observer;

/// What a run needs to be told.
#[derive(Clone)]
pub(crate) struct Settings<'set> {
    pub set: &'set MigrationSet,
    pub ledger: Ledger,
    pub policy: Policy,
    pub observer: Option<Observer>,
}

impl<'set> Settings<'set> {
    /// A set, and what holds unless the application chooses otherwise.
    pub fn new(set: &'set MigrationSet) -> Self {
        Self { set, ledger: Ledger::default(), policy: Policy::default(), observer: None }
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("set", &self.set)
            .field("ledger", &self.ledger)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
