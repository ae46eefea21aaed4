use serde::Serialize;
use wheatear::{Body, Migration, MigrationSet, SourceFile};
use wheatear_check::{CheckOptions, Finding, Lint, UnknownLint, check_with};

/// A finding, and the words of a terminal for it: `LintFinding` of client/build/tools.ts.
#[derive(Serialize)]
pub(crate) struct Linted {
    lint: &'static str,
    file: String,
    message: String,
}

impl From<Finding> for Linted {
    fn from(finding: Finding) -> Self {
        Self { lint: finding.lint.id(), message: finding.to_string(), file: finding.file }
    }
}

/// What is dangerous from the first migration on whose file is among the changed ones; in all of a set if none is. Nothing, if
/// it cannot be applied.
pub(crate) fn of(files: &[SourceFile], off: &[String], changed: &[String]) -> Result<Vec<Linted>, UnknownLint> {
    let off = off.iter().map(|id| id.parse()).collect::<Result<Vec<Lint>, _>>()?;
    let Ok(set) = MigrationSet::from_files(files.iter().cloned()) else { return Ok(Vec::new()) };
    let first = set.iter().find(|migration| is_in(migration, changed));
    let since = first.map(|migration| migration.id().to_owned());
    let checked = check_with(files, &CheckOptions { off, since, ..CheckOptions::default() });
    Ok(checked.map(|checked| checked.findings.into_iter().map(Linted::from).collect()).unwrap_or_default())
}

fn is_in(migration: &Migration, paths: &[String]) -> bool {
    let Body::Sql { up, down } = migration.body() else { return false };
    paths.iter().any(|path| *path == up.file || down.as_ref().is_some_and(|down| *path == down.file))
}
