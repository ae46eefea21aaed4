//! The house of CONTRIBUTING: which file may know of which. Read from the paths that the sources name, also in tests
//! and macros, and for every target.
#![cfg(not(target_family = "wasm"))]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The rooms, the lowest first: a file belongs to the one with the longest name that its own begins with, and imports
/// nothing of the rooms behind that.
const ROOMS: &[&str] = &[
    "crates/core/src/",
    "crates/sqlite/src/",
    "crates/macros/src/",
    "crates/types/src/",
    "crates/import/src/",
    "src/storage/",
    "src/",
    "src/run/",
    "src/session/",
    "src/image/",
    "src/rehearsal.rs",
    "src/migrator.rs",
    "src/wasm/",
    // What users see of all of it.
    "src/lib.rs",
    "crates/check/src/",
    "crates/check/src/lints/",
    "crates/check/src/lib.rs",
    "crates/cli/src/",
];

/// The folders of crates, and what others call them.
const CRATES: &[(&str, &str)] = &[
    ("crates/core/src", "wheatear_core"),
    ("crates/sqlite/src", "wheatear_sqlite"),
    ("crates/macros/src", "wheatear_macros"),
    ("crates/types/src", "wheatear_types"),
    ("crates/import/src", "wheatear_import"),
    ("src", "wheatear"),
    ("crates/check/src", "wheatear_check"),
    ("crates/cli/src", "wheatear_cli"),
];

/// The most that a file may have, documentation comments not counted.
const MOST_LINES: usize = 400;

#[test]
fn no_file_is_in_a_circle_with_another() {
    let house = House::read();
    // A test may look at a part by what is made of it.
    let arrows = house.arrows(|is_test| !is_test);
    let reachable: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|file| (*file, reachable(file, &arrows))).collect();
    let circling = arrows.iter().flat_map(|(from, to)| {
        let leads_back = |to: &&&str| reachable[**to].contains(from);
        to.iter().filter(leads_back).map(move |to| format!("{from} imports {to}"))
    });
    let told: Vec<String> = circling.collect();
    assert!(told.is_empty(), "these go round in circles:\n{}", told.join("\n"));
}

#[test]
fn no_room_imports_one_above_it() {
    let house = House::read();
    let arrows = house.arrows(|_| true);
    let wrong = arrows.iter().flat_map(|(from, to)| {
        let is_above = |to: &&&str| room_of(to) > room_of(from);
        to.iter().filter(is_above).map(move |to| format!("{from} imports {to}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "these import from a room above their own:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_long_to_be_read_at_once() {
    let long: Vec<String> = House::read()
        .files
        .iter()
        .filter(|file| file.lines > MOST_LINES)
        .map(|file| format!("{} has {} lines", file.path, file.lines))
        .collect();
    assert!(long.is_empty(), "split these by concept:\n{}", long.join("\n"));
}

/// Without it, a reader that found nothing would find nothing wrong.
#[test]
fn paths_of_every_kind_are_found() {
    let house = House::read();
    let arrows = house.arrows(|_| true);
    for (from, to, how) in [
        ("src/migrator.rs", "src/run/mod.rs", "by a module that is imported"),
        ("src/session/mod.rs", "src/storage/soundness.rs", "by a module's name for another's function"),
        ("src/wasm/error_data.rs", "src/error/apply.rs", "by the crate's name for another's type"),
        ("src/wasm/connection.rs", "src/storage/opfs/mod.rs", "where only pages compile it"),
        ("crates/sqlite/src/trial/past.rs", "crates/sqlite/src/trial/mod.rs", "in a test"),
        ("src/error/apply.rs", "src/error/violation.rs", "by `super`, or in a macro"),
        ("src/run/planning.rs", "crates/core/src/plan.rs", "of another crate, by the name that its module has"),
    ] {
        assert!(arrows[from].contains(to), "{from} imports {to} {how}");
    }
}

fn room_of(file: &str) -> usize {
    let rooms = ROOMS.iter().enumerate().filter(|(_, room)| file.starts_with(**room));
    rooms.max_by_key(|(_, room)| room.len()).map(|(number, _)| number).unwrap_or_else(|| panic!("{file} has no room"))
}

/// The files that a file imports, and those that these import, and so on.
fn reachable<'a>(file: &str, arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&str> = arrows[file].iter().copied().collect();
    while let Some(file) = next.pop() {
        if found.insert(file) {
            next.extend(&arrows[file]);
        }
    }
    found
}

/// Every source file of the crates.
struct House {
    files: Vec<File>,
}

/// A source file, which is a module.
struct File {
    /// From the root of the repository.
    path: String,
    /// Such as `wheatear::run::part`.
    module: Vec<String>,
    imports: Vec<Import>,
    /// Paths of several names outside of imports, and whether they are a test's.
    paths: BTreeSet<(Vec<String>, bool)>,
    /// Every single name outside of imports.
    names: BTreeSet<String>,
    /// Without documentation comments.
    lines: usize,
}

/// One name of a `use`.
struct Import {
    path: Vec<String>,
    /// What it is called here; `*` for everything.
    name: String,
    /// Whether others see it here, too.
    is_public: bool,
    is_test: bool,
}

/// Where in a file something stands.
#[derive(Clone, Copy)]
struct Place {
    /// How many modules within the file it is in.
    depth: usize,
    is_test: bool,
}

impl House {
    fn read() -> Self {
        let mut files = Vec::new();
        for (folder, name) in CRATES {
            read_folder(folder, &[(*name).to_owned()], &mut files);
        }
        Self { files }
    }

    /// Which files each of them imports, of those paths that count: in tests, or elsewhere.
    fn arrows(&self, counts: fn(bool) -> bool) -> BTreeMap<&str, BTreeSet<&str>> {
        self.files.iter().map(|file| (&*file.path, self.imported_by(file, counts))).collect()
    }

    fn imported_by<'a>(&'a self, file: &'a File, counts: fn(bool) -> bool) -> BTreeSet<&'a str> {
        // What is only handed on is not known here.
        let is_used = |import: &&Import| !import.is_public || file.names.contains(&import.name);
        let imported = file.imports.iter().filter(is_used).map(|import| (&import.path, import.is_test));
        let named = file.paths.iter().map(|(path, is_test)| (path, *is_test));
        let found = imported.chain(named).filter(|(_, is_test)| counts(*is_test));
        let found = found.filter_map(|(path, _)| self.find(file, path));
        found.map(|found| &*found.path).filter(|path| *path != file.path).collect()
    }

    /// The file that has what is named, seen from a file; `None` if it is a module as such, or no file's.
    fn find<'a>(&'a self, from: &'a File, path: &[String]) -> Option<&'a File> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(self.module(&from.module[..1])?, rest),
            "self" => self.walk(from, rest),
            "super" => self.walk(self.module(&from.module[..from.module.len() - 1])?, rest),
            name if CRATES.iter().any(|(_, other)| name == *other) => self.walk(self.module(&path[..1])?, rest),
            _ if self.is_known_in(from, first) => self.walk(from, path),
            _ => None,
        }
    }

    fn is_known_in(&self, file: &File, name: &str) -> bool {
        self.child(file, name).is_some() || file.imports.iter().any(|import| import.name == name)
    }

    fn walk<'a>(&'a self, module: &'a File, path: &[String]) -> Option<&'a File> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "super" => return self.find(module, path),
            "self" => return self.walk(module, rest),
            "*" => return Some(module),
            _ => {}
        }
        let import = module.imports.iter().find(|import| import.name == *first);
        match (self.child(module, first), import) {
            // A module may have the name of something in it.
            (Some(child), import) if import.is_none() || !rest.is_empty() => self.walk(child, rest),
            // A crate of others, by its own name.
            (None, Some(import)) if import.path[0] == *first => None,
            (_, Some(import)) => self.find(module, &[&import.path, rest].concat()),
            (_, None) => Some(module),
        }
    }

    fn child(&self, file: &File, name: &str) -> Option<&File> {
        self.module(&[&file.module[..], &[name.to_owned()]].concat())
    }

    fn module(&self, module: &[String]) -> Option<&File> {
        self.files.iter().find(|file| file.module == module)
    }
}

fn read_folder(folder: &str, module: &[String], files: &mut Vec<File>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root.join(folder)).expect("a folder of sources") {
        let entry = entry.expect("a source");
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        let path = format!("{folder}/{name}");
        let child = |name: &str| [module, &[name.to_owned()]].concat();
        if entry.path().is_dir() {
            read_folder(&path, &child(&name), files);
        } else if let Some(name) = name.strip_suffix(".rs") {
            let module = if ["lib", "mod"].contains(&name) { module.to_vec() } else { child(name) };
            let text = fs::read_to_string(entry.path()).expect("a source in UTF-8");
            files.push(File::read(path, module, &text));
        }
    }
}

impl File {
    fn read(path: String, module: Vec<String>, text: &str) -> Self {
        let is_documentation = |line: &&str| ["///", "//!"].iter().any(|start| line.trim_start().starts_with(start));
        let lines = text.lines().filter(|line| !is_documentation(line)).count();
        let mut file = Self { path, module, lines, imports: vec![], paths: BTreeSet::new(), names: BTreeSet::new() };
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
        file.read_tokens(tokens, Place { depth: 0, is_test: false });
        file
    }

    fn read_tokens(&mut self, tokens: TokenStream, place: Place) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => {
                    let inner = match &tokens[..at] {
                        [.., word, module] if is_word(word, "mod") => {
                            Place { depth: place.depth + 1, is_test: place.is_test || is_word(module, "tests") }
                        }
                        _ => place,
                    };
                    self.read_tokens(group.stream(), inner);
                    at += 1;
                }
                TokenTree::Ident(word) if *word == "use" => {
                    let end = (at..tokens.len()).find(|end| is_mark(&tokens, *end, ';')).expect("an end of `use`");
                    self.read_import(&tokens[at + 1..end], &[], is_public(&tokens[..at]), place);
                    at = end;
                }
                TokenTree::Ident(_) => {
                    let (path, end) = path_at(&tokens, at);
                    if !is_of_something_else(&tokens[..at]) {
                        self.names.insert(path[0].clone());
                        self.paths.extend((path.len() > 1).then(|| (out_of(path, place), place.is_test)));
                    }
                    at = end;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads what stands behind `use`, or behind `prefix::` in its braces.
    fn read_import(&mut self, tokens: &[TokenTree], prefix: &[String], is_public: bool, place: Place) {
        let (path, end) = path_at(tokens, 0);
        let path = [prefix, &path].concat();
        let (path, name) = match tokens.get(end) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let parts = inner.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ','));
                parts.filter(|part| !part.is_empty()).for_each(|part| self.read_import(part, &path, is_public, place));
                return;
            }
            Some(TokenTree::Punct(mark)) if mark.as_char() == '*' => {
                ([path, vec!["*".to_owned()]].concat(), "*".to_owned())
            }
            rest => {
                let path = match path.split_last() {
                    Some((last, before)) if last == "self" && !before.is_empty() => before.to_vec(),
                    _ => path,
                };
                let renamed = rest.filter(|word| is_word(word, "as")).and_then(|_| tokens.get(end + 1)).and_then(name);
                // Nothing is named where a macro imports by `$crate`.
                let Some(name) = renamed.or_else(|| path.last().cloned()) else { return };
                (path, name)
            }
        };
        let is_test = place.is_test;
        self.imports.push(Import { path: out_of(path, place), name, is_public, is_test });
    }
}

/// The path that begins here, and what comes behind it.
fn path_at(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let mut path: Vec<String> = Vec::new();
    let mut at = start;
    while let Some(name) = tokens.get(at).and_then(name) {
        path.push(name);
        at += 1;
        if !(is_mark(tokens, at, ':') && is_joint(tokens, at) && is_mark(tokens, at + 1, ':')) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// A path in a module within the file, as one of the file.
fn out_of(path: Vec<String>, place: Place) -> Vec<String> {
    let ups = path.iter().take_while(|name| *name == "super").count().min(place.depth);
    if ups == 0 { path } else { [&["self".to_owned()], &path[ups..]].concat() }
}

/// Whether what ends here is the `pub`, or `pub(…)`, of a `use`.
fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., word, TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => is_word(word, "pub"),
        [.., word] => is_word(word, "pub"),
        [] => false,
    }
}

/// Whether a name is that of a field, or of what is known elsewhere: behind a dot, `$` or `::`.
fn is_of_something_else(before: &[TokenTree]) -> bool {
    let marks = before.iter().rev().take(2).map(|token| match token {
        TokenTree::Punct(mark) => mark.as_char(),
        _ => ' ',
    });
    match *marks.collect::<Vec<_>>() {
        ['$', ..] | [':', ':'] => true,
        ['.', other] => other != '.',
        _ => false,
    }
}

fn name(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    name(token).is_some_and(|name| name == word)
}

fn is_mark(tokens: &[TokenTree], at: usize, expected: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == expected)
}

fn is_joint(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.spacing() == Spacing::Joint)
}
