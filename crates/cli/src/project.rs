use serde_json::json;
use wheatear::rusqlite::Connection;
use wheatear::{MigrationSet, Migrator, SourceFile, TablePrefix};

use crate::arguments::General;
use crate::output::Output;
use crate::paths::{join, parent};
use crate::settings::Settings;
use crate::{Access, Exit, Fault, Host};

/// A folder of migrations, and what is said of it.
pub(crate) struct Project {
    pub settings: Settings,
    /// The way to the folder that the settings are in.
    pub home: String,
    /// The way to the folder of migrations.
    pub folder: String,
    pub prefix: TablePrefix,
}

impl Project {
    /// What the settings say, and the arguments otherwise.
    pub fn find(general: &General, host: &dyn Host) -> Result<Self, Fault> {
        let (settings, home) = Settings::read(host)?;
        let folder = match (&general.folder, &settings.folder) {
            (Some(folder), _) => folder.replace('\\', "/"),
            (None, Some(folder)) => join(&home, folder),
            (None, None) => "migrations".to_owned(),
        };
        let prefix = match &general.table_prefix {
            Some(prefix) => TablePrefix::new(prefix).map_err(|error| Fault::usage(error.to_string()))?,
            None => settings.prefix()?,
        };
        Ok(Self { settings, home, folder, prefix })
    }

    /// The folder's files, of which those that cannot be migrations have no text; sorted by name.
    pub fn files(&self, host: &dyn Host) -> Result<Vec<SourceFile>, Fault> {
        let Some(mut entries) = host.entries(&self.folder)? else {
            let folder = &self.folder;
            let cure = "make one with `wheatear init`, or name another with --folder";
            return Err(Fault::new(Exit::NoInput, format!("there is no folder {folder}; {cure}")));
        };
        entries.retain(|entry| !entry.name.starts_with('.') && !entry.is_folder);
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        let file = |name: &str| {
            let path = join(&self.folder, name);
            let is_sql = name.to_ascii_lowercase().ends_with(".sql");
            let text = if is_sql { host.text(&path)?.unwrap_or_default() } else { String::new() };
            Ok(SourceFile { path, text })
        };
        entries.iter().map(|entry| file(&entry.name)).collect()
    }

    pub fn set(&self, host: &dyn Host) -> Result<MigrationSet, Fault> {
        Ok(MigrationSet::from_files(self.files(host)?)?)
    }

    /// A migrator for a set of this project.
    pub fn migrator<'set>(&self, set: &'set MigrationSet) -> Migrator<'set> {
        Migrator::new(set).table_prefix(self.prefix.clone())
    }
}

/// A database that was opened to be changed, and is stored once that is done.
pub(crate) struct Database<'host> {
    path: String,
    host: &'host dyn Host,
    pub connection: Connection,
}

impl<'host> Database<'host> {
    pub fn open(path: &str, access: Access, host: &'host dyn Host) -> Result<Self, Fault> {
        let path = of_file(path)?;
        let connection = host.open(&path, access)?;
        Ok(Self { path, host, connection })
    }

    /// The same, or an empty one in memory where there is none yet: for what only looks.
    pub fn open_or_empty(path: &str, host: &dyn Host) -> Result<Connection, Fault> {
        let path = of_file(path)?;
        if host.is_there(&path) { host.open(&path, Access::Read) } else { Ok(Connection::open_in_memory()?) }
    }

    pub fn save(&self) -> Result<(), Fault> {
        self.host.save(&self.path, &self.connection)
    }
}

/// The path of a database, which SQLite must not take for something else.
fn of_file(path: &str) -> Result<String, Fault> {
    match path {
        "" | ":memory:" => Err(Fault::usage("a database is a file, and needs a name")),
        path => Ok(path.replace('\\', "/")),
    }
}

/// All text files below a folder, with paths from it; sorted. Those [of others](is_of_others) are left out.
pub(crate) fn files_below(folder: &str, host: &dyn Host) -> Result<Vec<SourceFile>, Fault> {
    let Some(paths) = paths_below(folder, host)? else {
        return Err(Fault::new(Exit::NoInput, format!("there is no folder {folder}")));
    };
    // What is no text is nobody's migration or query.
    let file = |path: String| host.text(&join(folder, &path)).ok().flatten().map(|text| SourceFile { path, text });
    Ok(paths.into_iter().filter_map(file).collect())
}

/// The paths of all files below a folder, from it; sorted, without those [of others](is_of_others). Links are not followed to
/// folders, because they may lead around in a circle. `None` if there is no such folder.
pub(crate) fn paths_below(folder: &str, host: &dyn Host) -> Result<Option<Vec<String>>, Fault> {
    let mut paths = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(below) = folders.pop() {
        let Some(entries) = host.entries(&join(folder, &below))? else { return Ok(None) };
        for entry in entries.into_iter().filter(|entry| !is_of_others(&entry.name)) {
            let path = if below.is_empty() { entry.name } else { format!("{below}/{}", entry.name) };
            if entry.is_folder { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    Ok(Some(paths))
}

/// Whether something in a folder is not of the project itself: hidden, installed, or built.
pub(crate) fn is_of_others(name: &str) -> bool {
    name.starts_with('.') || ["node_modules", "target", "dist"].contains(&name)
}

/// Writes what a command makes: to a file, unless it is in there, or to standard output.
pub(crate) fn deliver(text: &str, out: Option<&str>, host: &dyn Host, output: &Output<'_>) -> Result<(), Fault> {
    let Some(path) = out else {
        output.say(&json!({ "text": text }), || text.to_owned());
        return Ok(());
    };
    let is_written = host.text(path)?.as_deref() != Some(text);
    if is_written {
        host.write(path, text)?;
    }
    output.say(&json!({ "file": path, "written": is_written }), || {
        if is_written { format!("{} {path}", output.good("wrote")) } else { format!("{path} is as it should be") }
    });
    Ok(())
}

/// The name of a file, without the folder's.
pub(crate) fn file_name(path: &str) -> &str {
    let folder = parent(path);
    if folder.is_empty() { path.trim_start_matches('/') } else { &path[folder.len() + 1..] }
}
