//! Folders of public projects, and of tools themselves, with databases that these have made.
//!
//! The projects are not in this repository: `IMPORT_PROOF` names a folder with `TOOL/PROJECT/…`, as the project has them. Each
//! is imported and applied; of a tool whose migrations cannot be imported, there are files of ours among its own. Where
//! `TOOL/PROJECT.expected.json` lies beside it, a list of `[name, sql]`, that is the schema which the project's SQL makes by
//! itself; `TOOL/PROJECT.functions` lists functions of the application that its SQL calls; `TOOL/PROJECT.db` is a database that
//! the tool has made: it is adopted, and then has everything. Without the variable there is nothing to do.
//!
//! What sqlx, refinery and diesel have made is kept in tests/made-by; what golang-migrate, goose and Flyway would make, by hand.
#![cfg(not(target_family = "wasm"))]

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use wheatear::{AdoptedBy, MigrationSet, Migrator, OnUnmanaged, SourceFile};
use wheatear_import::{Tool, import};

/// What functions of applications give matters to rows only.
const FUNCTIONS: [&str; 3] = ["durationToTinyInt", "basename", "regexp"];

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    FUNCTIONS
        .iter()
        .try_for_each(|name| connection.create_scalar_function(*name, -1, FunctionFlags::SQLITE_UTF8, |_| Ok(0)))
}

/// Everything in a database, without our tables and SQLite's own.
fn schema(database: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let sql = "SELECT name, sql FROM sqlite_schema
               WHERE tbl_name NOT LIKE '%wheatear%' AND name <> 'sqlite_sequence' AND sql NOTNULL ORDER BY name";
    database.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn files_below(folder: &Path, path: &str, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let path = format!("{path}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files_below(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.push(SourceFile { path, text });
        }
    }
}

/// The set that a tool's folder is.
fn set_of(tool: &str, folder: &Path) -> Result<MigrationSet, String> {
    let mut files = Vec::new();
    files_below(folder, "", &mut files);
    let files = match Tool::ALL.into_iter().find(|other| other.as_str() == tool) {
        None => files.into_iter().filter(|file| file.path.ends_with(".sql")).collect(),
        Some(tool) => {
            let imported = import(tool, files).map_err(|error| error.to_string())?;
            imported.notes.iter().for_each(|note| println!("    {note}"));
            imported.files
        }
    };
    MigrationSet::from_files(files).map_err(|error| error.to_string())
}

/// What became of a project.
fn outcome(tool: &str, folder: &Path) -> Result<String, String> {
    let set = set_of(tool, folder)?;
    let functions = fs::read_to_string(folder.with_extension("functions")).is_ok();
    let set = if functions { set.preparing(prepare) } else { set };
    let mut database = Connection::open_in_memory().map_err(|error| error.to_string())?;
    if functions {
        prepare(&database).map_err(|error| error.to_string())?;
    }
    Migrator::new(&set).apply(&mut database).map_err(|error| error.to_string())?;
    let downs = set.iter().filter(|migration| migration.has_down()).count();
    let (count, made) = (set.iter().count(), schema(&database).map_err(|error| error.to_string())?);
    let expected = fs::read_to_string(folder.with_extension("expected.json"));
    let compared = match expected {
        Err(_) => "not compared",
        Ok(expected) => {
            let expected: Vec<(String, String)> = serde_json::from_str(&expected).map_err(|error| error.to_string())?;
            let other = made.iter().find(|object| !expected.contains(object));
            let lacking = expected.iter().find(|object| !made.contains(object));
            match (other, lacking) {
                (None, None) => "the same schema",
                differ => return Err(format!("another schema: {differ:?}")),
            }
        }
    };
    let adopted = adopted(&set, folder)?;
    let tried = set.tried_out().map_or_else(|error| format!("; tried out: {error}"), |_| "; sound".to_owned());
    Ok(format!("{count} migrations, {downs} downs, {} objects, {compared}{adopted}{tried}", made.len()))
}

/// What becomes of a database that the tool itself has made.
fn adopted(set: &MigrationSet, folder: &Path) -> Result<String, String> {
    if fs::metadata(folder.with_extension("db")).is_err() {
        return Ok(String::new());
    }
    let copy = folder.with_extension("adopted.db");
    fs::copy(folder.with_extension("db"), &copy).map_err(|error| error.to_string())?;
    let mut database = Connection::open(&copy).map_err(|error| error.to_string())?;
    let migrator = Migrator::new(set);
    let report = migrator.adopt(&mut database).map_err(|error| error.to_string())?;
    let Some(found) = report.adopted.filter(|found| found.count == set.iter().count()) else {
        return Err(format!("not all of it is adopted, but up to {:?}", report.to));
    };
    match &migrator.apply(&mut database).map_err(|error| error.to_string())?.steps[..] {
        [] => Ok(format!(", adopted by {}", found.by)),
        steps => Err(format!("{} steps are left after it was adopted", steps.len())),
    }
}

#[test]
fn folders_of_projects_make_the_schema_that_they_make_by_themselves() {
    let Ok(root) = std::env::var("IMPORT_PROOF") else { return };
    let mut failed = Vec::new();
    for tool in Tool::ALL.into_iter().map(Tool::as_str).chain(["kysely"]) {
        let Ok(projects) = fs::read_dir(Path::new(&root).join(tool)) else { continue };
        let mut folders: Vec<_> =
            projects.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        for folder in folders {
            let name = format!("{tool}: {}", folder.file_name().unwrap_or_default().to_string_lossy());
            match outcome(tool, &folder) {
                Ok(what) => println!("{name}: {what}"),
                Err(why) => {
                    println!("{name}: {why}");
                    failed.push(name);
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The rows of a database's tables, without the tool's and ours.
fn rows(database: &Connection) -> Vec<String> {
    let sql = "SELECT id || '|' || text || '|' || author FROM note UNION ALL SELECT id || '|' || name FROM author";
    let mut statement = database.prepare(sql).expect("its tables");
    statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("rows")
}

#[test]
fn what_the_tools_themselves_have_made_is_adopted_and_what_they_have_not_applied_is_applied() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/made-by");
    for (name, tool, records, downs, by) in [
        ("sqlx", "sqlx", &["_sqlx_migrations"][..], 3, AdoptedBy::Number),
        ("refinery", "refinery", &["refinery_schema_history"], 0, AdoptedBy::Id),
        ("refinery-int8", "refinery", &["refinery_schema_history"], 0, AdoptedBy::Id),
        ("diesel", "diesel", &["__diesel_schema_migrations"], 3, AdoptedBy::Number),
        ("by-hand/golang-migrate", "golang-migrate", &["schema_migrations", "version_unique"], 3, AdoptedBy::Number),
        ("by-hand/goose", "goose", &["goose_db_version"], 3, AdoptedBy::Number),
        ("by-hand/flyway", "Flyway", &["flyway_schema_history", "flyway_schema_history_s_idx"], 1, AdoptedBy::Number),
    ] {
        let folder = folder.join(name);
        let set =
            set_of(&tool.to_lowercase(), &folder.join("migrations")).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(set.iter().filter(|migration| migration.has_down()).count(), downs, "{name}");
        let made = |file: &str| {
            let database = Connection::open_in_memory().expect("a database");
            let dump = fs::read_to_string(folder.join(file)).expect(file);
            database.execute_batch(&dump).unwrap_or_else(|error| panic!("{name}, {file}: {error}"));
            database
        };
        let all = made("all.sql");
        let its_own = |database: &Connection| -> Vec<(String, String)> {
            schema(database)
                .expect("a schema")
                .into_iter()
                .filter(|(object, _)| !records.contains(&&**object))
                .collect()
        };
        let mut new = Connection::open_in_memory().expect("a database");
        Migrator::new(&set).apply(&mut new).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(its_own(&new), its_own(&all), "{name}");

        for (file, applied, left) in [("behind.sql", 2, 1), ("all.sql", 3, 0)] {
            let mut database = made(file);
            let adopting = Migrator::new(&set).on_unmanaged(OnUnmanaged::Adopt);
            let report = adopting.apply(&mut database).unwrap_or_else(|error| panic!("{name}, {file}: {error}"));
            let adopted = report.adopted.as_ref().expect("it is adopted");
            assert_eq!((adopted.tool, adopted.by, adopted.count), (tool, by, applied), "{name}, {file}");
            assert_eq!(report.applied().count(), left, "{name}, {file}");
            assert_eq!(its_own(&database), its_own(&all), "{name}, {file}");
            assert_eq!(rows(&database), rows(&all), "{name}, {file}");
            assert!(Migrator::new(&set).apply(&mut database).expect("it is ours").steps.is_empty(), "{name}, {file}");
        }
    }
}
