use serde::Serialize;
use wheatear::rusqlite::Connection;
use wheatear::{Error, MigrationSet, Migrator, SourceFile, TrialError};
use wheatear_types::{Flavor, QueryTypes, queries_in, query_types, row_types};

use crate::fault::Fault;

/// Types that a program writes, or why it cannot.
#[derive(Serialize)]
pub(crate) struct Typed {
    /// What the file of types holds.
    text: Option<String>,
    /// What keeps it from being written: all of it, of queries.
    faults: Vec<Fault>,
    /// Queries of which only a page can tell whether they run: they call what it may have.
    untried: Vec<Fault>,
}

/// Types of the rows of every table and view, and of the queries.
pub(crate) fn of(files: Vec<SourceFile>, queries: &[SourceFile], flavor: Flavor) -> Typed {
    match text_of(files, queries, flavor) {
        Ok(QueryTypes { text, untried, .. }) => {
            Typed { text: Some(text), faults: Vec::new(), untried: untried.into_iter().map(Fault::from).collect() }
        }
        Err(faults) => Typed { text: None, faults, untried: Vec::new() },
    }
}

fn text_of(files: Vec<SourceFile>, scripts: &[SourceFile], flavor: Flavor) -> Result<QueryTypes, Vec<Fault>> {
    let database = migrated(files).map_err(|error| vec![Fault::from(&error)])?;
    let rows = row_types(&database, flavor)
        .map_err(|error| vec![Fault { file: None, line: None, message: error.to_string(), sql: None }])?;
    let (mut queries, mut faults) = (Vec::new(), Vec::new());
    for script in scripts {
        match queries_in(script) {
            Ok(found) => queries.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    let mut types = query_types(&database, &queries).unwrap_or_else(|found| {
        faults.extend(found);
        QueryTypes::default()
    });
    if !faults.is_empty() {
        return Err(faults.into_iter().map(Fault::from).collect());
    }
    types.text = if types.text.is_empty() { rows } else { format!("{rows}\n{}", types.text) };
    Ok(types)
}

/// A database in memory in which everything is applied.
fn migrated(files: Vec<SourceFile>) -> Result<Connection, Error> {
    let set = MigrationSet::from_files(files)?;
    let mut database = Connection::open_in_memory().map_err(|error| Error::Unsound(TrialError::unusable(error)))?;
    Migrator::new(&set).apply(&mut database)?;
    Ok(database)
}
