use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Declares every lint once: variant, id, what it says.
macro_rules! lints {
    ($($variant:ident = $id:literal, $summary:literal;)*) => {
        /// A danger that is looked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Lint {
            $(#[doc = $summary] $variant,)*
        }

        impl Lint {
            /// Every lint.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in `-- lint: allow ID reason`, such as `drops-table`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// What it finds, in one sentence.
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }
        }
    };
}

lints! {
    FailsOnRows = "fails-on-rows", "A statement passes on empty tables and fails on rows that they may hold.";
    UniqueOnRows = "unique-on-rows", "A unique index is put on columns whose rows may be equal.";
    DropsTable = "drops-table", "A table is dropped with its rows.";
    DropsColumn = "drops-column", "A column is dropped with its values.";
    LosesValues = "loses-values", "A rebuild of a table does not copy every row or column of it, or puts values elsewhere.";
    LosesSequence = "loses-sequence", "A rebuild of a table forgets which ids AUTOINCREMENT has given.";
    LosesIndex = "loses-index", "A rebuild of a table drops its indexes and does not make them again.";
    LosesTrigger = "loses-trigger", "A rebuild of a table drops its triggers and does not make them again.";
    LosesCollation = "loses-collation", "A rebuild of a table takes the collation of a column away.";
    LosesConstraint = "loses-constraint", "A rebuild of a table takes a UNIQUE, PRIMARY KEY or foreign key away.";
    RenamesFirst = "renames-first", "A table is renamed and made anew under its old name: views, triggers and keys follow the old one.";
    CascadeUnenforced = "cascade-unenforced", "A DELETE relies on a cascade while foreign keys are not enforced.";
    MissingDown = "missing-down", "A migration cannot be taken back.";
    WrongDown = "wrong-down", "Taking a migration back leaves another schema than before it, or loses rows.";
    TimeOrChance = "time-or-chance", "What a statement does depends on time or on chance.";
    QuotedText = "quoted-text", "A name in double quotes is that of no column, so SQLite takes it for a text.";
    ConfusableName = "confusable-name", "Two names differ only in upper and lower case, or in how Unicode writes them.";
    MissingFunction = "missing-function", "A view, trigger or default needs a function, collation or module that this SQLite lacks.";
    MixesData = "mixes-data", "One migration changes a big table's columns and rewrites all of its rows.";
    InvalidAllow = "invalid-allow", "A comment for lints cannot be read, or does nothing.";
}

impl Lint {
    /// Where it is explained, with the danger and the safe way, such as `docs/lints.md#drops-table`.
    pub fn documentation(self) -> String {
        format!("docs/lints.md#{}", self.id())
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Lint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// There is no lint of this id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLint(
    /// What was given instead.
    pub String,
);

impl fmt::Display for UnknownLint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = Lint::ALL.iter().map(|lint| lint.id()).collect();
        write!(f, "there is no lint \"{}\"; there are {}", self.0, ids.join(", "))
    }
}

impl std::error::Error for UnknownLint {}

impl FromStr for Lint {
    type Err = UnknownLint;

    fn from_str(id: &str) -> Result<Self, UnknownLint> {
        Self::ALL.iter().copied().find(|lint| lint.id() == id).ok_or_else(|| UnknownLint(id.to_owned()))
    }
}
