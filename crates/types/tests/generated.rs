//! What is generated for tests/types, where a compiler checks it: of the demo's migrations and a schema that has more.
//! `UPDATE=1` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use wheatear_core::SourceFile;
use wheatear_types::{Flavor, queries_in, query_types, row_types};

#[test]
fn what_is_generated_is_what_the_compiler_checks() {
    let connection = Connection::open_in_memory().expect("a database");
    for file in ["migrations/0001.create.sql", "migrations/0002.alter-table.sql", "tests/types/schema.sql"] {
        connection.execute_batch(&read(file)).expect("a schema");
    }
    let files = ["tests/types/known.ts", "tests/types/queries.sql"]
        .map(|path| SourceFile { path: path.into(), text: read(path) });
    // Those that are wrong on purpose have the names of others.
    let mut queries: Vec<_> = files.iter().flat_map(|file| queries_in(file).expect("queries")).collect();
    let mut names = std::collections::BTreeSet::new();
    queries.retain(|query| query.name != "nobodys" && names.insert(query.name.clone()));
    let queries = query_types(&connection, &queries).unwrap_or_else(|faults| panic!("{}", faults[0])).text;
    let rows = |flavor| row_types(&connection, flavor).expect("types");
    for (name, text) in [("queries", queries), ("rows", rows(Flavor::Plain)), ("kysely", rows(Flavor::Kysely))] {
        let path = format!("tests/types/generated/{name}.ts");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(of_root(&path), &text).expect("a file");
        }
        assert_eq!(read(&path), text, "{path}: UPDATE=1 writes it anew");
    }
}

#[test]
fn what_the_documentation_shows_is_what_is_generated() {
    let page = read("docs/types.md");
    let connection = Connection::open_in_memory().expect("a database");
    for sql in
        [read("migrations/0001.create.sql"), read("migrations/0002.alter-table.sql"), blocks(&page, "sql").concat()]
    {
        connection.execute_batch(&sql).expect("a schema");
    }
    let rows = row_types(&connection, Flavor::Plain).expect("types");
    let shown = blocks(&page, "ts");
    for shown in shown[0].split_inclusive("};\n") {
        assert!(rows.contains(shown.trim()), "{shown}\nis not in\n{rows}");
    }
    let files = [("a.ts", shown[2].clone()), ("q.sql", blocks(&page, "text").concat())];
    let files = files.map(|(path, text)| SourceFile { path: path.into(), text });
    let queries: Vec<_> = files.iter().flat_map(|file| queries_in(file).expect("queries")).collect();
    let types = query_types(&connection, &queries).unwrap_or_else(|faults| panic!("{}", faults[0])).text;
    for part in ["row: { node_addr: number | null; readings: number; warmest: number | null };", "values: [number];"] {
        assert!(types.contains(part) && shown[1].contains(part), "{types}");
    }
    for part in [
        "readingsOf: (values: { addr: number; above: number }) =>",
        "sql<{ node_addr: number | null; temp_c: number | null }>`",
    ] {
        assert!(types.contains(part) && shown[3].contains(part), "{types}");
    }
}

/// The blocks of a page in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect()
}

/// A path from the root of the repository.
fn of_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(of_root(path)).expect(path)
}
