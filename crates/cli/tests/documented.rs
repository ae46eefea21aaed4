//! Every command has a page in docs/commands, which names each of its options; exit codes and settings stand there, too.
//! What the pages show is run by tests/program.
#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeSet;
use std::fs;

use clap::{Command, CommandFactory};
use wheatear_cli::Exit;
use wheatear_cli::arguments::Arguments;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/commands");

fn page(name: &str) -> String {
    let path = format!("{FOLDER}/{name}.md");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn commands() -> Vec<Command> {
    let mut program = Arguments::command();
    program.build();
    program.get_subcommands().filter(|command| command.get_name() != "help").cloned().collect()
}

#[test]
fn every_command_has_a_page_that_names_its_options_and_no_page_is_of_another() {
    let mut names = BTreeSet::from(["README".to_owned()]);
    let general = page("README");
    for command in commands() {
        let name = command.get_name();
        let text = page(name);
        assert!(text.starts_with(&format!("# wheatear {name}\n")), "{name}.md begins with its name");
        assert!(general.contains(&format!("[{name}]({name}.md)")), "README.md has {name}");
        for argument in command.get_arguments() {
            let Some(long) = argument.get_long() else { continue };
            let of_all = argument.is_global_set() || ["help", "version"].contains(&long);
            let place = if of_all { &general } else { &text };
            assert!(place.contains(&format!("--{long}")), "{name}: --{long} stands nowhere");
        }
        names.insert(name.to_owned());
    }
    let pages = fs::read_dir(FOLDER).expect("the pages").map(|page| page.expect("a page").path());
    let pages: BTreeSet<String> =
        pages.map(|page| page.file_stem().unwrap_or_default().to_string_lossy().into()).collect();
    assert_eq!(pages, names);
}

#[test]
fn every_exit_code_stands_on_the_first_page() {
    let text = page("README");
    for exit in Exit::ALL {
        assert!(text.contains(&format!("\n| {} | ", exit.code())), "{exit:?}");
    }
}

#[test]
fn clap_finds_nothing_wrong_with_the_commands() {
    Arguments::command().debug_assert();
}
