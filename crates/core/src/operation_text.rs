//! Operations and how far they go, as text: what a command line or a configuration says. What is written is read back.

use std::fmt;
use std::str::FromStr;

use crate::source_file::check_id;
use crate::{Operation, RollbackTarget, Target};

/// A text is none of an [`Operation`], a [`Target`] or a [`RollbackTarget`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not {expected}")]
pub struct InvalidOperation {
    /// The text.
    pub text: String,
    /// What it must be.
    pub expected: &'static str,
}

/// What a [`Target`] is in text.
const A_TARGET: &str = "how far to migrate: `latest`, `to ID` or `next N`";

/// What a [`RollbackTarget`] is in text.
const A_ROLLBACK_TARGET: &str = "how far to go back: `last N`, `to ID`, `only ID ID …` or `all`";

/// What an [`Operation`] is in text.
const AN_OPERATION: &str =
    "an operation: `apply`, `mark`, `rollback`, `reapply` or `unmark` and how far, `baseline ID`, `adopt` or `repair`";

/// `latest`, `to 0002.index` or `next 1`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::UpTo(id) => write!(f, "to {id}"),
            Self::Next(count) => write!(f, "next {count}"),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes, whatever the white space between the words.
impl FromStr for Target {
    type Err = InvalidOperation;

    fn from_str(text: &str) -> Result<Self, InvalidOperation> {
        let target = match words(text)[..] {
            ["latest"] => Some(Self::Latest),
            ["to", id] => an_id(id).map(Self::UpTo),
            ["next", count] => count.parse().ok().map(Self::Next),
            _ => None,
        };
        target.ok_or_else(|| invalid(text, A_TARGET))
    }
}

/// `last 1`, `to 0001.create`, `only 0002.index 0003.users` or `all`.
impl fmt::Display for RollbackTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(count) => write!(f, "last {count}"),
            Self::DownTo(id) => write!(f, "to {id}"),
            Self::Only(ids) => write_only(f, ids),
            Self::All => f.write_str("all"),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes, whatever the white space between the words.
impl FromStr for RollbackTarget {
    type Err = InvalidOperation;

    fn from_str(text: &str) -> Result<Self, InvalidOperation> {
        let words = words(text);
        let target = match words[..] {
            ["last", count] => count.parse().ok().map(Self::Last),
            ["to", id] => an_id(id).map(Self::DownTo),
            ["all"] => Some(Self::All),
            _ => only(&words).map(Self::Only),
        };
        target.ok_or_else(|| invalid(text, A_ROLLBACK_TARGET))
    }
}

/// `apply latest`, `rollback last 1`, `mark only 0002.index`, `baseline 0001.create`, `repair`.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Apply(target) | Self::Mark(target) => write!(f, " {target}"),
            Self::Rollback(target) | Self::Reapply(target) | Self::Unmark(target) => write!(f, " {target}"),
            Self::MarkOnly(ids) | Self::UnmarkOnly(ids) => {
                f.write_str(" ")?;
                write_only(f, ids)
            }
            Self::Baseline(id) => write!(f, " {id}"),
            Self::Adopt | Self::Repair => Ok(()),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes; `apply` and `mark` alone mean `latest`, and `unmark only …` is
/// [`Operation::UnmarkOnly`].
impl FromStr for Operation {
    type Err = InvalidOperation;

    fn from_str(text: &str) -> Result<Self, InvalidOperation> {
        let words = words(text);
        let (verb, on) = words.split_first().map_or(("", &[][..]), |(verb, on)| (*verb, on));
        let far = || if on.is_empty() { Ok(Target::Latest) } else { on.join(" ").parse() };
        let back = || on.join(" ").parse();
        match (verb, on) {
            ("apply", _) => far().map(Self::Apply),
            ("rollback", _) => back().map(Self::Rollback),
            ("reapply", _) => back().map(Self::Reapply),
            ("mark", ["only", ..]) => only(on).map(Self::MarkOnly).ok_or_else(|| invalid(text, AN_OPERATION)),
            ("mark", _) => far().map(Self::Mark),
            ("unmark", ["only", ..]) => only(on).map(Self::UnmarkOnly).ok_or_else(|| invalid(text, AN_OPERATION)),
            ("unmark", _) => back().map(Self::Unmark),
            ("baseline", [id]) => an_id(id).map(Self::Baseline).ok_or_else(|| invalid(text, AN_OPERATION)),
            ("adopt", []) => Ok(Self::Adopt),
            ("repair", []) => Ok(Self::Repair),
            _ => Err(invalid(text, AN_OPERATION)),
        }
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn an_id(id: &str) -> Option<String> {
    check_id(id).is_ok().then(|| id.to_owned())
}

/// The ids behind `only`, of which there must be one.
fn only(words: &[&str]) -> Option<Vec<String>> {
    match words {
        ["only", ids @ ..] if !ids.is_empty() => ids.iter().map(|id| an_id(id)).collect(),
        _ => None,
    }
}

fn write_only(f: &mut fmt::Formatter<'_>, ids: &[String]) -> fmt::Result {
    f.write_str("only")?;
    ids.iter().try_for_each(|id| write!(f, " {id}"))
}

fn invalid(text: &str, expected: &'static str) -> InvalidOperation {
    InvalidOperation { text: text.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn an_id() -> impl Strategy<Value = String> {
        "[^\\s,\\p{C}]{1,12}"
    }

    fn ids() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(an_id(), 1..4)
    }

    fn a_target() -> impl Strategy<Value = Target> {
        prop_oneof![Just(Target::Latest), an_id().prop_map(Target::UpTo), any::<usize>().prop_map(Target::Next)]
    }

    fn a_rollback_target() -> impl Strategy<Value = RollbackTarget> {
        prop_oneof![
            any::<usize>().prop_map(RollbackTarget::Last),
            an_id().prop_map(RollbackTarget::DownTo),
            ids().prop_map(RollbackTarget::Only),
            Just(RollbackTarget::All),
        ]
    }

    fn an_operation() -> impl Strategy<Value = Operation> {
        let back = |of: fn(RollbackTarget) -> Operation| a_rollback_target().prop_map(of);
        // Of two ways to say it, `unmark only …` is read as the one that has it in its name.
        let unmark = a_rollback_target().prop_map(|target| match target {
            RollbackTarget::Only(ids) => Operation::UnmarkOnly(ids),
            target => Operation::Unmark(target),
        });
        prop_oneof![
            a_target().prop_map(Operation::Apply),
            a_target().prop_map(Operation::Mark),
            back(Operation::Rollback),
            back(Operation::Reapply),
            unmark,
            ids().prop_map(Operation::MarkOnly),
            an_id().prop_map(Operation::Baseline),
            Just(Operation::Adopt),
            Just(Operation::Repair),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(operation in an_operation()) {
            prop_assert_eq!(operation.to_string().parse(), Ok(operation));
        }
    }

    #[test]
    fn what_says_nothing_is_refused_with_what_it_must_be() {
        for text in [
            "",
            "upgrade",
            "apply 3",
            "apply to",
            "rollback",
            "rollback last x",
            "rollback only",
            "mark only a,b",
            "baseline",
            "adopt yoyo",
            "repair 1",
        ] {
            let error = text.parse::<Operation>().expect_err(text);
            assert!(error.to_string().contains("is not "), "{error}");
        }
        assert_eq!(
            "last -1".parse::<RollbackTarget>().expect_err("no number").to_string(),
            "\"last -1\" is not how far to go back: `last N`, `to ID`, `only ID ID …` or `all`"
        );
        assert_eq!("apply".parse(), Ok(Operation::Apply(Target::Latest)));
    }
}
