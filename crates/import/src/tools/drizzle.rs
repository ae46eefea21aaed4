//! `meta/_journal.json` lists the files in their order; since version 1, each migration has a folder instead. `-->
//! statement-breakpoint` is a comment to SQLite. SHA-256 of the file is recorded, so what stands in it is kept to the byte.
//!
//! Sources: <https://orm.drizzle.team/docs/kit-overview>,
//! <https://github.com/drizzle-team/drizzle-orm/blob/main/drizzle-orm/src/migrator.ts>

use serde_json::Value;

use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::whole;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let Some(journal) = inputs.iter().find(|input| input.path == "meta/_journal.json") else {
        return folders(inputs);
    };
    let json: Value =
        serde_json::from_str(&journal.text).map_err(|error| journal.error(error.line().max(1), error.to_string()))?;
    if let Some(dialect) = json["dialect"].as_str() {
        check_dialect(journal, dialect)?;
    }
    let mut folder = Folder::default();
    let Some(entries) = json["entries"].as_array() else {
        return Err(journal.error(1, "has no list `entries`, which is drizzle's list of migrations"));
    };
    for entry in entries {
        let Some(tag) = entry["tag"].as_str() else {
            return Err(journal.error(1, format!("has an entry without a `tag`: {entry}")));
        };
        let path = format!("{tag}.sql");
        let Some(input) = inputs.iter().find(|input| input.path == path) else {
            return Err(journal.error(line_of(journal, tag), format!("names {path}, which is not there")));
        };
        folder.migrations.push(found(tag, input));
    }
    for input in inputs.iter().filter(|input| input.folder().is_empty() && input.name().ends_with(".sql")) {
        if !folder.migrations.iter().any(|found| found.up.file == input.path) {
            folder.notes.add("is not in the journal, and left out", &input.path);
        }
    }
    Ok(folder)
}

/// One folder for each, in the order of their names.
fn folders(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    for input in inputs.iter().filter(|input| input.name() == "migration.sql" && !input.folder().is_empty()) {
        let snapshot = inputs.iter().find(|other| other.path == format!("{}/snapshot.json", input.folder()));
        if let Some(snapshot) = snapshot
            && let Ok(json) = serde_json::from_str::<Value>(&snapshot.text)
            && let Some(dialect) = json["dialect"].as_str()
        {
            check_dialect(snapshot, dialect)?;
        }
        let tag = input.folder().rsplit('/').next().unwrap_or_default();
        folder.migrations.push(found(tag, input));
    }
    Ok(folder)
}

fn found(tag: &str, input: &Input) -> Found {
    // Its lines end in a line feed when they are hashed.
    Found { hashed: Some(input.original.replace("\r\n", "\n")), ..Found::new(tag, whole(input), None) }
}

fn check_dialect(input: &Input, dialect: &str) -> Result<(), ImportError> {
    match dialect {
        "sqlite" | "turso" => Ok(()),
        _ => Err(input.error(line_of(input, "dialect"), format!("is for {dialect}; only SQL for sqlite runs here"))),
    }
}

/// The first line that has this string.
fn line_of(input: &Input, word: &str) -> usize {
    let quoted = format!("\"{word}\"");
    input.text.lines().position(|line| line.contains(&quoted)).map_or(1, |index| index + 1)
}
