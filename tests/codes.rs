//! Error codes are declared once, in Rust; the client's list and the README's table follow.
#![cfg(not(target_family = "wasm"))]

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

fn readme_table() -> String {
    let mut text = String::from("| class | code | meaning |\n| --- | --- | --- |\n");
    for code in ErrorCode::ALL {
        writeln!(text, "| `{}` | `{code}` | {} |", code.class().client_name(), code.meaning())
            .expect("a string takes all");
    }
    text
}

/// The part of the README between the two marks that hold its table of codes.
fn replaced_in(readme: &str) -> String {
    let (start, end) = ("<!-- error codes -->\n", "<!-- end of error codes -->");
    let before = readme.split(start).next().expect("text before the table");
    let after = readme.split(end).nth(1).expect("the README marks where its table of codes ends");
    format!("{before}{start}{}{end}{after}", readme_table())
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
fn the_readme_lists_every_code() {
    compare("README.md", replaced_in);
}
