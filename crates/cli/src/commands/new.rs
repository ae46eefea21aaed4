use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::json;
use wheatear::MigrationSet;
use wheatear::rusqlite::Connection;

use crate::arguments::Ids;
use crate::context::Context;
use crate::paths::join;
use crate::{Exit, Fault};

/// How many digits a number has if no other is there to follow.
const DIGITS: usize = 4;

pub(super) fn run(context: &Context<'_>, name: &str) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let slug = slug(name);
    if slug.is_empty() {
        return Err(Fault::usage(format!(
            "\"{name}\" has neither letters nor digits, of which a file's name could be made"
        )));
    }
    // An empty folder is no set yet.
    let files = if host.entries(&project.folder)?.is_some() { project.files(*host)? } else { Vec::new() };
    let is_empty = !files.iter().any(|file| file.path.to_ascii_lowercase().ends_with(".sql"));
    let set = if is_empty { None } else { Some(MigrationSet::from_files(files)?) };
    let ids: Vec<&str> = set.iter().flatten().map(|migration| migration.id()).collect();
    let start = match project.settings.ids.unwrap_or_default() {
        Ids::Number => next_number(&ids),
        Ids::Time => now()?,
    };
    let id = format!("{start}.{slug}");
    let (up, down) = (format!("{id}.sql"), format!("{id}.rollback.sql"));
    let (up, down) = (join(&project.folder, &up), join(&project.folder, &down));
    if let Some(there) = [&up, &down].into_iter().find(|path| host.is_there(path)) {
        return Err(Fault::new(Exit::CannotCreate, format!("{there} is there already")));
    }
    let heads = set.as_ref().map(heads).unwrap_or_default();
    let mut text = format!("-- {name}\n");
    if !heads.is_empty() {
        _ = writeln!(text, "-- depends: {}", heads.join(" "));
    }
    host.write(&up, &format!("{text}\n"))?;
    host.write(&down, "")?;
    output.say(&json!({ "id": id, "up": up, "down": down, "depends": heads }), || {
        format!("{} {up}\n{} {down}", output.good("made"), output.good("made"))
    });
    let editor = host.variable("VISUAL").or_else(|| host.variable("EDITOR"));
    if let Some(editor) = editor.filter(|_| host.is_terminal() && !output.is_json() && !context.yes) {
        host.edit(&editor, &up)?;
    }
    Ok(Exit::Done)
}

/// What no other migration depends on.
fn heads(set: &MigrationSet) -> Vec<String> {
    let needed: BTreeSet<&str> = set.iter().flat_map(|migration| migration.depends()).collect();
    set.iter().map(|migration| migration.id()).filter(|id| !needed.contains(id)).map(str::to_owned).collect()
}

/// One more than the largest number that an id begins with, with as many digits.
fn next_number(ids: &[&str]) -> String {
    let numbers = ids.iter().map(|id| &id[..id.find(|c: char| !c.is_ascii_digit()).unwrap_or(id.len())]);
    let largest = numbers.filter_map(|digits| Some((digits.parse::<u64>().ok()?, digits.len()))).max();
    let (number, digits) = largest.unwrap_or((0, DIGITS));
    format!("{:0digits$}", number + 1)
}

/// The time in UTC, in seconds: a clock that every home has is SQLite's.
fn now() -> Result<String, Fault> {
    let clock = Connection::open_in_memory()?;
    Ok(clock.query_row("SELECT strftime('%Y%m%d%H%M%S', 'now')", [], |row| row.get(0))?)
}

/// Letters and digits of a name, with dashes between its words.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_with_as_many_digits() {
        assert_eq!(next_number(&[]), "0001");
        assert_eq!(next_number(&["0001.a", "0009.b", "init"]), "0010");
        assert_eq!(next_number(&["9"]), "10");
        assert_eq!(next_number(&["20260501120000.a"]), "20260501120001");
        assert_eq!(slug("Add humidity, to 'node'!"), "add-humidity-to-node");
    }
}
