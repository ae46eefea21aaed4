//! docs/lints.md: each lint has a section, in which the check says of the first migration what stands there, and nothing of the
//! second. Below each smaller heading is another example. `UPDATE_LINTS=1` writes what it says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wheatear::SourceFile;
use wheatear_check::{CheckOptions, Finding, Lint, check_with};

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/lints.md")
}

/// What stands below the heading of a lint.
fn section(page: &str, lint: Lint) -> &str {
    let heading = format!("\n## {}\n", lint.id());
    let (_, rest) = page.split_once(&*heading).unwrap_or_else(|| panic!("docs/lints.md has no section `## {lint}`"));
    rest.split("\n## ").next().unwrap_or_default()
}

/// The blocks of a section, in order: language and text.
fn blocks(section: &str) -> Vec<(&str, &str)> {
    let mut fences = section.split("```");
    fences.next();
    let mut blocks = Vec::new();
    while let Some(block) = fences.next() {
        blocks.push(block.split_once('\n').expect("a language"));
        fences.next();
    }
    blocks
}

/// What the check says of the files above the block of text, that block, and what it says when those below have replaced them.
fn said(section: &str, lint: Lint) -> (Vec<Finding>, &str, Vec<Finding>) {
    let blocks = blocks(section);
    let middle =
        blocks.iter().position(|(language, _)| *language == "text").unwrap_or_else(|| panic!("{lint}: a text"));
    let mut files = BTreeMap::new();
    let mut check = |blocks: &[(&str, &str)]| {
        for (language, text) in blocks {
            assert_eq!(*language, "sql", "{lint}");
            let name = text.lines().next().and_then(|line| line.strip_prefix("-- ")).expect("the name of a file");
            files.insert(name.to_owned(), (*text).to_owned());
        }
        let files: Vec<SourceFile> =
            files.iter().map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() }).collect();
        // Most examples have no way back, for brevity.
        let off = if lint == Lint::MissingDown { vec![] } else { vec![Lint::MissingDown] };
        let checked = check_with(&files, &CheckOptions { off, ..CheckOptions::default() });
        checked.unwrap_or_else(|error| panic!("{lint}: {error}")).findings
    };
    (check(&blocks[..middle]), blocks[middle].1, check(&blocks[middle + 1..]))
}

#[test]
fn each_lint_has_its_section_with_the_danger_and_the_safe_way() {
    let mut page = std::fs::read_to_string(self::page()).expect("docs/lints.md");
    for lint in Lint::ALL {
        let section = section(&page, *lint).to_owned();
        for example in section.split("\n### ") {
            let (danger, shown, safe) = said(example, *lint);
            let [found] = &danger[..] else { panic!("{lint}: {danger:?}") };
            assert_eq!(found.lint, *lint);
            assert_eq!(safe, [], "{lint}");
            let expected = format!("{found}\n");
            if std::env::var_os("UPDATE_LINTS").is_some() {
                let written = example.replacen(&format!("```text\n{shown}```"), &format!("```text\n{expected}```"), 1);
                page = page.replace(example, &written);
            } else {
                assert_eq!(shown, expected, "UPDATE_LINTS=1 writes docs/lints.md anew");
            }
        }
    }
    if std::env::var_os("UPDATE_LINTS").is_some() {
        std::fs::write(self::page(), page).expect("docs/lints.md");
    }
}

#[test]
fn every_section_is_that_of_a_lint() {
    let page = std::fs::read_to_string(self::page()).expect("docs/lints.md");
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).skip(1).collect();
    let ids: Vec<&str> = Lint::ALL.iter().map(|lint| lint.id()).collect();
    assert_eq!(headings, ids);
}
