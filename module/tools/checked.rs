use serde::Serialize;
use wheatear::{MigrationSet, SourceFile};
use wheatear_check::{CheckOptions, Finding, Lint, UnknownLint, check_with};

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
    /// What is dangerous.
    findings: Vec<Told>,
}

/// A finding, and the words of a terminal for it.
#[derive(Serialize)]
struct Told {
    lint: &'static str,
    message: String,
}

impl From<&Finding> for Told {
    fn from(finding: &Finding) -> Self {
        Self { lint: finding.lint.id(), message: finding.to_string() }
    }
}

/// Builds, tries out and looks at a set.
pub(crate) fn of(files: Vec<SourceFile>, off: &[String]) -> Result<Checked, UnknownLint> {
    let off = off.iter().map(|id| id.parse()).collect::<Result<Vec<Lint>, _>>()?;
    let nothing = Checked { digest: None, fault: None, untried: None, findings: Vec::new() };
    let set = match MigrationSet::from_files(files.iter().cloned()) {
        Ok(set) => set,
        Err(error) => return Ok(Checked { fault: Some(Fault::from(&error.into())), ..nothing }),
    };
    let nothing = Checked { digest: Some(set.digest().to_string()), ..nothing };
    Ok(match check_with(&files, &CheckOptions { off, ..CheckOptions::default() }) {
        Ok(checked) => Checked { findings: checked.findings.iter().map(Told::from).collect(), ..nothing },
        Err(error) if is_of_page(&error) => Checked { untried: Some(Fault::from(&error)), ..nothing },
        Err(error) => Checked { fault: Some(Fault::from(&error)), ..nothing },
    })
}
