//! Trying a set out for pages: their SQLite is another one than that of the build, with other functions and modules.

mod parts;
mod stand_ins;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use wheatear_core::schema_statements::mentioned_names;
use wheatear_core::{Body, Schema, Script, SetDefinition};

use crate::quoted;
use crate::trial::{TrialError, try_out_on, unusable};
use parts::{Absence, Kind, absence};

/// How a set fares that is meant for pages.
#[derive(Debug)]
#[non_exhaustive]
pub struct PageTrial {
    /// As of [`try_out`](crate::try_out).
    pub schema: Option<Schema>,
    /// What the set uses and pages lack.
    pub lacking: Vec<Lacking>,
    /// Functions that the set uses and pages have, while the SQLite of this build lacks them.
    pub only_in_pages: Vec<String>,
}

/// A function or module that a set uses and pages lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    kind: Kind,
    name: String,
    /// Path of the first file that names it.
    file: Option<String>,
    absence: Absence,
}

impl fmt::Display for Lacking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, file, absence } = self;
        if let Some(file) = file {
            write!(f, "{file}: ")?;
        }
        let what = match kind {
            Kind::Function => "function",
            Kind::Module => "module of virtual tables",
        };
        write!(f, "the SQLite of this page lacks the {what} \"{name}\": ")?;
        match absence {
            Absence::NotAsked(flag) => write!(f, "do without it, or build with SQLITE_WASM_RS_FLAGS=\"-D{flag}\""),
            Absence::TakenOut(flag) => write!(f, "do without it, or remove -U{flag} from SQLITE_WASM_RS_FLAGS"),
            Absence::Never => write!(f, "do without it"),
        }
    }
}

/// [`try_out`](crate::try_out) for pages whose SQLite is compiled with `flags`, the value of `SQLITE_WASM_RS_FLAGS`.
///
/// # Errors
/// As [`try_out`](crate::try_out).
pub fn try_out_for_pages(set: &SetDefinition, flags: &str) -> Result<PageTrial, TrialError> {
    let has_math = absence(Kind::Function, "pow", flags).is_none();
    let open: fn() -> rusqlite::Result<Connection> = if has_math { open_with_stand_ins } else { open_without_math };
    let heard = Heard::default();
    let mut database = Connection::open_in_memory().map_err(unusable)?;
    let mut stand_ins = if has_math { stand_ins::add(&database).map_err(unusable)? } else { Vec::new() };
    stand_ins.extend(stand_ins::add_offset(&database).map_err(unusable)?);
    heard.listen(&mut database).map_err(unusable)?;
    let mut again = open().map_err(unusable)?;
    heard.listen(&mut again).map_err(unusable)?;
    let schema = try_out_on(&database, set, &open, |database| compile_all(database, &again))?;
    let heard = heard.names();
    let lacking = heard.iter().filter_map(|(kind, name)| {
        let absence = absence(*kind, name, flags)?;
        Some(Lacking { kind: *kind, name: name.clone(), file: first_file(set, name), absence })
    });
    let is_stand_in = |name: &&str| {
        heard.contains(&(Kind::Function, (**name).to_owned())) && absence(Kind::Function, name, flags).is_none()
    };
    let only_in_pages = stand_ins.iter().filter(|name| is_stand_in(name)).map(|name| (*name).to_owned()).collect();
    Ok(PageTrial { schema, lacking: lacking.collect(), only_in_pages })
}

fn open_without_math() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    stand_ins::add_offset(&connection).map(|_| connection)
}

fn open_with_stand_ins() -> rusqlite::Result<Connection> {
    let connection = open_without_math()?;
    stand_ins::add(&connection).map(|_| connection)
}

/// Every function and module that SQLite met in what it compiled.
#[derive(Default)]
struct Heard(Arc<Mutex<BTreeSet<(Kind, String)>>>);

impl Heard {
    /// Source: <https://www.sqlite.org/c3ref/set_authorizer.html>
    fn listen(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let names = Arc::clone(&self.0);
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            let name = match context.action {
                AuthAction::Function { function_name } => Some((Kind::Function, function_name)),
                AuthAction::CreateVtable { module_name, .. } => Some((Kind::Module, module_name)),
                _ => None,
            };
            if let Some((kind, name)) = name {
                names.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, name.to_lowercase()));
            }
            Authorization::Allow
        }))
    }

    fn names(&self) -> BTreeSet<(Kind, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Makes everything again, because what is in an added column is compiled out of hearing, and adds a row to each table
/// as far as compiling it goes, because a default is compiled then. What fails is not looked at here.
fn compile_all(database: &Connection, again: &Connection) -> rusqlite::Result<()> {
    let mut select =
        database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (name, sql): (String, String) = (row.get(0)?, row.get(1)?);
        if !sql.starts_with("CREATE VIRTUAL") {
            let _ = again.execute_batch(&sql);
        }
        let _ = database.prepare(&format!("INSERT INTO main.{} DEFAULT VALUES", quoted(&name)));
    }
    Ok(())
}

/// The first file that names something.
fn first_file(set: &SetDefinition, name: &str) -> Option<String> {
    let scripts = set.iter().flat_map(|migration| match migration.body() {
        Body::Sql { up, down } => [Some(up), down.as_ref()],
        Body::Code { .. } => [None, None],
    });
    let hooks = set.hooks().iter().map(|hook| Some(&hook.script));
    let names_it = |script: &&Script| mentioned_names(&script.sql).contains(name);
    scripts.chain(hooks).flatten().find(names_it).map(|script| script.file.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::tests::set;

    fn lacking(files: &[(&str, &str)], flags: &str) -> Vec<String> {
        let trial = try_out_for_pages(&set(files), flags).expect("it runs");
        trial.lacking.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn functions_and_modules_that_pages_lack_are_named_with_file_and_cure() {
        let files = [
            ("1", "CREATE TABLE guest (id INTEGER PRIMARY KEY, surname TEXT NOT NULL);"),
            ("2", "CREATE INDEX guest_sound ON guest (soundex(surname));"),
            ("3", "CREATE VIRTUAL TABLE guest_search USING FTS4 (surname);"),
        ];
        let soundex = "m/2.sql: the SQLite of this page lacks the function \"soundex\": do without it, or build with \
            SQLITE_WASM_RS_FLAGS=\"-DSQLITE_SOUNDEX\"";
        let fts4 = "m/3.sql: the SQLite of this page lacks the module of virtual tables \"fts4\": do without it, or build \
            with SQLITE_WASM_RS_FLAGS=\"-DSQLITE_ENABLE_FTS4\"";
        assert_eq!(lacking(&files, ""), [soundex, fts4]);
        assert_eq!(lacking(&files, "-DSQLITE_SOUNDEX -DSQLITE_ENABLE_FTS4"), Vec::<String>::new());
        let search = [("1", "CREATE VIRTUAL TABLE note USING fts5 (text);"), ("2", "SELECT abs(1), lower('A');")];
        assert_eq!(lacking(&search, ""), Vec::<String>::new());
        let words = lacking(&search, "-USQLITE_ENABLE_FTS5");
        assert!(
            words[0].ends_with("do without it, or remove -USQLITE_ENABLE_FTS5 from SQLITE_WASM_RS_FLAGS"),
            "{words:?}"
        );
    }

    #[test]
    fn they_are_met_wherever_they_stand() {
        let table = "CREATE TABLE a (b TEXT);";
        for sql in [
            "CREATE TABLE c (d DEFAULT (soundex('x')));",
            "CREATE TABLE c (d, e AS (soundex(d)));",
            "CREATE TABLE c (d CHECK (soundex(d) <> ''));",
            "ALTER TABLE a ADD COLUMN c AS (soundex(b));",
            "CREATE VIEW c AS SELECT soundex(b) FROM a;",
            "CREATE TRIGGER c AFTER UPDATE ON a BEGIN SELECT soundex(new.b); END;",
            "UPDATE a SET b = SOUNDEX(b);",
            "CREATE INDEX c ON a (b) WHERE soundex(b) = 'x';",
        ] {
            assert_eq!(lacking(&[("1", table), ("2", sql)], "").len(), 1, "{sql}");
        }
        let files = [
            ("1", table),
            ("1.rollback", "SELECT soundex('x'); DROP TABLE a;"),
            ("post-apply", "SELECT soundex('y');"),
        ];
        assert_eq!(lacking(&files, "").len(), 1);
        assert_eq!(
            lacking(&[("1", "CREATE TABLE soundex (fts4); INSERT INTO soundex (fts4) VALUES (1);")], "").len(),
            0
        );
    }

    #[test]
    fn what_only_pages_have_is_tried_out_and_named() {
        let files = [
            ("1", "CREATE TABLE loan (id INTEGER PRIMARY KEY, amount REAL NOT NULL, years INTEGER NOT NULL);"),
            ("2", "ALTER TABLE loan ADD COLUMN due REAL AS (amount * pow(1.5, years)) VIRTUAL;"),
            ("3", "UPDATE loan SET years = 1 + floor(log10(max(amount, 1)));"),
        ];
        let trial = try_out_for_pages(&set(&files), "").expect("it runs");
        assert_eq!(trial.schema.expect("a schema").objects().len(), 1);
        let connection = Connection::open_in_memory().expect("a database");
        match stand_ins::add(&connection).expect("functions").is_empty() {
            true => assert_eq!(trial.only_in_pages, Vec::<String>::new()),
            false => assert_eq!(trial.only_in_pages, ["floor", "log10", "pow"]),
        }
        let offset =
            [("1", "CREATE TABLE a (b);"), ("2", "CREATE VIEW c AS SELECT sqlite_offset(b) FROM a; SELECT * FROM c;")];
        for (flags, lacking) in [("", 0), ("-USQLITE_ENABLE_OFFSET_SQL_FUNC", 1), ("-USQLITE_ENABLE_MATH_FUNCTIONS", 0)]
        {
            let trial = try_out_for_pages(&set(&offset), flags).expect("it runs");
            assert_eq!(trial.lacking.len(), lacking, "{flags}");
        }
        let error = try_out_for_pages(&set(&files), "-USQLITE_ENABLE_MATH_FUNCTIONS");
        if !trial.only_in_pages.is_empty() {
            let message = error.expect_err("no such function").to_string();
            assert!(message.contains("no such function: log10"), "{message}");
        }
    }
}
