use serde::Serialize;
use wheatear::{Error, MigrationSet, SourceFile};

use crate::fault::{Fault, is_of_page};

/// What can be said of a set without a user's database.
#[derive(Serialize)]
pub(crate) struct Checked {
    /// Of the set, if it is one.
    digest: Option<String>,
    /// Why it cannot be applied.
    fault: Option<Fault>,
    /// Why nobody but a page knows whether it can: it calls what the page may have.
    untried: Option<Fault>,
}

/// Builds a set and tries it out.
pub(crate) fn of(files: Vec<SourceFile>) -> Checked {
    let set = match MigrationSet::from_files(files) {
        Ok(set) => set,
        Err(error) => return told(None, Some(&error.into())),
    };
    told(Some(set.digest().to_string()), set.tried_out().err().as_ref())
}

fn told(digest: Option<String>, error: Option<&Error>) -> Checked {
    let told = error.map(Fault::from);
    let (fault, untried) = if error.is_some_and(is_of_page) { (None, told) } else { (told, None) };
    Checked { digest, fault, untried }
}
