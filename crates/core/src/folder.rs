use std::collections::BTreeMap;

use crate::draft::{Draft, read_header};
use crate::header::Header;
use crate::lower_case::lower_case;
use crate::migration::{Hook, Script};
use crate::natural_order::natural_order;
use crate::other_tools::{way_back_beside, way_back_inside};
use crate::sorted::sort_by;
use crate::source_file::{Role, SourceFile, check_id};
use crate::sql_text::line_at;
use crate::{CodeMigration, DefinitionError, DefinitionErrorKind, SqlMigration, script_rules};

/// What was found in a folder, sorted naturally by id.
pub(crate) struct Folder {
    pub drafts: Vec<Draft>,
    pub hooks: Vec<Hook>,
    /// Files that may be meant as migrations.
    pub passed_over: Vec<String>,
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
    pub fn read(files: impl IntoIterator<Item = SourceFile>) -> Result<Self, DefinitionError> {
        let mut files: Vec<SourceFile> = files.into_iter().collect();
        sort_by(&mut files, |a, b| a.path.cmp(&b.path));

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
            let mut draft = read_up(NamedFile { id, file, written }, header)?;
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
        sort_by(&mut drafts, |a, b| natural_order(&a.id, &b.id));

        let mut hooks = hooks.into_values().map(|hook| read_hook(hook.id, hook.file)).collect::<Result<Vec<_>, _>>()?;
        sort_by(&mut hooks, |a, b| natural_order(&a.id, &b.id));
        Ok(Self { drafts, hooks, passed_over, companions })
    }

    /// Takes migrations in SQL that are no files.
    pub fn of_sql(migrations: impl IntoIterator<Item = SqlMigration>) -> Result<Self, DefinitionError> {
        let mut folder =
            Self { drafts: Vec::new(), hooks: Vec::new(), passed_over: Vec::new(), companions: Vec::new() };
        for mut migration in migrations {
            let (up, down) = (std::mem::take(&mut migration.up), migration.down.take());
            let up = NamedFile::cleaned(migration.id.clone(), SourceFile { path: migration.id.clone(), text: up })?;
            let header = migration.complete(read_header(&up.file)?);
            check_one_way(&up.file, "put what follows into down")?;
            let mut draft = read_up(up, header)?;
            if let Some(text) = down {
                draft.add_down(SourceFile { path: format!("{} (down)", migration.id), text }.cleaned()?)?;
            }
            folder.add(draft)?;
        }
        Ok(folder)
    }

    /// Refuses files of which none is understood: an upgrade with no migrations would succeed and do nothing.
    pub fn check_understood(&self) -> Result<(), DefinitionError> {
        let files: Vec<String> = self.passed_over.iter().chain(&self.companions).cloned().collect();
        match files.first() {
            Some(first) if self.drafts.is_empty() && self.hooks.is_empty() => {
                let file = first.clone();
                Err(DefinitionError { file, line: 1, kind: DefinitionErrorKind::NoMigrations { passed_over: files } })
            }
            _ => Ok(()),
        }
    }

    /// Takes in a migration that is written in code.
    pub fn add_code(&mut self, code: CodeMigration) -> Result<(), DefinitionError> {
        self.add(Draft::from_code(code))
    }

    /// Takes in a migration whose id no file's name has given.
    fn add(&mut self, draft: Draft) -> Result<(), DefinitionError> {
        let misnamed = draft.id.starts_with("post-apply").then_some("only a hook can be called post-apply…");
        if let Err(why) = misnamed.map_or_else(|| check_id(&draft.id), Err) {
            let kind = DefinitionErrorKind::InvalidName(why.to_owned());
            return Err(DefinitionError { file: draft.file.into_owned(), line: 1, kind });
        }
        if let Some(other) = self.drafts.iter().find(|other| lower_case(&other.id) == lower_case(&draft.id)) {
            return Err(duplicate(draft.file.into_owned(), &draft.id, &other.file));
        }
        let place = self.drafts.partition_point(|other| natural_order(&other.id, &draft.id).is_lt());
        self.drafts.insert(place, draft);
        Ok(())
    }
}

impl NamedFile {
    fn cleaned(id: String, file: SourceFile) -> Result<Self, DefinitionError> {
        let written = file.text.contains('\r').then(|| file.text.clone());
        Ok(Self { id, file: file.cleaned()?, written })
    }
}

fn read_up(NamedFile { id, file, written }: NamedFile, header: Header) -> Result<Draft, DefinitionError> {
    script_rules::check(&file, &id, header.transactional, header.foreign_keys)?;
    Ok(Draft::from_file(id, file, written, header))
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
    script_rules::check(&file, &id, header.transactional, header.foreign_keys)?;
    let Header { transactional, foreign_keys, .. } = header;
    Ok(Hook {
        id: id.into(),
        script: Script { file: file.path.into(), sql: file.text.into(), transactional, foreign_keys },
    })
}

fn insert(files: &mut FilesById, id: String, file: SourceFile) -> Result<(), DefinitionError> {
    let named = NamedFile::cleaned(id, file)?;
    let key = lower_case(&named.id);
    if let Some(other) = files.get(&key) {
        return Err(duplicate(named.file.path, &named.id, &other.file.path));
    }
    files.insert(key, named);
    Ok(())
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
