use std::borrow::Cow;

use rusqlite::Transaction;
use wheatear_core::CodeMigration;

/// Why a code step failed; `?` makes one of any error.
pub type CodeError = Box<dyn std::error::Error + Send + Sync>;

/// A function that applies a migration, or takes it back, inside of the run's transaction.
pub type CodeFunction = fn(&Transaction<'_>) -> Result<(), CodeError>;

/// A migration written in Rust, for what SQL cannot say: it changes rows; tables are changed in SQL
/// files, where the compiler can try them out.
///
/// ```
/// use wheatear::{CodeError, CodeStep, MigrationSet, Migrator, SourceFile};
/// use wheatear::rusqlite::{Connection, Transaction};
///
/// fn shout(transaction: &Transaction<'_>) -> Result<(), CodeError> {
///     transaction.execute("UPDATE note SET text = upper(text)", [])?;
///     Ok(())
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let file = SourceFile {
///     path: "0001.note.sql".into(),
///     text: "CREATE TABLE note (text); INSERT INTO note VALUES ('hello');".into(),
/// };
/// let set = MigrationSet::build([file], [CodeStep::new("0002.shout", "1", shout).depends(["0001.note"])])?;
/// let mut database = Connection::open_in_memory()?;
/// Migrator::new(&set).apply(&mut database)?;
/// let text: String = database.query_row("SELECT text FROM note", [], |row| row.get(0))?;
/// assert_eq!(text, "HELLO");
/// # Ok(())
/// # }
/// ```
///
/// Beside an embedded folder: [`migrations!`](crate::migrations!).
#[derive(Clone, Debug)]
pub struct CodeStep {
    pub(crate) id: Cow<'static, str>,
    version: Cow<'static, str>,
    depends: Vec<Cow<'static, str>>,
    was: Vec<Cow<'static, str>>,
    compatible: bool,
    pub(crate) up: CodeFunction,
    pub(crate) down: Option<CodeFunction>,
}

impl CodeStep {
    /// A step with this id, in one order with the names of files. `version` stands for what the function
    /// does: change it, and databases that ran the old one count as edited.
    pub fn new(id: impl Into<Cow<'static, str>>, version: impl Into<Cow<'static, str>>, up: CodeFunction) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            depends: Vec::new(),
            was: Vec::new(),
            compatible: false,
            up,
            down: None,
        }
    }

    /// Ids of the migrations that must be applied before it.
    #[must_use]
    pub fn depends<Id: Into<Cow<'static, str>>>(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { depends: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// Ids under which databases may have recorded it, because it had them before.
    #[must_use]
    pub fn was<Id: Into<Cow<'static, str>>>(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { was: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// The function that takes it back.
    #[must_use]
    pub fn down(self, down: CodeFunction) -> Self {
        Self { down: Some(down), ..self }
    }

    /// Code that does not know this migration may go on using the database.
    #[must_use]
    pub fn compatible(self) -> Self {
        Self { compatible: true, ..self }
    }

    /// What `migrations!` expands to; all but the functions is in the set already.
    #[doc(hidden)]
    pub const fn embedded(id: &'static str, up: CodeFunction, down: Option<CodeFunction>) -> Self {
        Self {
            id: Cow::Borrowed(id),
            version: Cow::Borrowed(""),
            depends: Vec::new(),
            was: Vec::new(),
            compatible: false,
            up,
            down,
        }
    }

    pub(crate) fn migration(&self) -> CodeMigration {
        CodeMigration {
            id: self.id.clone(),
            version: self.version.clone(),
            depends: self.depends.clone().into(),
            was: self.was.clone().into(),
            compatible: self.compatible,
            has_down: self.down.is_some(),
        }
    }
}
