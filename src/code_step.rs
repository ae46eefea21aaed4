use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use rusqlite::Transaction;
use wheatear_core::CodeMigration;

/// Why a code step failed; `?` makes one of any error.
pub type CodeError = Box<dyn std::error::Error + Send + Sync>;

/// A function that applies a migration, or takes it back, inside of the run's transaction.
pub type CodeFunction = fn(&Transaction<'_>) -> Result<(), CodeError>;

type Closure = dyn Fn(&Transaction<'_>) -> Result<(), CodeError> + Send + Sync;

/// What a step does in one direction.
#[derive(Clone)]
pub(crate) enum CodeWork {
    /// In a set that the compiler made, which cannot allocate.
    Function(CodeFunction),
    /// In a set that was made at run time.
    Closure(Arc<Closure>),
}

impl CodeWork {
    pub(crate) fn run(&self, transaction: &Transaction<'_>) -> Result<(), CodeError> {
        match self {
            Self::Function(function) => function(transaction),
            Self::Closure(closure) => closure(transaction),
        }
    }
}

impl fmt::Debug for CodeWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeWork")
    }
}

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
    pub(crate) up: CodeWork,
    pub(crate) down: Option<CodeWork>,
}

impl CodeStep {
    /// A step with this id, in one order with the names of files. `version` stands for what the function
    /// does: change it, and databases that ran the old one count as edited.
    ///
    /// What a closure captures may differ from database to database; the version does not tell:
    ///
    /// ```
    /// use wheatear::CodeStep;
    ///
    /// let default: f64 = 20.0; // from a configuration
    /// let backfill = CodeStep::new("0003.backfill", "1", move |transaction| {
    ///     transaction.execute("UPDATE weather_node SET temp_c = ? WHERE temp_c IS NULL", [default])?;
    ///     Ok(())
    /// });
    /// # let _ = backfill;
    /// ```
    pub fn new(
        id: impl Into<Cow<'static, str>>,
        version: impl Into<Cow<'static, str>>,
        up: impl Fn(&Transaction<'_>) -> Result<(), CodeError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            depends: Vec::new(),
            was: Vec::new(),
            compatible: false,
            up: CodeWork::Closure(Arc::new(up)),
            down: None,
        }
    }

    /// Ids of the migrations that must be applied before it.
    #[must_use]
    pub fn depends<Id: Into<Cow<'static, str>>>(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { depends: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// Ids under which databases may have recorded it, because it had them before.
    /// With commas, as in `1, 2`: those of the migrations that it replaces.
    #[must_use]
    pub fn was<Id: Into<Cow<'static, str>>>(self, ids: impl IntoIterator<Item = Id>) -> Self {
        Self { was: ids.into_iter().map(Into::into).collect(), ..self }
    }

    /// The function that takes it back.
    #[must_use]
    pub fn down(self, down: impl Fn(&Transaction<'_>) -> Result<(), CodeError> + Send + Sync + 'static) -> Self {
        Self { down: Some(CodeWork::Closure(Arc::new(down))), ..self }
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
            up: CodeWork::Function(up),
            down: match down {
                Some(down) => Some(CodeWork::Function(down)),
                None => None,
            },
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
