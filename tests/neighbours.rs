//! What docs/rust.md says of other libraries for SQLite: whether cargo finds versions with which they and this crate are in one
//! build. Of `libsqlite3-sys` there can be one, because it links SQLite.
#![cfg(not(target_family = "wasm"))]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The rows of the page's table: what stands in a manifest beside `wheatear`, and whether the page says that it resolves.
fn rows(page: &str) -> Vec<(&str, bool)> {
    let table = page.lines().skip_while(|line| !line.starts_with("| beside `wheatear` |")).skip(2);
    table
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            let dependency = cells.next().and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`')).expect(line);
            let answer = cells.next().expect(line);
            assert!(["yes", "no"].contains(&answer), "{line}");
            (dependency, answer == "yes")
        })
        .collect()
}

/// What `cargo metadata` tells of a crate with this dependency beside this one, or why there is no such build.
fn resolved(dependency: &str) -> Result<Value, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect(name);
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n\
             [workspace]\n[dependencies]\nwheatear = {{ path = {ROOT:?} }}\n{dependency}\n"
        ),
    );
    write("lib.rs", "");
    // So that cargo asks only for what comes with the other library.
    fs::copy(Path::new(ROOT).join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
            "--color",
            "never",
        ])
        .current_dir(folder.path())
        .output()
        .expect("cargo runs");
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).expect("JSON")),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// The packages that link SQLite.
fn with_sqlite(metadata: &Value) -> Vec<&Value> {
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().filter(|package| package["links"] == "sqlite3").map(|package| &package["id"]).collect()
}

/// What a package of this name depends on, directly or not.
fn below<'a>(metadata: &'a Value, name: &str) -> Vec<&'a Value> {
    let packages = metadata["packages"].as_array().expect("packages");
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let package = packages.iter().find(|package| package["name"] == name).expect(name);
    let mut found = vec![&package["id"]];
    let mut at = 0;
    while let Some(id) = found.get(at) {
        let node = nodes.iter().find(|node| node["id"] == **id).expect("a node");
        for dependency in node["dependencies"].as_array().expect("dependencies") {
            if !found.contains(&dependency) {
                found.push(dependency);
            }
        }
        at += 1;
    }
    found
}

#[test]
#[ignore = "asks the registry which versions there are"]
fn what_can_be_in_one_build_is_as_the_page_says() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/rust.md")).expect("the page");
    let rows = rows(&page);
    assert!(rows.iter().any(|(_, resolves)| *resolves) && rows.iter().any(|(_, resolves)| !resolves), "{rows:?}");
    for (dependency, resolves) in rows {
        match resolved(dependency) {
            Ok(metadata) => {
                let sqlite = with_sqlite(&metadata);
                assert!(resolves && sqlite.len() == 1, "{dependency} resolves, with {sqlite:?}");
                assert!(below(&metadata, "wheatear").contains(&sqlite[0]));
                assert!(!below(&metadata, "wheatear-core").contains(&sqlite[0]), "wheatear-core has SQLite");
            }
            Err(words) => assert!(
                !resolves && words.contains("links to the native library `sqlite3`"),
                "{dependency} does not resolve: {words}"
            ),
        }
    }
}
