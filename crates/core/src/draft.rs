use std::borrow::Cow;
use std::collections::HashMap;

use crate::header::Header;
use crate::line_ends::with_line_feeds;
use crate::migration::{Body, Script};
use crate::natural_order::natural_order;
use crate::normal_form::normal_form;
use crate::sorted::sort_by;
use crate::source_file::SourceFile;
use crate::{CodeMigration, DefinitionError, DefinitionErrorKind, Digest, Migration, script_rules};

/// A migration while its folder is being read.
pub(crate) struct Draft {
    pub id: Cow<'static, str>,
    /// Path of its file, or what errors name instead.
    pub file: Cow<'static, str>,
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

impl Dependency {
    /// No id has spaces, but there may be some where commas separate several.
    fn without_spaces(self) -> Self {
        match self.id.contains(',') {
            true => Self { id: self.id.split_whitespace().collect::<String>().into(), ..self },
            false => self,
        }
    }

    fn ids(&self) -> impl Iterator<Item = &str> {
        self.id.split(',')
    }
}

impl Draft {
    pub fn from_file(id: String, file: SourceFile, written: Option<String>, header: Header) -> Self {
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
            was: header.was.into_iter().map(dependency).map(Dependency::without_spaces).collect(),
            compatible: header.compatible,
            accepted_checksums: header.accepted_checksums,
            written,
            body: Body::Sql { up: script, down: None },
        }
    }

    pub fn from_code(code: CodeMigration) -> Self {
        let dependency = |id: &Cow<'static, str>| Dependency { id: id.clone(), line: 1 };
        Self {
            file: code.place().into(),
            id: code.id,
            depends: code.depends.iter().map(dependency).collect(),
            was: code.was.iter().map(dependency).map(Dependency::without_spaces).collect(),
            compatible: code.compatible,
            accepted_checksums: Vec::new(),
            written: None,
            body: Body::Code { version: code.version, has_down: code.has_down },
        }
    }

    /// Places in `drafts` (sorted naturally) of what this migration depends on.
    pub fn requires(&self, drafts: &[Draft]) -> Result<Vec<usize>, DefinitionError> {
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
        sort_by(&mut requires, Ord::cmp);
        requires.dedup();
        Ok(requires)
    }

    /// The down runs as the up does; its own file has no headers.
    pub fn add_down(&mut self, file: SourceFile) -> Result<(), DefinitionError> {
        let Body::Sql { up, down } = &mut self.body else { return Ok(()) };
        let header = read_header(&file)?;
        if let Some((key, line)) = header.keys.first() {
            let why = format!("`-- {}:` belongs into {}, and holds for this file too", key.as_str(), up.file);
            return Err(file.error(*line, DefinitionErrorKind::InvalidHeader(why)));
        }
        script_rules::check(&file, &self.id, up.transactional, up.foreign_keys)?;
        *down = Some(Script { file: file.path.into(), sql: file.text.into(), ..*up });
        Ok(())
    }

    /// The migration of a folder that is read to its end.
    pub fn into_migration(mut self) -> Migration {
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

/// What a file says in its first comments.
pub(crate) fn read_header(file: &SourceFile) -> Result<Header, DefinitionError> {
    Header::parse(&file.text).map_err(|(line, kind)| file.error(line, kind))
}

/// An old id must not be the id of another migration, now or before: nobody could tell which of them is recorded.
pub(crate) fn check_old_ids(drafts: &[Draft]) -> Result<(), DefinitionError> {
    let ids: HashMap<&str, &Draft> = drafts.iter().map(|draft| (&*draft.id, draft)).collect();
    let mut claimed: HashMap<&str, &Draft> = HashMap::new();
    for draft in drafts {
        let old_ids = draft.was.iter().flat_map(|old| old.ids().map(|id| (id, old.line)));
        for (id, line) in old_ids {
            let fault = match (ids.get(id), claimed.insert(id, draft)) {
                (Some(other), _) => format!("{} has this id now", other.file),
                (None, Some(other)) if other.id != draft.id => format!("{} says the same", other.file),
                _ if id.is_empty() => "there is nothing between two commas".to_owned(),
                _ if id.ends_with(".sql") => "an id is a file's name without .sql".to_owned(),
                _ => continue,
            };
            let why = format!("`-- was: {id}` must name an id that only this migration had, and has no more; {fault}");
            let kind = DefinitionErrorKind::InvalidHeader(why);
            return Err(DefinitionError { file: draft.file.to_string(), line, kind });
        }
    }
    Ok(())
}

/// The error of migrations that depend on each other.
pub(crate) fn cycle_error(drafts: &[Draft], circle: &[usize]) -> DefinitionError {
    let (from, to) = (&drafts[circle[0]], &drafts[circle[1]]);
    let line = from.depends.iter().find(|dependency| dependency.id == to.id).map_or(1, |dependency| dependency.line);
    let ids = circle.iter().map(|&index| drafts[index].id.to_string()).collect();
    DefinitionError { file: from.file.to_string(), line, kind: DefinitionErrorKind::DependencyCycle(ids) }
}

/// An id that was probably meant: that of a migration which was called so, or one written with `.sql`, or nearly
/// spelt the same.
fn closest(wrong: &str, drafts: &[Draft]) -> Option<String> {
    let bare = wrong.strip_suffix(".sql").unwrap_or(wrong);
    if let Some(renamed) = drafts.iter().find(|draft| draft.was.iter().any(|old| old.ids().any(|id| id == bare))) {
        return Some(renamed.id.to_string());
    }
    drafts
        .iter()
        .map(|draft| (strsim::osa_distance(bare, &draft.id), &draft.id))
        .filter(|(distance, id)| *distance <= id.chars().count() / 3)
        .min()
        .map(|(_, id)| id.to_string())
}

/// Checksums of the same statements with other line ends inside of strings, which earlier releases read as they
/// were: databases that recorded them have applied this.
///
/// `normal` is the normal form of the text with line feeds; `written` is the text as the file has it.
fn checksums_with_other_line_ends(normal: &str, written: Option<&str>) -> Vec<Digest> {
    let mut others = Vec::new();
    // Outside of strings and quoted names, a normal form has no line ends.
    if normal.contains('\n') {
        others.push(normal.replace('\n', "\r\n"));
    }
    if let Some(written) = written.map(normal_form) {
        // Not where a carriage return hid statements in a comment: those have not been applied.
        if with_line_feeds(&written) == normal && written != normal && !others.contains(&written) {
            others.push(written);
        }
    }
    others.iter().map(|normal| Digest::of_normal_form(normal)).collect()
}
