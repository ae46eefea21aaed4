//! What can be said on the command line. Each command has a page of its own in `docs/commands`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use wheatear::{Operation, RollbackTarget, Target};
use wheatear_import::Tool;

pub use crate::settings::Ids;

/// Migrations of SQLite databases, on the engine that runs in browsers.
#[derive(Debug, Parser)]
#[command(name = "wheatear", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What holds of every command.
    #[command(flatten)]
    pub general: General,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds of every command.
#[derive(Debug, Args)]
pub struct General {
    /// The folder of migrations; by default what `wheatear.json` says, else `migrations`
    #[arg(long, global = true, value_name = "DIR")]
    pub folder: Option<String>,
    /// What the names of Wheatear's tables begin with; by default what `wheatear.json` says, else nothing
    #[arg(long, global = true, value_name = "PREFIX")]
    pub table_prefix: Option<String>,
    /// Print one value of JSON instead of text, also of an error
    #[arg(long, global = true)]
    pub json: bool,
    /// Ask nothing, and do also what loses data
    #[arg(long, short, global = true)]
    pub yes: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a folder of migrations and `wheatear.json`
    Init {
        /// What ids of new migrations begin with
        #[arg(long)]
        ids: Option<Ids>,
    },
    /// Make the files of a new migration
    New {
        /// What it does, such as "add humidity"
        #[arg(required = true)]
        name: Vec<String>,
    },
    /// Check the whole set: up, down and up again, on tables with rows, with lints and queries
    Check(Check),
    /// List the migrations, and whether a database has them
    List {
        /// The database's file
        database: Option<String>,
    },
    /// Tell how a database stands to the migrations
    Status {
        /// The database's file
        database: String,
    },
    /// Tell everything that was ever done to a database
    Log {
        /// The database's file
        database: String,
    },
    /// Tell what an operation would do
    Plan {
        /// The database's file
        database: String,
        /// The operation: `apply`, `rollback last 1`, `mark only 0002.index`
        operation: Vec<String>,
        /// How far to apply
        #[command(flatten)]
        forward: Forward,
        /// Print it as SQL that does the same in any shell of SQLite
        #[arg(long)]
        sql: bool,
    },
    /// Carry an operation out on a copy of a database in memory
    Rehearse {
        /// The database's file
        database: String,
        /// The operation: `apply`, `rollback last 1`, `mark only 0002.index`
        operation: Vec<String>,
        /// How far to apply
        #[command(flatten)]
        forward: Forward,
    },
    /// Apply what a database lacks
    Apply(Apply),
    /// Take migrations back
    Rollback(GoBack),
    /// Take migrations back and apply them as they are now
    Reapply(GoBack),
    /// Record migrations as applied without running them
    Mark {
        /// The database's file
        database: String,
        /// Their ids
        #[arg(conflicts_with_all = ["to", "next"])]
        ids: Vec<String>,
        /// How far, instead of ids
        #[command(flatten)]
        forward: Forward,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Forget that migrations are applied, without taking them back
    Unmark {
        /// The database's file
        database: String,
        /// Their ids
        #[arg(conflicts_with_all = ["last", "to", "all"])]
        ids: Vec<String>,
        /// So many, the last applied first
        #[arg(long, value_name = "N")]
        last: Option<usize>,
        /// Everything after this one
        #[arg(long, value_name = "ID", conflicts_with = "last")]
        to: Option<String>,
        /// Everything
        #[arg(long, conflicts_with_all = ["last", "to"])]
        all: bool,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Record that a database made by hand is at a migration
    Baseline {
        /// The database's file
        database: String,
        /// Id of the migration
        id: String,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Record what another tool has recorded as applied
    Adopt {
        /// The database's file
        database: String,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Accept that applied migrations were edited
    Repair {
        /// The database's file
        database: String,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Make our folder of another tool's
    Import {
        /// Which tool
        #[arg(long, value_name = "TOOL")]
        from: Tool,
        /// Its folder
        dir: String,
        /// Write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the schema that the migrations make
    Schema {
        /// Compare it with this file instead; exit code 1 if it differs
        #[arg(long, value_name = "FILE", conflicts_with = "out")]
        check: Option<String>,
        /// Write it to this file
        #[arg(long, value_name = "FILE")]
        out: Option<String>,
    },
    /// Print TypeScript types of the rows of every table and view
    Types {
        /// Types for Kysely
        #[arg(long)]
        kysely: bool,
        /// Write them to this file
        #[arg(long, value_name = "FILE")]
        out: Option<String>,
    },
    /// Replace the first migrations by one that makes the same
    Squash {
        /// Id of the last that is replaced
        #[arg(long, value_name = "ID")]
        to: String,
        /// Only print the migration
        #[arg(long)]
        dry_run: bool,
    },
    /// Print a script that completes commands in a shell
    Completions {
        /// Which one
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// What to check.
#[derive(Debug, Args)]
pub struct Check {
    /// Check again whenever a file changes
    #[arg(long)]
    pub watch: bool,
    /// Ids of lints that are switched off, beside those of `wheatear.json`
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    pub off: Vec<String>,
    /// The first migration that lints look at; those before it are a past that nobody can edit
    #[arg(long, value_name = "ID")]
    pub since: Option<String>,
}

/// How to apply.
#[derive(Debug, Args)]
pub struct Apply {
    /// The database's file; a new one is made
    pub database: String,
    /// How far.
    #[command(flatten)]
    pub forward: Forward,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// What to do about a pending migration that comes before applied ones
    #[arg(long, default_value = "apply")]
    pub late: Late,
    /// What to do about a database that is newer than the folder
    #[arg(long, default_value = "error")]
    pub ahead: Ahead,
    /// Adopt a database that another tool has migrated, by what that has recorded
    #[arg(long, conflicts_with = "baseline")]
    pub adopt: bool,
    /// Of a database that was made by hand: the migration that it is at
    #[arg(long, value_name = "ID")]
    pub baseline: Option<String>,
    /// The application's version, for the log
    #[arg(long, value_name = "VERSION")]
    pub app_version: Option<String>,
}

/// How far to go back.
#[derive(Debug, Args)]
pub struct GoBack {
    /// The database's file
    pub database: String,
    /// So many, the last applied first; 1 if nothing is said
    #[arg(value_name = "N", conflicts_with_all = ["to", "only", "all"])]
    pub count: Option<usize>,
    /// Everything after this one
    #[arg(long, value_name = "ID", conflicts_with_all = ["only", "all"])]
    pub to: Option<String>,
    /// Only these, unless others depend on them
    #[arg(long, value_name = "ID", value_delimiter = ',', conflicts_with = "all")]
    pub only: Vec<String>,
    /// Everything
    #[arg(long)]
    pub all: bool,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// How far to go forward.
#[derive(Clone, Debug, Args)]
pub struct Forward {
    /// Up to and with this migration
    #[arg(long, value_name = "ID")]
    pub to: Option<String>,
    /// So many of those that are pending
    #[arg(long, value_name = "N", conflicts_with = "to")]
    pub next: Option<usize>,
}

/// What to do about a pending migration that comes before applied ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Late {
    /// Apply it.
    Apply,
    /// Refuse.
    Error,
}

/// What to do about a database that is newer than the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ahead {
    /// Refuse.
    Error,
    /// Take it back, with the SQL that it has recorded.
    Rollback,
}

impl Forward {
    /// The target that it means.
    pub fn target(&self) -> Target {
        match (&self.to, self.next) {
            (Some(id), _) => Target::up_to(id),
            (None, Some(count)) => Target::next(count),
            (None, None) => Target::Latest,
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.to.is_none() && self.next.is_none()
    }

    /// The operation of these words, or `apply` so far.
    ///
    /// # Errors
    /// The words are none, or both are said.
    pub fn operation(&self, words: &[String]) -> Result<Operation, String> {
        match (words, self.is_empty()) {
            ([], _) => Ok(Operation::Apply(self.target())),
            ([apply], _) if apply == "apply" => Ok(Operation::Apply(self.target())),
            (words, true) => words.join(" ").parse().map_err(|error: wheatear::InvalidOperation| error.to_string()),
            _ => Err("--to and --next are for `apply`; say of another operation itself how far".to_owned()),
        }
    }
}

impl GoBack {
    /// The target that it means.
    pub fn target(&self) -> RollbackTarget {
        match (&self.to, &self.only[..], self.all) {
            (Some(id), ..) => RollbackTarget::down_to(id),
            (None, [], true) => RollbackTarget::All,
            (None, [], false) => RollbackTarget::last(self.count.unwrap_or(1)),
            (None, only, _) => RollbackTarget::only(only),
        }
    }
}
