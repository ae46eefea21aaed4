use std::fmt;

/// Why the record that another tool has left cannot be adopted. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unadoptable {
    /// There is no record that can be read.
    NoRecord,
    /// There are records of several tools, and each says that something is applied.
    Several {
        /// Whose.
        tools: Vec<&'static str>,
    },
    /// The record does not tell which migrations of a set are applied, or is not as the tool makes it.
    Unreadable {
        /// Whose it is.
        tool: &'static str,
        /// What is the matter with it.
        reason: String,
    },
    /// A migration has failed, and half of it may be there.
    Failed {
        /// Whose record says so.
        tool: &'static str,
        /// The migration as it is recorded.
        recorded: String,
    },
    /// A migration was begun, and did not come to its end.
    Dirty {
        /// Whose record says so.
        tool: &'static str,
        /// The migration as it is recorded.
        recorded: String,
    },
    /// The text of a migration is not the one that was applied.
    Edited {
        /// Whose record says so.
        tool: &'static str,
        /// The migration as it is recorded.
        recorded: String,
        /// Path of its file here.
        file: String,
    },
    /// Migrations are recorded that the set lacks.
    Unknown {
        /// Whose record says so.
        tool: &'static str,
        /// Them, as they are recorded.
        recorded: Vec<String>,
    },
    /// What is recorded may be either of several migrations.
    Ambiguous {
        /// Whose record says so.
        tool: &'static str,
        /// The migration as it is recorded.
        recorded: String,
        /// Ids of those that it may be.
        ids: Vec<String>,
    },
    /// A migration is not recorded as applied, and a later one is.
    Gap {
        /// Whose record says so.
        tool: &'static str,
        /// Id of the one that is not.
        missing: String,
        /// Whether it was applied and taken back.
        reverted: bool,
        /// Id of the later one.
        later: String,
    },
}

impl fmt::Display for Unadoptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const OR_BASELINE: &str = "or name the migration that the database is at as its baseline";
        match self {
            Self::NoRecord => write!(
                f,
                "the database has no record of another tool's migrations, so there is nothing to adopt; {}",
                &OR_BASELINE[3..]
            ),
            Self::Several { tools } => write!(
                f,
                "the database has the records of several tools, and each says that something is applied: {}; {}",
                tools.join(", "),
                &OR_BASELINE[3..]
            ),
            Self::Unreadable { tool, reason } => {
                write!(f, "the record of {tool} cannot be read: {reason}; {}", &OR_BASELINE[3..])
            }
            Self::Failed { tool, recorded } => write!(
                f,
                "{tool} has recorded that \"{recorded}\" failed, so that half of it may be there; mend that with {tool} first, {OR_BASELINE}"
            ),
            Self::Dirty { tool, recorded } => write!(
                f,
                "{tool} has recorded the database as dirty: \"{recorded}\" was begun and did not come to its end; mend that with {tool} first, {OR_BASELINE}"
            ),
            Self::Edited { tool, recorded, file } => write!(
                f,
                "{file} was edited after {tool} applied it as \"{recorded}\": its checksum is another one; put the text back, {OR_BASELINE}"
            ),
            Self::Unknown { tool, recorded } => write!(
                f,
                "{tool} has recorded what is not among these migrations: \"{}\"; add the files, {OR_BASELINE}",
                recorded.join("\", \"")
            ),
            Self::Ambiguous { tool, recorded, ids } => write!(
                f,
                "what {tool} has recorded as \"{recorded}\" may be each of \"{}\"; name the right one as the baseline",
                ids.join("\", \"")
            ),
            Self::Gap { tool, missing, reverted, later } => {
                let why = if *reverted { "as taken back" } else { "not at all" };
                write!(
                    f,
                    "{tool} has recorded \"{later}\" as applied, and \"{missing}\", which comes before it, {why}; apply or mark it with {tool} first, {OR_BASELINE}"
                )
            }
        }
    }
}
