use serde_json::{Value, json};
use wheatear::rusqlite::ErrorCode as ErrorKind;
use wheatear::storage::StorageErrorKind;
use wheatear::{DefinitionError, Error, ErrorClass, ErrorCode, StorageError};

/// What the program ends with. From 64 on, codes are those of sysexits.
///
/// Source: <https://man.openbsd.org/sysexits.3>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: all is well.
    Done,
    /// 1: what was looked at is not as it should be: `check` has found something, `schema --check` a difference, or somebody
    /// has said no.
    Found,
    /// 2: the arguments make no sense, or a question needs `--yes`.
    Usage,
    /// 65: migrations or database are wrong, or do not fit together.
    Data,
    /// 66: there is no such file or folder.
    NoInput,
    /// 73: a file cannot be made, or is there already.
    CannotCreate,
    /// 74: reading or writing failed.
    Io,
    /// 75: the database is in use; try again.
    Busy,
    /// 78: `wheatear.json` cannot be read.
    Config,
}

impl Exit {
    /// Every one of them.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Found,
        Self::Usage,
        Self::Data,
        Self::NoInput,
        Self::CannotCreate,
        Self::Io,
        Self::Busy,
        Self::Config,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Found => 1,
            Self::Usage => 2,
            Self::Data => 65,
            Self::NoInput => 66,
            Self::CannotCreate => 73,
            Self::Io => 74,
            Self::Busy => 75,
            Self::Config => 78,
        }
    }
}

/// Why the program could not do what it was asked for.
#[derive(Debug)]
pub struct Fault {
    /// What it ends with.
    pub exit: Exit,
    /// What happened, where, and what to do.
    pub message: String,
    /// The same for `--json`: as the npm package has errors, where it is one of the engine's.
    pub data: Value,
}

impl Fault {
    /// A fault of the program's own.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        let code = match exit {
            Exit::Done | Exit::Found => "found",
            Exit::Usage => "usage",
            Exit::Data => "data",
            Exit::NoInput => "no_input",
            Exit::CannotCreate => "cannot_create",
            Exit::Io => "io",
            Exit::Busy => "storage_busy",
            Exit::Config => "config",
        };
        Self { exit, data: json!({ "code": code, "message": message }), message }
    }

    /// The arguments make no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let exit = match (&error, error.code().class()) {
            (Error::Storage(StorageError { kind: StorageErrorKind::Busy, .. }), _) => Exit::Busy,
            (Error::Storage(StorageError { kind: StorageErrorKind::NoSuchDatabase, .. }), _) => Exit::NoInput,
            (Error::Storage(error), _) if is_of_content(error.kind) => Exit::Data,
            (Error::Storage(_), _) => Exit::Io,
            (_, ErrorClass::History) if error.code() == ErrorCode::UnknownTarget => Exit::Usage,
            _ => Exit::Data,
        };
        let data = serde_json::to_value(&error).unwrap_or_default();
        // The engine speaks of policies, which are options here.
        let option = match error.code() {
            ErrorCode::Unmanaged => "\n(here: `apply --adopt` or `apply --baseline ID`)",
            ErrorCode::DatabaseAhead => {
                "\n(here: `apply --ahead rollback`, which loses what the newer migrations have added)"
            }
            _ => "",
        };
        Self { exit, message: format!("{error}{option}"), data }
    }
}

impl From<DefinitionError> for Fault {
    fn from(error: DefinitionError) -> Self {
        Error::from(error).into()
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Error::from(error).into()
    }
}

impl From<wheatear_types::Error> for Fault {
    fn from(error: wheatear_types::Error) -> Self {
        Self::new(Exit::Data, error.to_string())
    }
}

impl From<wheatear::rusqlite::Error> for Fault {
    fn from(error: wheatear::rusqlite::Error) -> Self {
        let is_busy = matches!(error.sqlite_error_code(), Some(ErrorKind::DatabaseBusy | ErrorKind::DatabaseLocked));
        Self::new(if is_busy { Exit::Busy } else { Exit::Data }, format!("SQLite refused: {error}"))
    }
}

/// Whether it is the file itself that is wrong.
fn is_of_content(kind: StorageErrorKind) -> bool {
    use StorageErrorKind::{Corrupt, Encrypted, InvalidPageSize, NotADatabase, Truncated};
    matches!(kind, NotADatabase | Corrupt | Truncated | Encrypted | InvalidPageSize)
}
