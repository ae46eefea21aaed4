//! A folder of any names and texts through `SetDefinition::from_files`: no panic; an error points into one
//! of the files; a set has every dependency before its dependants, and the order of the files is nothing to it.
//!
//! The input is one text, so that the corpus can be read: `=== path` begins each file.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use wheatear_core::{SetDefinition, SourceFile};

fuzz_target!(|text: &str| {
    let files = folder(text);
    match SetDefinition::from_files(files.clone()) {
        Ok(set) => {
            let mut before = HashSet::new();
            for migration in &set {
                for dependency in migration.depends() {
                    assert!(before.contains(dependency), "{} comes before {dependency}", migration.id());
                }
                assert!(before.insert(migration.id()), "{} is there twice", migration.id());
            }
            assert_eq!(SetDefinition::from_files(files.into_iter().rev()), Ok(set));
        }
        Err(error) => {
            // Carriage returns end lines too.
            let count = |text: &str| text.replace("\r\n", "\n").split(['\n', '\r']).count();
            let lines = files.iter().filter(|file| file.path == error.file).map(|file| count(&file.text));
            let last = lines.max().expect("the error names one of the files");
            assert!((1..=last).contains(&error.line), "{error}");
        }
    }
});

fn folder(text: &str) -> Vec<SourceFile> {
    let file = |part: &str| {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    };
    text.split("=== ").skip(1).map(file).collect()
}
