//! What was found in a tool's folder, before it is made ours.

use crate::notes::Notes;

/// SQL of another tool, and where it stands.
#[derive(Debug)]
pub(crate) struct Piece {
    pub file: String,
    /// Line of the file at which it begins, counted from 1.
    pub line: usize,
    pub sql: String,
}

/// One migration.
#[derive(Debug)]
pub(crate) struct Found {
    pub id: String,
    pub up: Piece,
    pub down: Option<Piece>,
    /// Whether the tool runs it in a transaction.
    pub in_transaction: bool,
    /// Ids that it names; where there are none, the place in the list says what comes before.
    pub depends: Vec<String>,
    /// The text of whose bytes the tool records the SHA-256.
    pub hashed: Option<String>,
    /// Whether comments that are headers to us are headers to the tool.
    pub has_headers: bool,
}

impl Found {
    pub fn new(id: impl AsRef<str>, up: Piece, down: Option<Piece>) -> Self {
        let id = id.as_ref().replace(|c: char| c.is_whitespace() || c.is_control() || c == ',', "_");
        Self { id, up, down, in_transaction: true, depends: Vec::new(), hashed: None, has_headers: false }
    }
}

/// A tool's folder.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// In the order in which the tool runs them.
    pub migrations: Vec<Found>,
    /// What runs after every run, by id.
    pub hooks: Vec<(String, Piece)>,
    pub notes: Notes,
}
