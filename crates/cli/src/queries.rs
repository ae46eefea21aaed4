use wheatear::SourceFile;
use wheatear::rusqlite::Connection;
use wheatear_types::{NamedQuery, QueryFault, QueryTypes, queries_in, query_types};

use crate::paths::join;
use crate::project::{Project, files_below};
use crate::{Exit, Fault, Host};

/// The application's queries that have a name, in the files and folders that `wheatear.json` names.
#[derive(Default)]
pub(crate) struct Queries {
    named: Vec<NamedQuery>,
    /// What cannot be read as a query.
    faults: Vec<QueryFault>,
}

impl Queries {
    pub fn find(project: &Project, host: &dyn Host) -> Result<Self, Fault> {
        let mut queries = Self::default();
        for path in &project.settings.queries {
            for file in files_of(&join(&project.home, path), host)? {
                match queries_in(&file) {
                    Ok(named) => queries.named.extend(named),
                    Err(fault) => queries.faults.push(fault),
                }
            }
        }
        Ok(queries)
    }

    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// TypeScript types of all of them, and those of which only a page can tell whether they run.
    ///
    /// # Errors
    /// Everything that is wrong with them, by file and line.
    pub fn types(&self, database: &Connection) -> Result<QueryTypes, Vec<QueryFault>> {
        let mut faults = self.faults.clone();
        match query_types(database, &self.named) {
            Ok(types) if faults.is_empty() => Ok(types),
            Ok(_) => Err(faults),
            Err(others) => {
                faults.extend(others);
                faults.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
                Err(faults)
            }
        }
    }
}

/// A file, or all below a folder.
fn files_of(path: &str, host: &dyn Host) -> Result<Vec<SourceFile>, Fault> {
    if host.entries(path)?.is_some() {
        let placed = |file: SourceFile| SourceFile { path: join(path, &file.path), ..file };
        return Ok(files_below(path, host)?.into_iter().map(placed).collect());
    }
    match host.text(path)? {
        Some(text) => Ok(vec![SourceFile { path: path.to_owned(), text }]),
        None => Err(Fault::new(
            Exit::NoInput,
            format!("there is neither a file nor a folder {path}, which `queries` names"),
        )),
    }
}
