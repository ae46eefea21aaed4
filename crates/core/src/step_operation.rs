use std::fmt;

/// What a step of a run does, in the words of reports, progress and the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepOperation {
    /// A migration is run and recorded.
    Apply,
    /// A migration is taken back and forgotten.
    Rollback,
    /// A migration is recorded without running it.
    Mark,
    /// A migration is forgotten without taking it back.
    Unmark,
    /// A migration is recorded that the database has from elsewhere.
    Baseline,
    /// A migration is recorded as it is now.
    Repair,
    /// A migration is recorded under the id that it has now.
    Rename,
    /// A hook is run.
    Hook,
}

impl StepOperation {
    const ALL: [Self; 8] =
        [Self::Apply, Self::Rollback, Self::Mark, Self::Unmark, Self::Baseline, Self::Repair, Self::Rename, Self::Hook];

    /// The word for it, also in databases and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Rollback => "rollback",
            Self::Mark => "mark",
            Self::Unmark => "unmark",
            Self::Baseline => "baseline",
            Self::Repair => "repair",
            Self::Rename => "rename",
            Self::Hook => "hook",
        }
    }

    /// The operation that this is the word for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == word)
    }
}

impl fmt::Display for StepOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They are in the logs of databases.
    #[test]
    fn words_never_change() {
        let words = ["apply", "rollback", "mark", "unmark", "baseline", "repair", "rename", "hook"];
        assert_eq!(StepOperation::ALL.map(StepOperation::as_str), words);
        assert_eq!(words.map(StepOperation::of_word), StepOperation::ALL.map(Some));
        assert_eq!(StepOperation::of_word("Apply"), None);
    }
}
