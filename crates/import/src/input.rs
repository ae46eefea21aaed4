//! The files of a tool's folder.

use wheatear_core::SourceFile;

use crate::error::ImportError;
use crate::tool::Tool;

/// A file, as it is read.
#[derive(Debug)]
pub(crate) struct Input {
    /// Below the tool's folder, with `/`.
    pub path: String,
    /// Without a byte order mark, its lines end in a line feed.
    pub text: String,
    /// As it was given.
    pub original: String,
}

impl Input {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The path of its folder, empty for the tool's own.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// An error at a line of it.
    pub fn error(&self, line: usize, message: impl Into<String>) -> ImportError {
        ImportError::new(&self.path, line, message)
    }

    /// The value of the first line `key = value`, without quotes, with the line's number. Enough for a switch in TOML, or in a
    /// file of Java's properties.
    pub fn setting(&self, key: &str) -> Option<(usize, &str)> {
        self.text.lines().enumerate().find_map(|(index, line)| {
            let (name, value) = line.split('#').next()?.split_once(['=', ':'])?;
            (name.trim() == key).then(|| (index + 1, value.trim().trim_matches(['"', '\''])))
        })
    }
}

/// Sorted by path. What editors and file systems keep to themselves is left out.
pub(crate) fn read(files: Vec<SourceFile>) -> Vec<Input> {
    let mut inputs: Vec<Input> = files
        .into_iter()
        .map(|SourceFile { path, text: original }| {
            let text = original.strip_prefix('\u{feff}').unwrap_or(&original).replace("\r\n", "\n");
            let path = path.replace('\\', "/").trim_start_matches("./").to_owned();
            Input { path, text: text.replace('\r', "\n"), original }
        })
        .filter(|input| !input.path.split('/').any(|part| part.starts_with('.')) && !input.path.ends_with('/'))
        .collect();
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs
}

/// The folder has no migration of this tool; `form` says what one is called.
pub(crate) fn nothing_found(tool: Tool, inputs: &[Input], form: &str) -> ImportError {
    let mut folders: Vec<&str> = inputs.iter().map(Input::folder).filter(|folder| !folder.is_empty()).collect();
    folders.dedup();
    let hint = match folders[..] {
        [] => String::new(),
        _ => format!("; if they are in a folder in it, name that one: {}", folders.join(", ")),
    };
    ImportError::new(".", 1, format!("there is no migration of {tool} in this folder, which are called {form}{hint}"))
}
