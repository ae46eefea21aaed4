use std::fmt;

/// The class an error belongs to: who must act on it. The TypeScript client has one error class each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Something is named or written wrongly; the developer mends it.
    Definition,
    /// Database and set of migrations do not fit together.
    History,
    /// A migration failed while it ran.
    Apply,
    /// A query of the application failed.
    Query,
    /// The place where the database lives cannot be used.
    Storage,
    /// The way to the database is gone.
    Connection,
}

impl ErrorClass {
    /// Name of the class in the TypeScript client, such as `HistoryError`.
    pub const fn client_name(self) -> &'static str {
        match self {
            Self::Definition => "DefinitionError",
            Self::History => "HistoryError",
            Self::Apply => "ApplyError",
            Self::Query => "QueryError",
            Self::Storage => "StorageError",
            Self::Connection => "ConnectionError",
        }
    }
}

/// Declares every code once: variant, name on the wire, class, meaning.
macro_rules! error_codes {
    ($($variant:ident = $name:literal, $class:ident, $meaning:literal;)*) => {
        /// Stable name of what went wrong, the same in Rust, on the wire and in TypeScript.
        ///
        /// Adding one is a minor release, renaming one a major.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl ErrorCode {
            /// Every code, by class.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as written in errors and documentation, such as `database_ahead`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The class this code belongs to.
            pub const fn class(self) -> ErrorClass {
                match self { $(Self::$variant => ErrorClass::$class,)* }
            }

            /// What it means, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

error_codes! {
    InvalidName = "invalid_name", Definition, "A database or a migration file has a name that cannot be used.";
    InvalidOption = "invalid_option", Definition, "An option has a value that it cannot have, or there is no such option.";
    DuplicateId = "duplicate_id", Definition, "Two migrations have the same id, or ids that differ only by case.";
    UnknownDependency = "unknown_dependency", Definition, "A migration depends on one that does not exist.";
    DependencyCycle = "dependency_cycle", Definition, "Migrations depend on each other in a circle.";
    TransactionControl = "transaction_control", Definition, "A migration begins or ends a transaction itself, or has a statement that does not work inside of one.";
    InvalidPragma = "invalid_pragma", Definition, "A migration sets a pragma that does nothing where it stands, or that takes the database's safety away.";
    EmptyMigration = "empty_migration", Definition, "A migration file has no statement.";
    NoMigrations = "no_migrations", Definition, "There are files where migrations should be, and none of them is one.";
    InvalidHeader = "invalid_header", Definition, "A header of a migration file cannot be read.";
    UnreadableFile = "unreadable_file", Definition, "A migration file or folder cannot be read, or is not text.";
    UnsoundMigration = "unsound_migration", Definition, "A migration was tried out, and would fail once there are rows or leaves a view or trigger that cannot be used.";
    Edited = "edited", History, "A migration was edited after the database applied it.";
    Missing = "missing", History, "The database has applied a migration that this build lacks, and later ones it has.";
    DatabaseAhead = "database_ahead", History, "The database has applied migrations newer than any this build knows.";
    PartlyReplaced = "partly_replaced", History, "The database has applied some of the migrations that one of this build replaces, and not all.";
    Late = "late", History, "A migration is pending although later ones are applied, and the policy refuses that.";
    UnknownTarget = "unknown_target", History, "The migration to stop at does not exist, or the one to go back to is not applied.";
    Irreversible = "irreversible", History, "A migration that would have to be taken back has no down.";
    HasDependants = "has_dependants", History, "A migration is to be taken back or forgotten alone, and others that are applied depend on it.";
    AlreadyManaged = "already_managed", History, "A baseline is taken of a database that records applied migrations.";
    Unmanaged = "unmanaged", History, "Something other than these migrations has made the database: adopt it.";
    Unadoptable = "unadoptable", History, "What another tool has recorded of its migrations does not fit these.";
    SchemaDrift = "schema_drift", History, "The schema is not what the migrations make.";
    LedgerCorrupt = "ledger_corrupt", History, "The tables that record what was applied are damaged.";
    LedgerTooNew = "ledger_too_new", History, "The tables that record what was applied come from a newer Wheatear.";
    StatementFailed = "statement_failed", Apply, "A statement of a migration, or its commit, failed; the database is as it was before.";
    CodeFailed = "code_failed", Apply, "A migration written in code failed; the database is as it was before.";
    ForeignKeyViolation = "foreign_key_violation", Apply, "The migrations would leave rows whose parent is missing; the database is as it was before.";
    Cancelled = "cancelled", Apply, "What ran was cancelled; the database is as it was before.";
    NotSql = "not_sql", Apply, "What a migration does cannot be written as SQL.";
    QueryFailed = "query_failed", Query, "SQLite refused a query or script.";
    QueryRefused = "query_refused", Query, "A query or script would change the connection that all tabs share, or take the database's safety away; or a stream or watch does more than read.";
    InvalidValue = "invalid_value", Query, "A parameter is of a kind that SQLite cannot hold.";
    ResultTooLarge = "result_too_large", Query, "The rows of a query are more than a page can take at once.";
    TransactionMisuse = "transaction_misuse", Query, "A query or script begins or ends a transaction, or uses one that has ended.";
    StorageUnsupported = "storage_unsupported", Storage, "This browser, or its private mode, offers no storage for a database.";
    StorageBusy = "storage_busy", Storage, "The database is in use elsewhere, such as in another tab or process.";
    StorageFull = "storage_full", Storage, "There is no room left, no quota, or no memory.";
    StorageIo = "storage_io", Storage, "Reading or writing the stored database failed.";
    NotADatabase = "not_a_database", Storage, "The file is not a SQLite database.";
    DatabaseCorrupt = "database_corrupt", Storage, "The database is damaged.";
    DatabaseTruncated = "database_truncated", Storage, "The end of the database file is missing.";
    DatabaseEncrypted = "database_encrypted", Storage, "The file looks like an encrypted database.";
    InvalidPageSize = "invalid_page_size", Storage, "The file's header has a page size that SQLite does not have.";
    WalMissing = "wal_missing", Storage, "The file to import is in WAL mode, so that rows may lie in a `-wal` beside it: give both, or say that there is none.";
    NoSuchDatabase = "no_such_database", Storage, "There is no database of this name.";
    StorageElsewhere = "storage_elsewhere", Storage, "The database lives in another storage than the one asked for.";
    DatabaseExists = "database_exists", Storage, "There is a database of this name already, and it is not to be replaced.";
    Closed = "closed", Connection, "The database was closed.";
    OwnerLost = "owner_lost", Connection, "The tab that held the database is gone, and whether it still did what was asked is unknown.";
    Superseded = "superseded", Connection, "A newer version of the page has upgraded the database in another tab.";
    Timeout = "timeout", Connection, "A transaction held the database for too long without doing anything, and was rolled back.";
    OtherProtocol = "other_protocol", Connection, "Another tab has the database open with another version of Wheatear, which this one cannot talk to.";
    WorkerFailed = "worker_failed", Connection, "The worker that holds the database could not start or has died.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
