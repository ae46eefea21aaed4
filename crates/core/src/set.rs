use std::borrow::Cow;
use std::collections::HashMap;

use crate::draft::{Draft, check_old_ids, cycle_error};
use crate::folder::Folder;
use crate::migration::Hook;
use crate::topological_order::topological_order;
use crate::{CodeMigration, DefinitionError, Digest, Migration, Schema, SourceFile, SqlMigration};

/// The ordered, validated migrations that a build carries, as far as they can be written down: the functions of those
/// that are written in code are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetDefinition {
    migrations: Cow<'static, [Migration]>,
    hooks: Cow<'static, [Hook]>,
    digest: Digest,
    schema: Option<Schema>,
    passed_over: Vec<String>,
}

impl SetDefinition {
    /// What `migrations!` expands to: a set that was validated at compile time.
    #[doc(hidden)]
    pub const fn embedded(
        migrations: &'static [Migration],
        hooks: &'static [Hook],
        digest: [u8; 32],
        schema: Option<Schema>,
    ) -> Self {
        Self {
            migrations: Cow::Borrowed(migrations),
            hooks: Cow::Borrowed(hooks),
            digest: Digest::from_bytes(digest),
            schema,
            passed_over: Vec::new(),
        }
    }

    /// Builds the set from the files of one folder, in any order:
    ///
    /// * `X.sql` or `X.up.sql` applies the migration with the id `X`;
    /// * `X.rollback.sql` or `X.down.sql` takes it back;
    /// * `post-apply*.sql` runs after every run that applied something;
    /// * hidden files are not looked at; what else is no migration is [told](Self::passed_over).
    ///
    /// Of a path only the last part, the file's name, says something: files of several folders are one set.
    /// The order is topological over the `-- depends:` headers, ties in [natural order](crate::natural_order).
    ///
    /// # Errors
    /// The first fault found, with file and line: files of which none is a migration, a name that says nothing,
    /// a duplicate id, an unknown dependency, a circle, an unreadable header, a way back as other tools write it,
    /// a NUL character, a file without statements, a statement that cannot run inside of a transaction, an
    /// unbalanced savepoint.
    pub fn from_files(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, DefinitionError> {
        Self::build(files, [])
    }

    /// The same, with migrations that are written in code.
    ///
    /// # Errors
    /// As [`SetDefinition::from_files`]; errors of code name its id instead of a file.
    pub fn build(
        files: impl IntoIterator<Item = SourceFile>,
        code: impl IntoIterator<Item = CodeMigration>,
    ) -> Result<Self, DefinitionError> {
        Self::of_folder(Folder::read(files)?, code)
    }

    /// Builds the set from migrations that are no files, in any order, by the same rules.
    ///
    /// # Errors
    /// As [`SetDefinition::from_files`]; errors name a migration's id instead of a file.
    pub fn from_sql(
        migrations: impl IntoIterator<Item = SqlMigration>,
        code: impl IntoIterator<Item = CodeMigration>,
    ) -> Result<Self, DefinitionError> {
        Self::of_folder(Folder::of_sql(migrations)?, code)
    }

    fn of_folder(mut folder: Folder, code: impl IntoIterator<Item = CodeMigration>) -> Result<Self, DefinitionError> {
        for migration in code {
            folder.add_code(migration)?;
        }
        folder.check_understood()?;
        let drafts = std::mem::take(&mut folder.drafts);
        check_old_ids(&drafts)?;
        let requires = drafts.iter().map(|draft| draft.requires(&drafts)).collect::<Result<Vec<_>, _>>()?;
        let order = topological_order(&requires).map_err(|circle| cycle_error(&drafts, &circle))?;

        let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
        let migrations: Vec<Migration> =
            order.into_iter().filter_map(|index| drafts[index].take()).map(Draft::into_migration).collect();
        let digest = Digest::of_applied(migrations.iter().map(|migration| (migration.id(), migration.checksum())));
        let Folder { hooks, passed_over, .. } = folder;
        Ok(Self { migrations: migrations.into(), hooks: hooks.into(), digest, schema: None, passed_over })
    }

    /// The same set, knowing what schema it makes.
    #[must_use]
    pub fn with_schema(self, schema: Schema) -> Self {
        Self { schema: Some(schema), ..self }
    }

    /// The migrations, in the order in which they apply.
    pub fn iter(&self) -> std::slice::Iter<'_, Migration> {
        self.migrations.iter()
    }

    /// How many migrations there are.
    pub fn len(&self) -> usize {
        self.migrations.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty()
    }

    /// The last migration: the schema version of a database that is current.
    pub fn latest(&self) -> Option<&Migration> {
        self.migrations.last()
    }

    /// What runs after every run that applied something, in order.
    pub fn hooks(&self) -> &[Hook] {
        &self.hooks
    }

    /// Digest of the whole set: what a database records that has applied all of it and nothing else.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Digest of what a database has applied, as this set sees it: a checksum that a migration accepts
    /// counts as its own. It is the [digest](Self::digest) of the set if all of it is applied and nothing
    /// else.
    pub fn digest_of<'a>(&self, applied: impl IntoIterator<Item = (&'a str, Digest)>) -> Digest {
        let known: HashMap<&str, &Migration> = self.iter().map(|migration| (migration.id(), migration)).collect();
        Digest::of_applied(applied.into_iter().map(|(id, checksum)| match known.get(id) {
            Some(migration) if migration.accepts(checksum) => (id, migration.checksum()),
            _ => (id, checksum),
        }))
    }

    /// Paths of the files that are no migrations although they may be meant as such, sorted: whoever reads a
    /// folder tells the developer. Not those that are often found beside migrations, such as a `README.md` or an
    /// editor's copies. Of a set that `migrations!` made there are none, because the compiler has told.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// The schema of a database that has applied the whole set, if it was found out by running it.
    pub fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }
}

impl<'set> IntoIterator for &'set SetDefinition {
    type Item = &'set Migration;
    type IntoIter = std::slice::Iter<'set, Migration>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
