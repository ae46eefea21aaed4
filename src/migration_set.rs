use std::borrow::Cow;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use std::path::Path;

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use wheatear_core::FolderFiles;
use wheatear_core::{DefinitionError, Digest, Hook, Migration, Schema, SetDefinition, SourceFile, SqlMigration};

use rusqlite::Connection;

use crate::code_step::CodeStep;
use crate::error::{Error, trial_error};

/// The ordered, validated migrations that a build carries: those of a folder, and those written in code.
///
/// [`migrations!`](crate::migrations!) makes one at compile time, [`MigrationSet::from_files`] at run
/// time.
#[derive(Clone, Debug)]
pub struct MigrationSet {
    definition: SetDefinition,
    code: Cow<'static, [CodeStep]>,
    /// What gives a connection the application's functions and collations.
    prepare: Prepare,
}

/// Prepares a connection.
type Prepare = fn(&Connection) -> rusqlite::Result<()>;

fn nothing(_: &Connection) -> rusqlite::Result<()> {
    Ok(())
}

impl MigrationSet {
    /// Builds the set from the files of one folder, in any order:
    ///
    /// * `X.sql` or `X.up.sql` applies the migration with the id `X`;
    /// * `X.rollback.sql` or `X.down.sql` takes it back;
    /// * `post-apply*.sql` runs after every run that applied something;
    /// * hidden files are not looked at; what else is no migration is [told](Self::passed_over).
    ///
    /// Of a path only the last part, the file's name, says something: files of several folders are one set. The
    /// order is topological over the `-- depends:` headers, ties in natural order: 2 before 10. All
    /// headers: [`wheatear_core::header`].
    ///
    /// ```
    /// use wheatear::{MigrationSet, SourceFile};
    ///
    /// let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    /// let set = MigrationSet::from_files([
    ///     file("10.index.sql", "CREATE INDEX node_name ON node (name);"),
    ///     file("2.create.sql", "CREATE TABLE node (name TEXT);"),
    ///     file("2.create.rollback.sql", "DROP TABLE node;"),
    /// ])?;
    /// let ids: Vec<&str> = set.iter().map(|migration| migration.id()).collect();
    /// assert_eq!(ids, ["2.create", "10.index"]);
    /// # Ok::<(), wheatear::DefinitionError>(())
    /// ```
    ///
    /// # Errors
    /// The first fault found, with file and line: files of which none is a migration, a name that says nothing,
    /// a duplicate id, an unknown dependency, a circle, an unreadable header, a way back as other tools write it,
    /// a file without statements, a statement that cannot run inside of a transaction, an unbalanced savepoint.
    pub fn from_files(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, DefinitionError> {
        Self::build(files, [])
    }

    /// Builds the set from a folder on disk, read now: for tools, and for programs that do not carry their migrations.
    ///
    /// ```
    /// use wheatear::MigrationSet;
    ///
    /// let set = MigrationSet::from_folder("migrations")?;
    /// assert_eq!(set.latest().map(|migration| migration.id()), Some("0002.alter-table"));
    /// # Ok::<(), wheatear::DefinitionError>(())
    /// ```
    ///
    /// # Errors
    /// `unreadable_file` if the folder or a file in it cannot be read; else as [`MigrationSet::from_files`], with paths that
    /// begin with that of the folder.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, DefinitionError> {
        let folder = folder.as_ref();
        let FolderFiles { sql, others } = FolderFiles::read(&folder.to_string_lossy(), folder)?;
        Self::from_files(sql.into_iter().map(|(_, file)| file).chain(others))
    }

    /// The same, with migrations that are written in code.
    ///
    /// # Errors
    /// As [`MigrationSet::from_files`]; errors of code name its id instead of a file.
    pub fn build(
        files: impl IntoIterator<Item = SourceFile>,
        code: impl IntoIterator<Item = CodeStep>,
    ) -> Result<Self, DefinitionError> {
        let code: Vec<CodeStep> = code.into_iter().collect();
        let definition = SetDefinition::build(files, code.iter().map(CodeStep::migration))?;
        Ok(Self { definition, code: code.into(), prepare: nothing })
    }

    /// Builds the set from migrations that are no files, and from those that are written in code, in any order.
    ///
    /// ```
    /// use wheatear::{MigrationSet, SqlMigration};
    ///
    /// let create = SqlMigration {
    ///     id: "0001.create".into(),
    ///     up: "CREATE TABLE node (name TEXT);".into(),
    ///     down: Some("DROP TABLE node;".into()),
    ///     ..SqlMigration::default()
    /// };
    /// let set = MigrationSet::from_sql([create], [])?;
    /// assert_eq!(set.latest().map(|migration| migration.id()), Some("0001.create"));
    /// # Ok::<(), wheatear::DefinitionError>(())
    /// ```
    ///
    /// # Errors
    /// As [`MigrationSet::from_files`]; errors name a migration's id instead of a file.
    pub fn from_sql(
        migrations: impl IntoIterator<Item = SqlMigration>,
        code: impl IntoIterator<Item = CodeStep>,
    ) -> Result<Self, DefinitionError> {
        let code: Vec<CodeStep> = code.into_iter().collect();
        let definition = SetDefinition::from_sql(migrations, code.iter().map(CodeStep::migration))?;
        Ok(Self { definition, code: code.into(), prepare: nothing })
    }

    /// The same set, for an application that gives its connections functions or collations of its own: `prepare` gives them
    /// to those that Wheatear opens, to rehearse on a copy, to try the set out, and to compare a schema.
    ///
    /// ```
    /// use wheatear::{MigrationSet, SourceFile};
    ///
    /// let file = SourceFile { path: "1.node.sql".into(), text: "CREATE TABLE node (name COLLATE reversed);".into() };
    /// let set = MigrationSet::from_files([file])?.preparing(|connection| {
    ///     connection.create_collation("reversed", |one, other| other.cmp(one))
    /// });
    /// assert!(set.tried_out()?.schema().is_some());
    /// # Ok::<(), wheatear::Error>(())
    /// ```
    #[must_use]
    pub fn preparing(self, prepare: fn(&Connection) -> rusqlite::Result<()>) -> Self {
        Self { prepare, ..self }
    }

    /// Opens a database in memory that has what the application's have.
    pub(crate) fn memory(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open_in_memory()?;
        (self.prepare)(&connection)?;
        Ok(connection)
    }

    /// Gives a connection what the application's have.
    #[cfg(feature = "image")]
    pub(crate) fn prepare(&self, connection: &Connection) -> rusqlite::Result<()> {
        (self.prepare)(connection)
    }

    /// Runs the whole set on a database in memory, up, down and up again, as [`migrations!`](crate::migrations!)
    /// does at compile time. The set that it returns knows the schema it makes, so that runs can report drift.
    ///
    /// # Errors
    /// [`Error::Apply`] with file and line of the first statement that SQLite refuses; [`Error::Unsound`] for what
    /// would fail once there are rows, or is left without what it stands on.
    pub fn tried_out(&self) -> Result<Self, Error> {
        match wheatear_sqlite::try_out_prepared(&self.definition, &|| self.memory()).map_err(trial_error)? {
            Some(schema) => Ok(Self { definition: self.definition.clone().with_schema(schema), ..self.clone() }),
            None => Ok(self.clone()),
        }
    }

    /// What `migrations!` expands to.
    #[doc(hidden)]
    pub const fn embedded(
        migrations: &'static [Migration],
        hooks: &'static [Hook],
        code: &'static [CodeStep],
        digest: [u8; 32],
        schema: Option<Schema>,
    ) -> Self {
        let definition = SetDefinition::embedded(migrations, hooks, digest, schema);
        Self { definition, code: Cow::Borrowed(code), prepare: nothing }
    }

    /// The migrations, in the order in which they apply.
    pub fn iter(&self) -> std::slice::Iter<'_, Migration> {
        self.definition.iter()
    }

    /// How many migrations there are.
    pub fn len(&self) -> usize {
        self.definition.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.definition.is_empty()
    }

    /// The last migration: the schema version of a database that is current.
    pub fn latest(&self) -> Option<&Migration> {
        self.definition.latest()
    }

    /// What runs after every run that applied something, in order.
    pub fn hooks(&self) -> &[Hook] {
        self.definition.hooks()
    }

    /// Digest of the whole set: what a database records that has applied all of it and nothing else.
    pub fn digest(&self) -> &Digest {
        self.definition.digest()
    }

    /// Paths of the files that are no migrations although they may be meant as such, sorted: whoever reads a
    /// folder tells the developer. Of a set that [`migrations!`](crate::migrations!) made there are none, because the
    /// compiler has told.
    pub fn passed_over(&self) -> &[String] {
        self.definition.passed_over()
    }

    /// The schema of a database that has applied the whole set, if it was found out by running it.
    pub fn schema(&self) -> Option<&Schema> {
        self.definition.schema()
    }

    /// All of it but the functions of code steps: what [`wheatear_core`] plans with.
    pub fn definition(&self) -> &SetDefinition {
        &self.definition
    }

    /// The functions of a migration that is written in code.
    pub(crate) fn code_step(&self, id: &str) -> Option<&CodeStep> {
        self.code.iter().find(|step| step.id == id)
    }
}

impl<'set> IntoIterator for &'set MigrationSet {
    type Item = &'set Migration;
    type IntoIter = std::slice::Iter<'set, Migration>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
