use std::fs;
use std::path::{Path, PathBuf};

use wheatear_core::{DefinitionError, DefinitionErrorKind, SourceFile};

/// Reads every `.sql` file of a folder.
///
/// `shown` is the folder as the developer wrote it: errors name files below it, because a path of
/// the build machine has no place in a module that others download.
pub(crate) fn read(shown: &str, folder: &Path) -> Result<Vec<(PathBuf, SourceFile)>, DefinitionError> {
    let unreadable =
        |file: String, why: String| DefinitionError { file, line: 1, kind: DefinitionErrorKind::UnreadableFile(why) };
    let entries = fs::read_dir(folder).map_err(|error| {
        let why = format!("the folder of migrations cannot be read: {error}; looked for {}", folder.display());
        unreadable(shown.to_owned(), why)
    })?;

    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(shown.to_owned(), error.to_string()))?.path();
        if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("sql")) || path.is_dir() {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // What editors and file systems leave there need not be text.
        if name.starts_with('.') {
            continue;
        }
        let shown_path = format!("{}/{name}", shown.trim_end_matches('/'));
        let text = fs::read_to_string(&path)
            .map_err(|error| unreadable(shown_path.clone(), format!("cannot be read: {error}")))?;
        files.push((path, SourceFile { path: shown_path, text }));
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files)
}
