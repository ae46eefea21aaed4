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
    let queries = query_types(&connection, &queries).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let rows = |flavor| row_types(&connection, flavor).expect("types");
    for (name, text) in [("queries", queries), ("rows", rows(Flavor::Plain)), ("kysely", rows(Flavor::Kysely))] {
        let path = format!("tests/types/generated/{name}.ts");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(of_root(&path), &text).expect("a file");
        }
        assert_eq!(read(&path), text, "{path}: UPDATE=1 writes it anew");
    }
}

/// A path from the root of the repository.
fn of_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(of_root(path)).expect(path)
}
