use std::fs;
use std::path::{Path, PathBuf};

use crate::{DefinitionError, DefinitionErrorKind, SourceFile};

/// What is in a folder on disk.
#[derive(Debug)]
pub struct FolderFiles {
    /// The `.sql` files, and where each is.
    pub sql: Vec<(PathBuf, SourceFile)>,
    /// What else is there, not read: other files, and folders that hold any, which end in `/`.
    pub others: Vec<SourceFile>,
}

impl FolderFiles {
    /// Reads every `.sql` file of a folder, but for hidden ones.
    ///
    /// `shown` is the folder as the developer wrote it: errors name files below it, because a path of
    /// the build machine has no place in a module that others download.
    ///
    /// # Errors
    /// The folder, or a file in it, cannot be read, or is not text.
    pub fn read(shown: &str, folder: &Path) -> Result<Self, DefinitionError> {
        let unreadable = |file: String, why: String| DefinitionError {
            file,
            line: 1,
            kind: DefinitionErrorKind::UnreadableFile(why),
        };
        let entries = fs::read_dir(folder).map_err(|error| {
            let why = format!("the folder of migrations cannot be read: {error}; looked for {}", folder.display());
            unreadable(shown.to_owned(), why)
        })?;

        let (mut sql, mut others) = (Vec::new(), Vec::new());
        for entry in entries {
            let path = entry.map_err(|error| unreadable(shown.to_owned(), error.to_string()))?.path();
            // What editors and file systems leave there need not be text.
            let Some(name) = visible_name(&path) else { continue };
            let shown_path = format!("{}/{name}", shown.trim_end_matches('/'));
            if path.is_dir() {
                if holds_files(&path) {
                    others.push(SourceFile { path: format!("{shown_path}/"), text: String::new() });
                }
            } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
                let text = fs::read_to_string(&path)
                    .map_err(|error| unreadable(shown_path.clone(), format!("cannot be read: {error}")))?;
                sql.push((path, SourceFile { path: shown_path, text }));
            } else {
                others.push(SourceFile { path: shown_path, text: String::new() });
            }
        }
        sql.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self { sql, others })
    }
}

fn visible_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned()).filter(|name| !name.starts_with('.'))
}

/// Whether a folder holds a file that is not hidden, at any depth. Links are taken for files, because they may
/// lead around in a circle.
fn holds_files(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| visible_name(&entry.path()).is_some()).any(|entry| {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        !is_folder || holds_files(&entry.path())
    })
}
