use std::borrow::Cow;

use crate::line_ends::with_line_feeds;
use crate::other_tools::undone_elsewhere;
use crate::sql_text::line_at;
use crate::{DefinitionError, DefinitionErrorKind};

/// A file of a migration folder: what [`SetDefinition::from_files`](crate::SetDefinition::from_files) reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path, such as `migrations/0001.create.sql`; its last part is the file name, all of it appears in errors. A
    /// folder whose files were not read ends in `/`, and is [passed over](crate::SetDefinition::passed_over).
    pub path: String,
    /// The whole text. Lines may end in any way: they are read as if they ended in a line feed.
    pub text: String,
}

/// What a file is, told by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// What editors and file systems keep to themselves.
    Hidden,
    /// Stands beside migrations and is not taken for one: a text about them, an editor's copy.
    Companion,
    /// Is no migration here, though it may be meant as one.
    PassedOver,
    /// Applies the migration of this id.
    Up(String),
    /// Takes the migration of this id back.
    Down(String),
    /// Runs after every run that applied something.
    Hook(String),
}

/// Refuses an id that a `-- depends:` header could not name.
pub(crate) fn check_id(id: &str) -> Result<(), &'static str> {
    if id.is_empty() || id.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',') {
        return Err(
            "a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters",
        );
    }
    Ok(())
}

/// What a file is whose name does not end in `.sql`; `None` if it does.
pub(crate) fn role_without_sql(name: &str) -> Option<Role> {
    let name = name.to_ascii_lowercase();
    if name.starts_with('.') {
        return Some(Role::Hidden);
    }
    if name.ends_with(".sql") {
        return None;
    }
    let ends_in = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let begins_with = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    let is_copy = ends_in(&["~", "#", ".bak", ".orig", ".rej", ".swp", ".tmp"]);
    let is_text = begins_with(&["readme", "license", "licence", "copying", "changelog", "thumbs.db", "desktop.ini"])
        || ends_in(&[".md", ".markdown", ".rst", ".adoc", ".txt"]);
    // `1.sql.txt` is what an editor may have made of a migration.
    Some(if is_copy || (is_text && !name.contains(".sql")) { Role::Companion } else { Role::PassedOver })
}

impl SourceFile {
    /// What this file is; an error if its name nearly says it.
    pub(crate) fn role(&self) -> Result<Role, DefinitionError> {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or_default();
        if let Some(role) = role_without_sql(name) {
            return Ok(role);
        }
        let Some(stem) = name.strip_suffix(".sql") else {
            return Err(self.invalid_name("the name of a migration ends in .sql, in lower case"));
        };
        let (id, is_down) = [(".rollback", true), (".down", true), (".up", false)]
            .into_iter()
            .find_map(|(suffix, is_down)| Some((stem.strip_suffix(suffix)?, is_down)))
            .unwrap_or((stem, false));
        check_id(id).map_err(|why| self.invalid_name(why))?;
        // As a migration of its own it would run right after the one that it takes back.
        let lower = id.to_ascii_lowercase();
        if let Some(suffix) = [".rollback", ".down", ".up"].into_iter().find(|suffix| lower.ends_with(suffix)) {
            return Err(self.invalid_name(format!("write the end of its name as {suffix}.sql, once and in lower case")));
        }
        if let Some(why) = undone_elsewhere(id) {
            return Err(self.invalid_name(why));
        }
        let id = id.to_owned();
        let is_hook = id.starts_with("post-apply");
        if !is_hook && id.to_ascii_lowercase().starts_with("post-apply") {
            return Err(self.invalid_name("the name of a hook begins with post-apply in lower case"));
        }
        match (is_hook, is_down) {
            (true, true) => Err(self.invalid_name("a hook (post-apply*.sql) cannot be taken back; remove this file")),
            (true, false) => Ok(Role::Hook(id)),
            (false, true) => Ok(Role::Down(id)),
            (false, false) => Ok(Role::Up(id)),
        }
    }

    /// Drops a byte order mark, makes all line ends the same, and refuses a NUL, at which SQLite would silently stop
    /// reading.
    pub(crate) fn cleaned(mut self) -> Result<Self, DefinitionError> {
        if let Some(text) = self.text.strip_prefix('\u{feff}') {
            self.text = text.to_owned();
        }
        if let Cow::Owned(text) = with_line_feeds(&self.text) {
            self.text = text;
        }
        match self.text.find('\0') {
            None => Ok(self),
            Some(at) => {
                let kind = DefinitionErrorKind::UnreadableFile("contains a NUL character; remove it".to_owned());
                Err(self.error(line_at(&self.text, at), kind))
            }
        }
    }

    /// An error at a line of this file.
    pub(crate) fn error(&self, line: usize, kind: DefinitionErrorKind) -> DefinitionError {
        DefinitionError { file: self.path.clone(), line, kind }
    }

    pub(crate) fn invalid_name(&self, why: impl Into<String>) -> DefinitionError {
        self.error(1, DefinitionErrorKind::InvalidName(why.into()))
    }
}
