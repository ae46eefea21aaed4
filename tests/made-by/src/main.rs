//! Databases that sqlx, refinery and diesel have made themselves, of the folders beside this one. They are kept as SQL, so that
//! only who makes them anew needs the tools, which take minutes to compile:
//!
//! ```sh
//! cd tests/made-by && cargo run && cargo run --features int8-versions
//! ```
//!
//! `TOOL/behind.sql` has applied all migrations but the last, and has rows; `TOOL/all.sql` has applied that one, too. What
//! becomes of them, crates/import/tests/projects.rs tests. A dump says at its top which version made it: that in Cargo.lock.
//! The folder `by-hand` has the same of tools that are in no registry of crates, npm or Python, written by hand from their
//! documentation.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use diesel::{Connection as _, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use refinery::{Runner, Target, load_sql_migrations};
use rusqlite::Connection;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What stands in a table before the last migration.
const ROWS: &str = "INSERT INTO note (text) VALUES ('  kept '), ('l''été');";

/// One tool and where it works.
struct Place {
    /// Its name and version.
    tool: String,
    folder: PathBuf,
}

impl Place {
    /// `name` is that of its folder here, `package` that in Cargo.lock.
    fn new(name: &str, package: &str) -> Outcome<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let lock = fs::read_to_string(here.join("Cargo.lock"))?;
        let begin = format!("name = \"{package}\"\nversion = \"");
        let (_, rest) = lock.split_once(&begin).ok_or("the package is not in Cargo.lock")?;
        let version = rest.split('"').next().unwrap_or_default();
        let place = Self { tool: format!("{name} ({package} {version})"), folder: here.join(name) };
        let _ = fs::remove_file(place.database());
        Ok(place)
    }

    fn migrations(&self) -> PathBuf {
        self.folder.join("migrations")
    }

    fn database(&self) -> PathBuf {
        self.folder.join("made.db")
    }

    fn open(&self) -> Outcome<Connection> {
        Ok(Connection::open(self.database())?)
    }

    /// Writes what the database holds now.
    fn keep(&self, name: &str) -> Outcome {
        let dump = format!("-- Made by {}.\n{}", self.tool, dump(&self.open()?)?);
        Ok(fs::write(self.folder.join(name), dump)?)
    }

    fn done(&self) -> Outcome {
        println!("{}", self.tool);
        Ok(fs::remove_file(self.database())?)
    }
}

/// Everything in a database, as SQL that makes it.
fn dump(database: &Connection) -> Outcome<String> {
    // The tables come in no order that their keys would allow.
    let mut lines = vec!["PRAGMA foreign_keys = OFF".to_owned()];
    let objects = |condition: &str| -> Outcome<Vec<(String, String)>> {
        let sql = format!("SELECT name, sql FROM sqlite_schema WHERE sql NOTNULL AND {condition} ORDER BY rowid");
        Ok(database.prepare(&sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    };
    for (name, sql) in objects("type = 'table'")? {
        let is_internal = name.starts_with("sqlite_");
        lines.push(if is_internal { format!("DELETE FROM {name}") } else { sql });
        let columns: Vec<String> = database
            .prepare("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info(?1)")?
            .query_map([&name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let values = format!("SELECT {} FROM \"{name}\"", columns.join(" || ', ' || "));
        for values in database.prepare(&values)?.query_map([], |row| row.get::<_, String>(0))? {
            lines.push(format!("INSERT INTO \"{name}\" VALUES ({})", values?));
        }
    }
    lines.extend(objects("type <> 'table'")?.into_iter().map(|(_, sql)| sql));
    Ok(lines.iter().map(|line| format!("{line};\n")).collect())
}

async fn sqlx() -> Outcome {
    let place = Place::new("sqlx", "sqlx")?;
    let options = SqliteConnectOptions::new().filename(place.database()).create_if_missing(true);
    let migrator = Migrator::new(place.migrations()).await?;
    let pool = SqlitePool::connect_with(options).await?;
    migrator.run(&pool).await?;
    migrator.undo(&pool, 20_240_502_120_000).await?;
    place.open()?.execute_batch(ROWS)?;
    place.keep("behind.sql")?;
    migrator.run(&pool).await?;
    pool.close().await;
    place.keep("all.sql")?;
    place.done()
}

fn refinery() -> Outcome {
    let name = if cfg!(feature = "int8-versions") { "refinery-int8" } else { "refinery" };
    let place = Place::new(name, "refinery")?;
    let mut migrations = load_sql_migrations(place.migrations())?;
    migrations.sort();
    let before = migrations[1].version();
    let mut database = place.open()?;
    Runner::new(&migrations).set_target(Target::Version(before)).run(&mut database)?;
    database.execute_batch(ROWS)?;
    place.keep("behind.sql")?;
    Runner::new(&migrations).run(&mut database)?;
    drop(database);
    place.keep("all.sql")?;
    place.done()
}

fn diesel() -> Outcome {
    let place = Place::new("diesel", "diesel_migrations")?;
    let migrations = || FileBasedMigrations::from_path(place.migrations());
    let mut database = SqliteConnection::establish(&place.database().to_string_lossy())?;
    let failed = |error| format!("diesel: {error}");
    database.run_pending_migrations(migrations()?).map_err(failed)?;
    database.revert_last_migration(migrations()?).map_err(failed)?;
    place.open()?.execute_batch(ROWS)?;
    place.keep("behind.sql")?;
    database.run_pending_migrations(migrations()?).map_err(failed)?;
    drop(database);
    place.keep("all.sql")?;
    place.done()
}

fn main() -> Outcome {
    if !cfg!(feature = "int8-versions") {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(sqlx())?;
        diesel()?;
    }
    refinery()
}
