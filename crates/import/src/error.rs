/// Something in another tool's folder that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct ImportError {
    /// Path of the file below the tool's folder; `.` for the folder itself.
    pub file: String,
    /// Line in that file, counted from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl ImportError {
    pub(crate) fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}
