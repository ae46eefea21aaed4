use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::header::Header;
use crate::line_ends::checksums_with_other_line_ends;
use crate::migration::{Body, Hook, Script};
use crate::natural_order::natural_order;
use crate::normal_form::normal_form;
use crate::other_tools::{way_back_beside, way_back_inside};
use crate::rename::{renamed, renames};
use crate::source_file::{Role, SourceFile, check_id};
use crate::sql_text::line_at;
use crate::topological_order::topological_order;
use crate::{
    CodeMigration, DefinitionError, DefinitionErrorKind, Digest, LedgerEntry, Migration, Schema, script_rules,
};

/// The ordered, validated migrations that a build carries.
///
/// `migrations!("folder")` makes one at compile time; [`MigrationSet::from_files`] at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationSet {
    migrations: Cow<'static, [Migration]>,
    hooks: Cow<'static, [Hook]>,
    digest: Digest,
    schema: Option<Schema>,
    passed_over: Vec<String>,
}

impl MigrationSet {
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
    /// The order is topological over the `-- depends:` headers, ties in [natural order](natural_order).
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
    /// As [`MigrationSet::from_files`]; errors of code name its id instead of a file.
    pub fn build(
        files: impl IntoIterator<Item = SourceFile>,
        code: impl IntoIterator<Item = CodeMigration>,
    ) -> Result<Self, DefinitionError> {
        let mut folder = Folder::read(files)?;
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

    /// What a database records as applied, under the ids that this set has for it: where a migration says
    /// `-- was:`, the database may not have heard of its new id yet.
    pub fn renamed<'ledger>(&self, ledger: &'ledger [LedgerEntry]) -> Cow<'ledger, [LedgerEntry]> {
        renamed(ledger, &renames(self, ledger))
    }

    /// The schema of a database that has applied the whole set, if it was found out by running it.
    pub fn schema(&self) -> Option<&Schema> {
        self.schema.as_ref()
    }
}

impl<'set> IntoIterator for &'set MigrationSet {
    type Item = &'set Migration;
    type IntoIter = std::slice::Iter<'set, Migration>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A migration while its folder is being read.
struct Draft {
    id: Cow<'static, str>,
    /// Path of its file, or what errors name instead.
    file: Cow<'static, str>,
    depends: Vec<Dependency>,
    was: Vec<Dependency>,
    compatible: bool,
    accepted_checksums: Vec<Digest>,
    /// The text as it was given, if its line ends were others.
    written: Option<String>,
    body: Body,
}

/// An id that a migration depends on or had before, and the line that says so.
struct Dependency {
    id: Cow<'static, str>,
    line: usize,
}

impl Draft {
    fn from_file(id: String, file: SourceFile, header: Header) -> Self {
        let dependency = |(id, line): (String, usize)| Dependency { id: id.into(), line };
        let script = Script {
            file: file.path.clone().into(),
            sql: file.text.into(),
            transactional: header.transactional,
            foreign_keys: header.foreign_keys,
        };
        Self {
            id: id.into(),
            file: file.path.into(),
            depends: header.depends.into_iter().map(dependency).collect(),
            was: header.was.into_iter().map(dependency).collect(),
            compatible: header.compatible,
            accepted_checksums: header.accepted_checksums,
            written: None,
            body: Body::Sql { up: script, down: None },
        }
    }

    fn from_code(code: CodeMigration) -> Self {
        let dependency = |id: &Cow<'static, str>| Dependency { id: id.clone(), line: 1 };
        Self {
            file: code.place().into(),
            id: code.id,
            depends: code.depends.iter().map(dependency).collect(),
            was: code.was.iter().map(dependency).collect(),
            compatible: code.compatible,
            accepted_checksums: Vec::new(),
            written: None,
            body: Body::Code { version: code.version, has_down: code.has_down },
        }
    }

    /// Places in `drafts` (sorted naturally) of what this migration depends on.
    fn requires(&self, drafts: &[Draft]) -> Result<Vec<usize>, DefinitionError> {
        let place = |Dependency { id, line }: &Dependency| {
            drafts.binary_search_by(|other| natural_order(&other.id, id)).map_err(|_| DefinitionError {
                file: self.file.to_string(),
                line: *line,
                kind: DefinitionErrorKind::UnknownDependency {
                    dependency: id.to_string(),
                    suggestion: closest(id, drafts),
                },
            })
        };
        let mut requires = self.depends.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        requires.sort_unstable();
        requires.dedup();
        Ok(requires)
    }

    fn into_migration(mut self) -> Migration {
        let checksum = match &self.body {
            Body::Sql { up, .. } => {
                let normal = normal_form(&up.sql);
                let others = checksums_with_other_line_ends(&normal, self.written.as_deref());
                self.accepted_checksums.extend(others);
                Digest::of_normal_form(&normal)
            }
            Body::Code { version, .. } => Digest::of_code(version),
        };
        Migration {
            id: self.id,
            file: self.file,
            depends: self.depends.into_iter().map(|dependency| dependency.id).collect(),
            was: self.was.into_iter().map(|dependency| dependency.id).collect(),
            compatible: self.compatible,
            checksum,
            accepted_checksums: self.accepted_checksums.into(),
            body: self.body,
        }
    }
}

/// What was found in a folder, sorted naturally by id.
struct Folder {
    drafts: Vec<Draft>,
    hooks: Vec<Hook>,
    /// Files that may be meant as migrations.
    passed_over: Vec<String>,
    /// Files that often stand beside migrations.
    companions: Vec<String>,
}

/// Files by id in lower case: what differs only by case is one file on half of all machines.
type FilesById = BTreeMap<String, NamedFile>;

/// A file that belongs to a migration, or is a hook.
struct NamedFile {
    id: String,
    file: SourceFile,
    /// Its text as it was given, if its line ends were others.
    written: Option<String>,
}

impl Folder {
    /// Reads names and headers, pairs ups with downs.
    fn read(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, DefinitionError> {
        let mut files: Vec<SourceFile> = files.into_iter().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));

        let (mut ups, mut downs, mut hooks) = (FilesById::new(), FilesById::new(), FilesById::new());
        let (mut passed_over, mut companions) = (Vec::new(), Vec::new());
        for file in files {
            match file.role()? {
                Role::Up(id) => insert(&mut ups, id, file)?,
                Role::Down(id) => insert(&mut downs, id, file)?,
                Role::Hook(id) => insert(&mut hooks, id, file)?,
                Role::PassedOver => passed_over.push(file.path),
                Role::Companion => companions.push(file.path),
                Role::Hidden => {}
            }
        }
        if let Some((back, forth)) = way_back_beside(ups.keys().map(String::as_str)) {
            let (NamedFile { id, file, .. }, NamedFile { file: forth, .. }) = (&ups[back], &ups[forth]);
            return Err(file.invalid_name(format!(
                "\"{id}\" seems to take back what {} does, and would run as a migration of its own: name them \
                 X.rollback.sql and X.sql",
                forth.path
            )));
        }

        let mut drafts = Vec::with_capacity(ups.len());
        for (key, NamedFile { id, file, written }) in ups {
            let header = read_header(&file)?;
            check_one_way(&file, &format!("put what follows into {id}.rollback.sql"))?;
            script_rules::check(&file, &id, header.transactional)?;
            let mut draft = Draft { written, ..Draft::from_file(id, file, header) };
            if let Some(NamedFile { id, file, .. }) = downs.remove(&key) {
                if id != draft.id {
                    return Err(takes_back_nothing(&file, &id));
                }
                draft.add_down(file)?;
            }
            drafts.push(draft);
        }
        if let Some(NamedFile { id, file, .. }) = downs.values().next() {
            return Err(takes_back_nothing(file, id));
        }
        drafts.sort_by(|a, b| natural_order(&a.id, &b.id));

        let mut hooks = hooks.into_values().map(|hook| read_hook(hook.id, hook.file)).collect::<Result<Vec<_>, _>>()?;
        hooks.sort_by(|a, b| natural_order(&a.id, &b.id));
        Ok(Self { drafts, hooks, passed_over, companions })
    }

    /// Refuses files of which none is understood: an upgrade with no migrations would succeed and do nothing.
    fn check_understood(&self) -> Result<(), DefinitionError> {
        let files: Vec<String> = self.passed_over.iter().chain(&self.companions).cloned().collect();
        match files.first() {
            Some(first) if self.drafts.is_empty() && self.hooks.is_empty() => {
                let file = first.clone();
                Err(DefinitionError { file, line: 1, kind: DefinitionErrorKind::NoMigrations { passed_over: files } })
            }
            _ => Ok(()),
        }
    }

    fn add_code(&mut self, code: CodeMigration) -> Result<(), DefinitionError> {
        let draft = Draft::from_code(code);
        let misnamed = draft.id.starts_with("post-apply").then_some("only a hook can be called post-apply…");
        if let Err(why) = misnamed.map_or_else(|| check_id(&draft.id), Err) {
            let kind = DefinitionErrorKind::InvalidName(why.to_owned());
            return Err(DefinitionError { file: draft.file.into_owned(), line: 1, kind });
        }
        if let Some(other) = self.drafts.iter().find(|other| other.id.to_lowercase() == draft.id.to_lowercase()) {
            return Err(duplicate(draft.file.into_owned(), &draft.id, &other.file));
        }
        let place = self.drafts.partition_point(|other| natural_order(&other.id, &draft.id).is_lt());
        self.drafts.insert(place, draft);
        Ok(())
    }
}

impl Draft {
    /// The down runs as the up does; its own file has no headers.
    fn add_down(&mut self, file: SourceFile) -> Result<(), DefinitionError> {
        let Body::Sql { up, down } = &mut self.body else { return Ok(()) };
        let header = read_header(&file)?;
        if let Some((key, line)) = header.keys.first() {
            let why = format!("`-- {}:` belongs into {}, and holds for this file too", key.as_str(), up.file);
            return Err(file.error(*line, DefinitionErrorKind::InvalidHeader(why)));
        }
        script_rules::check(&file, &self.id, up.transactional)?;
        *down = Some(Script { file: file.path.into(), sql: file.text.into(), ..*up });
        Ok(())
    }
}

fn read_hook(id: String, file: SourceFile) -> Result<Hook, DefinitionError> {
    use crate::header::Key;
    let header = read_header(&file)?;
    let misplaced = |(key, _): &&(Key, usize)| !matches!(key, Key::Transactional | Key::ForeignKeys);
    if let Some((key, line)) = header.keys.iter().find(misplaced) {
        let why = format!("`-- {}:` means nothing in a hook; remove the line", key.as_str());
        return Err(file.error(*line, DefinitionErrorKind::InvalidHeader(why)));
    }
    check_one_way(&file, "remove it and what follows, a hook cannot be taken back")?;
    script_rules::check(&file, &id, header.transactional)?;
    let Header { transactional, foreign_keys, .. } = header;
    Ok(Hook {
        id: id.into(),
        script: Script { file: file.path.into(), sql: file.text.into(), transactional, foreign_keys },
    })
}

fn insert(files: &mut FilesById, id: String, file: SourceFile) -> Result<(), DefinitionError> {
    let written = file.text.contains('\r').then(|| file.text.clone());
    let file = file.cleaned()?;
    let key = id.to_lowercase();
    if let Some(other) = files.get(&key) {
        return Err(duplicate(file.path, &id, &other.file.path));
    }
    files.insert(key, NamedFile { id, file, written });
    Ok(())
}

fn read_header(file: &SourceFile) -> Result<Header, DefinitionError> {
    Header::parse(&file.text).map_err(|(line, kind)| file.error(line, kind))
}

fn check_one_way(file: &SourceFile, remedy: &str) -> Result<(), DefinitionError> {
    way_back_inside(&file.text).map_or(Ok(()), |(at, what)| {
        let kind = DefinitionErrorKind::InvalidHeader(format!("{what}; {remedy}"));
        Err(file.error(line_at(&file.text, at), kind))
    })
}

fn takes_back_nothing(file: &SourceFile, id: &str) -> DefinitionError {
    file.invalid_name(format!("takes back \"{id}\", but there is no {id}.sql"))
}

fn duplicate(file: String, id: &str, other: &str) -> DefinitionError {
    let kind = DefinitionErrorKind::DuplicateId { id: id.to_owned(), other: other.to_owned() };
    DefinitionError { file, line: 1, kind }
}

/// An old id must not be the id of another migration, now or before: nobody could tell which of them is recorded.
fn check_old_ids(drafts: &[Draft]) -> Result<(), DefinitionError> {
    let ids: HashMap<&str, &Draft> = drafts.iter().map(|draft| (&*draft.id, draft)).collect();
    let mut claimed: HashMap<&str, &Draft> = HashMap::new();
    for draft in drafts {
        for Dependency { id, line } in &draft.was {
            let fault = match (ids.get(&**id), claimed.insert(id, draft)) {
                (Some(other), _) => format!("{} has this id now", other.file),
                (None, Some(other)) if other.id != draft.id => format!("{} says the same", other.file),
                _ if id.ends_with(".sql") => "an id is a file's name without .sql".to_owned(),
                _ => continue,
            };
            let why = format!("`-- was: {id}` must name an id that only this migration had, and has no more; {fault}");
            let kind = DefinitionErrorKind::InvalidHeader(why);
            return Err(DefinitionError { file: draft.file.to_string(), line: *line, kind });
        }
    }
    Ok(())
}

fn cycle_error(drafts: &[Draft], circle: &[usize]) -> DefinitionError {
    let (from, to) = (&drafts[circle[0]], &drafts[circle[1]]);
    let line = from.depends.iter().find(|dependency| dependency.id == to.id).map_or(1, |dependency| dependency.line);
    let ids = circle.iter().map(|&index| drafts[index].id.to_string()).collect();
    DefinitionError { file: from.file.to_string(), line, kind: DefinitionErrorKind::DependencyCycle(ids) }
}

/// An id that was probably meant: that of a migration which was called so, or one written with `.sql`, or nearly
/// spelt the same.
fn closest(wrong: &str, drafts: &[Draft]) -> Option<String> {
    let bare = wrong.strip_suffix(".sql").unwrap_or(wrong);
    if let Some(renamed) = drafts.iter().find(|draft| draft.was.iter().any(|old| old.id == bare)) {
        return Some(renamed.id.to_string());
    }
    drafts
        .iter()
        .map(|draft| (strsim::damerau_levenshtein(bare, &draft.id), &draft.id))
        .filter(|(distance, id)| *distance <= id.chars().count() / 3)
        .min()
        .map(|(_, id)| id.to_string())
}
