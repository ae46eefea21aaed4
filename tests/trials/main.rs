//! Inputs that once broke the product, each in its folder below `cases`, and what must happen with them now. What
//! takes a browser is tested in `tests/package`, with the same folders.
#![cfg(not(target_family = "wasm"))]

#[path = "../support/imported.rs"]
mod imported;
#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod definitions;
mod imported_files;
mod rehearsed;
mod rows;
mod stored_files;
mod switches;

use std::fs;
use std::path::{Path, PathBuf};

use wheatear::{DefinitionError, MigrationSet, SourceFile};

/// A file or folder of `cases`.
fn case(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trials/cases").join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(case(path)).expect(path)
}

/// The set of all files of some folders of `cases`: what a release adds lies in a folder of its own.
fn set_of(folders: &[&str]) -> Result<MigrationSet, DefinitionError> {
    let mut files = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(case(folder)).expect(folder) {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let text = fs::read_to_string(&path).expect("text");
                files.push(SourceFile { path: path.file_name().expect("a name").to_string_lossy().into_owned(), text });
            }
        }
    }
    MigrationSet::from_files(files)
}
