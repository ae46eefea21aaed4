//! Yoyo and this crate, side by side on one folder: after every operation both databases hold the same
//! schema and the same rows, and yoyo went through the migrations in the order of our set.
#![cfg(not(target_family = "wasm"))]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use support::{File, column, value};
use wheatear::{AdoptedBy, Migration, MigrationSet, Migrator, OnUnmanaged, RollbackTarget, SourceFile, Target};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/yoyo/migrations");

/// Two databases with the same past.
struct Pair {
    folder: PathBuf,
    set: MigrationSet,
    by_yoyo: File,
    by_us: File,
}

impl Pair {
    fn new() -> Self {
        Self::of(FOLDER.as_ref())
    }

    fn of(folder: &Path) -> Self {
        let read = |entry: std::io::Result<std::fs::DirEntry>| {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("text");
            SourceFile { path: path.display().to_string(), text }
        };
        let files = std::fs::read_dir(folder).expect("the folder").map(read);
        let set = MigrationSet::from_files(files).expect("a valid set");
        Self { folder: folder.to_owned(), set, by_yoyo: File::new(), by_us: File::new() }
    }

    fn ids(&self) -> Vec<&str> {
        self.set.iter().map(Migration::id).collect()
    }

    /// The ids after the given one.
    fn ids_after(&self, id: &str) -> Vec<&str> {
        self.ids().into_iter().skip_while(|other| *other != id).skip(1).collect()
    }

    fn apply(&self) {
        self.yoyo("apply", &self.ids());
        Migrator::new(&self.set).apply(&mut self.by_us.open()).expect("the set applies");
    }

    fn apply_up_to(&self, id: &str) {
        let after = self.ids_after(id);
        let wanted: Vec<&str> = self.ids().into_iter().filter(|id| !after.contains(id)).collect();
        self.yoyo("apply", &wanted);
        let migrator = Migrator::new(&self.set);
        migrator.apply_to(&mut self.by_us.open(), Target::up_to(id)).expect("a part of the set applies");
    }

    fn roll_back_last(&self, count: usize) {
        self.yoyo("rollback", &self.ids()[self.set.len() - count..]);
        let migrator = Migrator::new(&self.set);
        migrator.rollback(&mut self.by_us.open(), RollbackTarget::last(count)).expect("the way back");
    }

    fn roll_back_down_to(&self, id: &str) {
        self.yoyo("rollback", &self.ids_after(id));
        let migrator = Migrator::new(&self.set);
        migrator.rollback(&mut self.by_us.open(), RollbackTarget::down_to(id)).expect("the way back");
    }

    fn reapply_last(&self, count: usize) {
        self.yoyo("reapply", &self.ids()[self.set.len() - count..]);
        let migrator = Migrator::new(&self.set);
        migrator.reapply(&mut self.by_us.open(), RollbackTarget::last(count)).expect("back and forth");
    }

    /// Runs yoyo on exactly these migrations.
    fn yoyo(&self, operation: &str, ids: &[&str]) {
        let pattern = format!("^({})$", ids.join("|").replace('.', "\\."));
        let database = format!("sqlite:///{}", self.by_yoyo.path.display());
        let output = Command::new("yoyo")
            // `--all` is about a rollback: without it, one migration is all that a batch takes back.
            .args([operation, "--batch", "--no-config-file", "--all", "--database", &database])
            .args(["--match", &pattern])
            .arg(&self.folder)
            .output()
            .unwrap_or_else(|error| {
                panic!("yoyo does not start ({error}): `npm test -- native` installs and finds it")
            });
        assert!(output.status.success(), "yoyo {operation}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What yoyo did since it was asked last.
    fn log(&self) -> Vec<String> {
        let connection = self.by_yoyo.open();
        let log = column(&connection, "SELECT operation || ' ' || migration_id FROM _yoyo_log ORDER BY rowid");
        connection.execute_batch("DELETE FROM _yoyo_log").expect("an empty log");
        log
    }

    /// The same readings into both: days, nodes, frost, gaps, and two batteries below zero.
    fn hear_nodes(&self, hours: i64) {
        let sql = format!(
            "INSERT INTO weather_node (time_received, node_addr, uptime_ms, batt_mv, temp_c)
             WITH RECURSIVE n(i) AS (SELECT {hours} UNION ALL SELECT i + 1 FROM n WHERE i < {hours} + 29)
             SELECT datetime('2024-01-01', i || ' hours'), nullif(i % 5, 0), i * 60000,
                    iif(i % 15 = 1, -1, 3000 + i * 37 % 1200), iif(i % 7 = 0, NULL, i * 11 % 40 - 12)
             FROM n"
        );
        for database in [&self.by_yoyo, &self.by_us] {
            assert_eq!(database.open().execute(&sql, []), Ok(30));
        }
    }

    /// Compares the databases, and tells how many rows were compared.
    #[track_caller]
    fn assert_same(&self, when: &str) -> usize {
        let [(schema, rows), (our_schema, our_rows)] =
            [&self.by_yoyo, &self.by_us].map(|database| contents(&database.open()));
        assert_eq!(our_schema, schema, "schema, {when}");
        assert_eq!(our_rows, rows, "rows, {when}");
        rows.len()
    }
}

/// Schema and rows of all that the migrations made.
fn contents(connection: &Connection) -> (Vec<String>, Vec<String>) {
    let theirs = "tbl_name NOT GLOB 'sqlite_*' AND tbl_name NOT GLOB '_yoyo_*' AND tbl_name <> 'yoyo_lock'
        AND tbl_name NOT GLOB '_wheatear_*'";
    let schema = format!("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE {theirs} ORDER BY type, name");
    let names = format!("SELECT name FROM sqlite_schema WHERE {theirs} AND type IN ('table', 'view') ORDER BY name");

    let mut rows = Vec::new();
    for name in column(connection, &names) {
        let found = all(connection, &format!("SELECT * FROM \"{name}\""));
        rows.extend(found.into_iter().map(|row| format!("{name}: {row}")));
    }
    // A `VACUUM` by itself leaves nothing else to see.
    rows.push(format!("auto_vacuum: {}", value::<i64>(connection, "PRAGMA auto_vacuum")));
    (all(connection, &schema), rows)
}

/// Every row, with the types of its values.
fn all(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).expect(sql);
    let width = statement.column_count();
    let row = |row: &Row<'_>| {
        let values = (0..width).map(|index| row.get(index)).collect::<rusqlite::Result<Vec<Value>>>()?;
        Ok(format!("{values:?}"))
    };
    let rows = statement.query_map([], row).expect(sql);
    rows.collect::<rusqlite::Result<_>>().expect(sql)
}

fn did(operation: &str, ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| format!("{operation} {id}")).collect()
}

#[test]
#[ignore = "needs yoyo, which `npm test -- native` installs"]
fn an_apply_in_parts_does_what_yoyos_does() {
    let pair = Pair::new();
    pair.apply_up_to("0002.alter-table");
    pair.hear_nodes(0);
    pair.assert_same("0002 is applied");
    // Each id in turn, so that a difference has a name.
    for id in pair.ids_after("0002.alter-table") {
        pair.apply_up_to(id);
        assert!(pair.assert_same(id) > 30);
        pair.hear_nodes(30);
    }
    pair.assert_same("all is applied, and the trigger has run");
    assert_eq!(pair.log(), did("apply", &pair.ids()));
}

#[test]
#[ignore = "needs yoyo, which `npm test -- native` installs"]
fn the_order_of_a_whole_apply_is_yoyos() {
    let pair = Pair::new();
    pair.apply();
    assert_eq!(pair.log(), did("apply", &pair.ids()));
    let place = |id| pair.ids().iter().position(|other| *other == id);
    assert!(place("0004.frost") > place("0008.decimals"), "the folder holds one that comes after a higher id");
    pair.hear_nodes(0);
    assert!(pair.assert_same("all is applied") > 30);
}

#[test]
#[ignore = "needs yoyo, which `npm test -- native` installs"]
fn a_rollback_takes_back_what_yoyos_does() {
    let pair = Pair::new();
    pair.apply_up_to("0008.decimals");
    pair.hear_nodes(0);
    pair.apply();
    pair.hear_nodes(100);
    pair.log();

    pair.roll_back_last(4);
    assert!(pair.assert_same("the last four are taken back") > 50);
    let back: Vec<&str> = pair.ids().into_iter().rev().collect();
    assert_eq!(pair.log(), did("rollback", &back[..4]));
    pair.hear_nodes(200);
    pair.apply();
    pair.assert_same("they are applied again");
    pair.log();

    pair.roll_back_down_to("0003.stations");
    assert!(pair.assert_same("0003 is the last again") > 50);
    assert_eq!(pair.log(), did("rollback", &back[..back.len() - 3]));

    pair.apply();
    pair.roll_back_last(pair.set.len());
    assert_eq!(pair.assert_same("everything is taken back"), 1);
    assert!(contents(&pair.by_us.open()).0.is_empty());
}

#[test]
#[ignore = "needs yoyo, which `npm test -- native` installs"]
fn a_reapply_leaves_what_yoyos_does() {
    let pair = Pair::new();
    pair.apply_up_to("0002.alter-table");
    pair.hear_nodes(0);
    pair.apply();
    pair.hear_nodes(50);
    pair.reapply_last(3);
    assert!(pair.assert_same("the last three went back and forth") > 50);
    pair.hear_nodes(150);
    // Its order among independent ones is its own: yoyo sorts what it has just reversed.
    pair.reapply_last(9);
    assert!(pair.assert_same("all but the first went back and forth") > 50);
    pair.reapply_last(pair.set.len());
    pair.hear_nodes(250);
    assert!(pair.assert_same("everything went back and forth") > 30);
}

#[test]
#[ignore = "needs yoyo, which `npm test -- native` installs"]
fn line_ends_are_read_as_yoyo_reads_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "-- depends: 1\nCREATE TABLE line (text); -- the first\nINSERT INTO line VALUES ('a\nb'), ('c');\n";
    for (id, end) in [("2", "\n"), ("3", "\r\n"), ("4", "\r")] {
        let text = text.replace("line", &format!("line{id}")).replace('\n', end);
        std::fs::write(folder.path().join(format!("{id}.sql")), text).expect("a file");
    }
    std::fs::write(folder.path().join("1.sql"), "SELECT 'x\r\ny', 'z\rz';").expect("a file");
    let pair = Pair::of(folder.path());
    pair.apply();
    assert_eq!(pair.assert_same("files with three kinds of line ends are applied"), 7);
    assert_eq!(value::<String>(&pair.by_us.open(), "SELECT text FROM line4"), "a\nb");
}

#[test]
#[ignore = "needs yoyo, which `npm test -- native` installs"]
fn what_yoyo_has_applied_and_taken_back_is_adopted_and_the_rest_applied() {
    let pair = Pair::new();
    pair.apply();
    pair.hear_nodes(0);
    pair.roll_back_last(5);
    pair.hear_nodes(50);
    let adopting = Migrator::new(&pair.set).on_unmanaged(OnUnmanaged::Adopt);
    let report = adopting.apply(&mut pair.by_yoyo.open()).expect("yoyo's record");
    let adopted = report.adopted.as_ref().map(|found| (found.tool, found.by, found.count));
    assert_eq!(adopted, Some(("yoyo", AdoptedBy::Id, pair.set.len() - 5)));
    assert_eq!(report.applied().count(), 5);
    Migrator::new(&pair.set).apply(&mut pair.by_us.open()).expect("the same five");
    assert!(pair.assert_same("it is adopted") > 50);
    let again = Migrator::new(&pair.set).apply(&mut pair.by_yoyo.open()).expect("it is ours");
    assert!(again.steps.is_empty());
}
