use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::header::Header;
use crate::natural_order::natural_order;
use crate::sql_text::line_at;
use crate::statements::{is_transaction_control, needs_no_transaction, statements};
use crate::topological_order::topological_order;
use crate::{DefinitionError, DefinitionErrorKind, Digest, Migration};

/// The ordered, validated migrations that a build carries.
///
/// `migrations!("folder")` makes one at compile time; [`MigrationSet::from_files`] at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationSet {
    migrations: Cow<'static, [Migration]>,
    digest: Digest,
}

/// A file of a migration folder: what [`MigrationSet::from_files`] reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path, such as `migrations/0001.create.sql`; its last part is the file name, all of it appears in errors.
    pub path: String,
    /// The whole text.
    pub text: String,
}

impl MigrationSet {
    /// What `migrations!` expands to: a set that [`MigrationSet::from_files`] validated at compile time.
    #[doc(hidden)]
    pub const fn embedded(migrations: &'static [Migration], digest: [u8; 32]) -> Self {
        Self { migrations: Cow::Borrowed(migrations), digest: Digest::from_bytes(digest) }
    }

    /// Builds the set from the files of one folder, in any order:
    ///
    /// * `X.sql` or `X.up.sql` applies the migration with the id `X`;
    /// * `X.rollback.sql` or `X.down.sql` takes it back;
    /// * hidden files and those that do not end in `.sql` are not migrations.
    ///
    /// The order is topological over the `-- depends:` headers, ties in [natural order](natural_order).
    ///
    /// # Errors
    /// The first fault found, with file and line: a name that says nothing, a duplicate id, an
    /// unknown dependency, a circle, an unreadable header, a NUL character, a statement that cannot run
    /// inside of a transaction.
    pub fn from_files(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, DefinitionError> {
        let drafts = collect(files)?;
        let requires = drafts.iter().map(|draft| draft.requires(&drafts)).collect::<Result<Vec<_>, _>>()?;
        let order = topological_order(&requires).map_err(|circle| cycle_error(&drafts, &circle))?;

        let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
        let migrations: Vec<Migration> =
            order.into_iter().filter_map(|index| drafts[index].take()).map(Draft::into_migration).collect();
        let digest = Digest::of(&migrations);
        Ok(Self { migrations: migrations.into(), digest })
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

    /// Fingerprint of the whole set.
    pub fn digest(&self) -> &Digest {
        &self.digest
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
    id: String,
    up: SourceFile,
    down: Option<SourceFile>,
    header: Header,
}

impl Draft {
    /// Places in `drafts` (sorted naturally) of what this migration depends on.
    fn requires(&self, drafts: &[Draft]) -> Result<Vec<usize>, DefinitionError> {
        let place = |(id, line): &(String, usize)| {
            drafts.binary_search_by(|other| natural_order(&other.id, id)).map_err(|_| DefinitionError {
                file: self.up.path.clone(),
                line: *line,
                kind: DefinitionErrorKind::UnknownDependency {
                    dependency: id.clone(),
                    suggestion: closest(id, drafts),
                },
            })
        };
        let mut requires = self.header.depends.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        requires.sort_unstable();
        requires.dedup();
        Ok(requires)
    }

    fn into_migration(self) -> Migration {
        let depends = self.header.depends.into_iter().map(|(id, _)| id).collect();
        Migration::new(self.id, self.up.path, depends, self.up.text, self.down.map(|file| file.text))
    }
}

/// Part of a migration that a file holds, told by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Up,
    Down,
}

/// Reads names and headers, pairs ups with downs, sorts naturally by id.
fn collect(files: impl IntoIterator<Item = SourceFile>) -> Result<Vec<Draft>, DefinitionError> {
    let mut files: Vec<SourceFile> = files.into_iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));

    // Keyed in lower case: what differs only by case is one file on half of all machines.
    let mut ups: BTreeMap<String, Draft> = BTreeMap::new();
    let mut downs: BTreeMap<String, (String, SourceFile)> = BTreeMap::new();
    for mut file in files {
        let Some((id, part)) = classify(&file)? else { continue };
        check_text(&mut file)?;
        check_statements(&file, &id)?;
        let key = id.to_lowercase();
        let taken = match part {
            Part::Up => ups.get(&key).map(|draft| &draft.up),
            Part::Down => downs.get(&key).map(|(_, file)| file),
        };
        if let Some(other) = taken {
            let kind = DefinitionErrorKind::DuplicateId { id, other: other.path.clone() };
            return Err(DefinitionError { file: file.path, line: 1, kind });
        }
        match part {
            Part::Up => {
                let header = Header::parse(&file.text).map_err(|(line, kind)| DefinitionError {
                    file: file.path.clone(),
                    line,
                    kind,
                })?;
                ups.insert(key, Draft { id, up: file, down: None, header });
            }
            Part::Down => {
                downs.insert(key, (id, file));
            }
        }
    }

    for (key, (id, file)) in downs {
        match ups.get_mut(&key).filter(|draft| draft.id == id) {
            Some(draft) => draft.down = Some(file),
            None => return Err(invalid_name(&file, format!("takes back \"{id}\", but there is no {id}.sql"))),
        }
    }
    let mut drafts: Vec<Draft> = ups.into_values().collect();
    drafts.sort_by(|a, b| natural_order(&a.id, &b.id));
    Ok(drafts)
}

/// Id and part of a file by its name; `None` if it is not a migration.
fn classify(file: &SourceFile) -> Result<Option<(String, Part)>, DefinitionError> {
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let Some(stem) = name.strip_suffix(".sql").filter(|_| !name.starts_with('.')) else { return Ok(None) };
    if stem.starts_with("post-apply") {
        return Err(invalid_name(file, "hooks (post-apply*.sql) are not supported yet; move the file away".to_owned()));
    }
    let (id, part) = [(".rollback", Part::Down), (".down", Part::Down), (".up", Part::Up)]
        .into_iter()
        .find_map(|(suffix, part)| Some((stem.strip_suffix(suffix)?, part)))
        .unwrap_or((stem, Part::Up));
    if id.is_empty() || id.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',') {
        let why = "a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters";
        return Err(invalid_name(file, why.to_owned()));
    }
    Ok(Some((id.to_owned(), part)))
}

/// Drops a byte order mark; refuses a NUL, at which SQLite would silently stop reading.
fn check_text(file: &mut SourceFile) -> Result<(), DefinitionError> {
    if let Some(text) = file.text.strip_prefix('\u{feff}') {
        file.text = text.to_owned();
    }
    match file.text.find('\0') {
        None => Ok(()),
        Some(at) => Err(DefinitionError {
            line: line_at(&file.text, at),
            file: file.path.clone(),
            kind: DefinitionErrorKind::UnreadableFile("contains a NUL character; remove it".to_owned()),
        }),
    }
}

/// Refuses here, not in a user's browser, what cannot run in the transaction of a run.
fn check_statements(file: &SourceFile, id: &str) -> Result<(), DefinitionError> {
    for (index, (at, statement)) in statements(&file.text).enumerate() {
        if is_transaction_control(statement) || needs_no_transaction(statement) {
            let kind = DefinitionErrorKind::TransactionControl { migration: id.to_owned(), statement: index + 1 };
            return Err(DefinitionError { file: file.path.clone(), line: line_at(&file.text, at), kind });
        }
    }
    Ok(())
}

fn invalid_name(file: &SourceFile, why: String) -> DefinitionError {
    DefinitionError { file: file.path.clone(), line: 1, kind: DefinitionErrorKind::InvalidName(why) }
}

fn cycle_error(drafts: &[Draft], circle: &[usize]) -> DefinitionError {
    let (from, to) = (&drafts[circle[0]], &drafts[circle[1]]);
    let line = from.header.depends.iter().find(|(id, _)| *id == to.id).map_or(1, |(_, line)| *line);
    let ids = circle.iter().map(|&index| drafts[index].id.clone()).collect();
    DefinitionError { file: from.up.path.clone(), line, kind: DefinitionErrorKind::DependencyCycle(ids) }
}

/// An id that was probably meant: written with `.sql`, or nearly spelt the same.
fn closest(wrong: &str, drafts: &[Draft]) -> Option<String> {
    let bare = wrong.strip_suffix(".sql").unwrap_or(wrong);
    drafts
        .iter()
        .map(|draft| (strsim::damerau_levenshtein(bare, &draft.id), &draft.id))
        .filter(|(distance, id)| *distance <= id.chars().count() / 3)
        .min()
        .map(|(_, id)| id.clone())
}
