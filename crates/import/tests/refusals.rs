//! What cannot be kept is refused, with the file and line where it stands.
#![cfg(not(target_family = "wasm"))]

use proptest::prelude::*;
use wheatear_core::{SetDefinition, SourceFile};
use wheatear_import::{Tool, import};

type Case = (Tool, &'static [(&'static str, &'static str)], &'static str, &'static str);

/// Tool, files, place, and a part of what is said.
const CASES: &[Case] = &[
    (
        Tool::Drizzle,
        &[("meta/_journal.json", "{\n\"dialect\": \"postgresql\", \"entries\": []}")],
        "meta/_journal.json:2",
        "postgresql",
    ),
    (Tool::Drizzle, &[("meta/_journal.json", "{\n\"entries\": [\n}")], "meta/_journal.json:3", "expected"),
    (
        Tool::Drizzle,
        &[("meta/_journal.json", "{\"entries\": [\n{\"tag\": \"0000_a\"}]}")],
        "meta/_journal.json:2",
        "names 0000_a.sql, which is not there",
    ),
    (
        Tool::Prisma,
        &[("1_a/migration.sql", "SELECT 1;"), ("migration_lock.toml", "# lock\nprovider = \"mysql\"")],
        "migration_lock.toml:2",
        "mysql",
    ),
    (Tool::Yoyo, &[("1.py", "from yoyo import step\n\ndef up(connection):\n    pass\nstep(up)")], "1.py:3", "`def`"),
    (Tool::Yoyo, &[("1.py", "from yoyo import step\nstep(\n  lambda c: 1\n)")], "1.py:3", "`lambda`"),
    (Tool::Yoyo, &[("1.py", "a = 'b'\nstep(f'CREATE TABLE {a} (b)')")], "1.py:2", "an f-string"),
    (Tool::Yoyo, &[("1.py", "step('SELECT %s' % 1)")], "1.py:1", "`%`"),
    (Tool::Yoyo, &[("1.py", "step('SELECT 1',\n 'SELECT 2',\n ignore_errors='apply')")], "1.py:3", "ignores errors"),
    (Tool::Yoyo, &[("1.sql", "-- depends: 2\nSELECT 1;")], "1.sql:1", "does not exist"),
    (Tool::Sqlx, &[("one_note.sql", "SELECT 1;")], "one_note.sql:1", "no number"),
    (Tool::Sqlx, &[("1_a.sql", "SELECT 1;"), ("01_b.sql", "SELECT 1;")], "1_a.sql:1", "the number 1"),
    (Tool::Sqlx, &[("1_a.sql", "SELECT 1;"), ("2_b.down.sql", "SELECT 1;")], "2_b.down.sql:1", "is not there"),
    (Tool::Refinery, &[("V1__a.rs", "pub fn migration() -> String {}")], "V1__a.rs:1", "written in Rust"),
    (
        Tool::Diesel,
        &[("1_a/up.sql", "SELECT 1;"), ("1_a/metadata.toml", "\nrun_in_transaction = 0")],
        "1_a/metadata.toml:2",
        "true or false",
    ),
    (Tool::Dbmate, &[("1_a.sql", "CREATE TABLE a (b);")], "1_a.sql:1", "has no `-- migrate:up`"),
    (Tool::Dbmate, &[("1_a.sql", "-- migrate:down\n-- migrate:up\n")], "1_a.sql:1", "comes before"),
    (Tool::Dbmate, &[("1_a.sql", "SELECT 1;\n-- migrate:up\n")], "1_a.sql:1", "a statement before"),
    // The line is that of the tool's file.
    (Tool::Dbmate, &[("1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n\nROLLBACK;")], "1_a.sql:5", "rolls back"),
    (Tool::Dbmate, &[("1_a.sql", "-- migrate:up\nSELECT 1;\nVACUUM;\nSAVEPOINT a;")], "1_a.sql:4", "does not end"),
    (Tool::Goose, &[("1_a.go", "package migrations")], "1_a.go:1", "written in Go"),
    (Tool::Goose, &[("1_a.sql", "SELECT 1;")], "1_a.sql:1", "has no `-- +goose Up`"),
    (
        Tool::Goose,
        &[("1_a.sql", "-- +goose ENVSUB ON\n-- +goose Up\nSELECT '${REGION}';")],
        "1_a.sql:3",
        "a variable of the environment",
    ),
    (Tool::GolangMigrate, &[("1_a.up.sql", "SELECT 1;"), ("2_a.down.sql", "")], "2_a.down.sql:1", "migration 2"),
    (Tool::GolangMigrate, &[("1_a.up.sql", "SELECT 1;\nROLLBACK;")], "1_a.up.sql:2", "rolls back a transaction"),
    (Tool::Flyway, &[("V1__a.sql", "SELECT 1;\nSELECT '${schema}';")], "V1__a.sql:2", "a placeholder"),
    (Tool::Flyway, &[("V1__a.java", "class V1__a {}")], "V1__a.java:1", "written in Java"),
    (Tool::Flyway, &[("V1__a.sql", "SELECT 1;"), ("V1.0__b.sql", "SELECT 1;")], "V1__a.sql:1", "the number 1"),
    (Tool::Flyway, &[("U2__a.sql", "SELECT 1;")], "U2__a.sql:1", "version 2, which is not there"),
    (
        Tool::Knex,
        &[("1_a.js", "exports.up = (knex) =>\n  knex.schema.createTable('note', (table) => {});")],
        "1_a.js:2",
        "console.log(sql)",
    ),
    (Tool::Knex, &[("1_a.js", "exports.up = (knex) =>\n knex.raw(`SELECT ${1}`);")], "1_a.js:2", "a template"),
    (
        Tool::Knex,
        &[("1_a.js", "exports.up = (knex) =>\n knex.raw('SELECT ?', [1]);")],
        "1_a.js:2",
        "values beside the SQL",
    ),
    (
        Tool::Knex,
        &[("1_a.js", "exports.up = (knex) =>\n knex.raw('SELECT 1; SELECT 2');")],
        "1_a.js:2",
        "several statements",
    ),
    (Tool::Knex, &[("1_a.js", "exports.up = async (knex) => {\n for (const a of []) {}\n};")], "1_a.js:2", "`for`"),
    (Tool::Knex, &[("1_a.js", "exports.down = (knex) => {};")], "1_a.js:1", "no function `up`"),
];

fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

#[test]
fn refusals_name_file_line_and_what_to_do() {
    for (tool, given, place, part) in CASES {
        let error = import(*tool, files(given)).expect_err(place);
        assert_eq!(format!("{}:{}", error.file, error.line), *place, "{tool}: {error}");
        assert!(error.message.contains(part), "{tool}: {error}");
        assert_eq!(error.to_string(), format!("{place}: {}", error.message));
    }
}

#[test]
fn a_folder_without_migrations_is_refused_and_folders_in_it_are_named() {
    for tool in Tool::ALL {
        let error = import(tool, files(&[("docs/readme.md", "")])).expect_err("nothing");
        assert!(error.message.contains(tool.as_str()) && error.message.ends_with("name that one: docs"), "{error}");
    }
}

#[test]
fn tools_have_names_both_ways() {
    for tool in Tool::ALL {
        assert_eq!(tool.to_string().parse(), Ok(tool));
    }
    let error = "rails".parse::<Tool>().expect_err("unknown");
    assert!(error.to_string().ends_with("dbmate, goose, golang-migrate, flyway, knex"), "{error}");
}

#[test]
fn what_nobody_writes_is_refused_and_no_panic() {
    let deep = format!("exports.up = (knex) => {}knex", "knex.raw('').then(() => ".repeat(100_000));
    for (tool, name, text) in [(Tool::Yoyo, "1.py", "[".repeat(100_000)), (Tool::Knex, "1.js", deep)] {
        let error = import(tool, files(&[(name, &text)])).expect_err("too deep");
        assert_eq!((error.file.as_str(), error.line), (name, 1));
    }
}

proptest! {
    #[test]
    fn never_panics_and_what_is_accepted_is_a_set(
        parts in proptest::collection::vec(
            prop::sample::select(vec![
                "step(", "'", "\"\"\"", "exports.up = ", "(knex) => ", "knex.raw(", ".then(", "{", "}", ")", "[", "]", "`", "${",
                "\n", "\\", "SELECT 1", ";", "-- migrate:up", "-- migrate:down", "-- +goose Up", "-- +goose Down", "-- depends: a",
                "/*", "*/", "PRAGMA foreign_keys = ON;", "BEGIN;", "COMMIT;", "VACUUM;", "ß", " ", "f", "r", ",", "=",
            ]),
            0..14,
        ),
        tool in prop::sample::select(Tool::ALL.to_vec()),
    ) {
        let text = parts.concat();
        let names = ["1_a.sql", "1_a.up.sql", "1_a/up.sql", "1_a/migration.sql", "V1__a.sql", "1.py", "1.js", "B2__ß.sql", "R__a.sql"];
        for name in names {
            if let Ok(imported) = import(tool, files(&[(name, &text)])) {
                prop_assert!(SetDefinition::from_files(imported.files).is_ok());
            }
        }
    }
}
