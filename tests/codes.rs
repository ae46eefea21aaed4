//! Error codes are declared once, in Rust; the client's list and the documentation's page follow.
#![cfg(not(target_family = "wasm"))]

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use wheatear::ErrorCode;

fn client_codes() -> String {
    let mut text = String::from(
        "// Generated from crates/core/src/code.rs: `cargo test --test codes` compares, and with UPDATE_CODES=1 rewrites.

/** Every error code, by the class of error that carries it. */
export interface CodesOf {\n",
    );
    for codes in ErrorCode::ALL.chunk_by(|a, b| a.class() == b.class()) {
        let class = codes[0].class().client_name();
        let names: Vec<_> = codes.iter().map(|code| format!("'{code}'")).collect();
        let line = format!("  {class}: {};", names.join(" | "));
        // As the formatter breaks lines.
        let lines = if line.len() > 120 { format!("  {class}:\n    | {};", names.join("\n    | ")) } else { line };
        writeln!(text, "{lines}").expect("a string takes all");
    }
    text + "}

/** Name of a class of errors. */
export type ErrorClass = keyof CodesOf;

/** Stable, flat name of what went wrong. A new one is a minor release, a renamed one a major. */
export type ErrorCode = CodesOf[ErrorClass];

/** The class of error that carries a code. */
export type ClassOf<Code extends ErrorCode> = {
  [Class in ErrorClass]: Code extends CodesOf[Class] ? Class : never;
}[ErrorClass];
"
}

/// The page of errors: for each class a heading and what the page says of it, below that the same of each code, whose
/// meaning comes first. What is said of them stays as it is.
fn errors_page(page: &str) -> String {
    let (said, mut text) = (sections(page), String::new());
    let said_of = |heading: &str| said.get(heading).map(|said| format!("{said}\n")).unwrap_or_default();
    text.push_str(&said_of(""));
    for codes in ErrorCode::ALL.chunk_by(|a, b| a.class() == b.class()) {
        let class = format!("## {}", codes[0].class().client_name());
        write!(text, "\n{class}\n\n{}", said_of(&class)).expect("a string takes all");
        for code in codes {
            let heading = format!("### `{code}`");
            let advice = said_of(&heading);
            let advice = advice.split_once("\n\n").map(|(_, advice)| format!("\n{advice}")).unwrap_or_default();
            write!(text, "\n{heading}\n\n{}\n{advice}", code.meaning()).expect("a string takes all");
        }
    }
    text
}

/// What stands under each heading of a class or code, without the empty lines around it.
fn sections(page: &str) -> HashMap<&str, &str> {
    let is_heading = |line: &str| line.starts_with("## ") || line.starts_with("### `");
    let mut starts: Vec<usize> = page
        .split_inclusive('\n')
        .scan(0, |at, line| Some((std::mem::replace(at, *at + line.len()), line)))
        .filter_map(|(at, line)| is_heading(line).then_some(at))
        .collect();
    starts.push(page.len());
    let headed = starts.windows(2).map(|pair| page[pair[0]..pair[1]].split_once('\n').unwrap_or_default());
    headed.chain([("", &page[..starts[0]])]).map(|(heading, said)| (heading, said.trim())).collect()
}

fn compare(file: &str, expected: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let found = std::fs::read_to_string(&path).expect(file);
    let expected = expected(&found);
    if std::env::var_os("UPDATE_CODES").is_some() {
        std::fs::write(&path, expected).expect(file);
    } else {
        assert!(found == expected, "{file} is behind; run: UPDATE_CODES=1 cargo test --test codes");
    }
}

#[test]
fn the_client_knows_every_code() {
    compare("client/protocol/codes.ts", |_| client_codes());
}

#[test]
fn the_documentation_has_every_code_and_its_meaning() {
    compare("docs/errors.md", errors_page);
}

#[test]
fn the_documentation_says_of_every_code_why_what_the_data_is_now_and_what_to_do() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md")).expect("the page");
    let said = sections(&page);
    for code in ErrorCode::ALL {
        let said = said.get(&*format!("### `{code}`")).copied().unwrap_or_default();
        let labels: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("- **")?.split_once(":** ")).collect();
        let names: Vec<_> = labels.iter().map(|(label, _)| *label).collect();
        assert_eq!(names, ["Cause", "The data", "What to do"], "docs/errors.md: {code}");
    }
}
