//! The program `wheatear`: what can be done with a folder of migrations and with databases, from a command line.
//!
//! | to | see |
//! | --- | --- |
//! | run it with these arguments | [`run`] |
//! | give it files, databases and somebody to ask | [`Host`] |
//! | have those of this machine | `NativeHost` |
//! | know what its exit codes mean | [`Exit`] |
//!
//! Natively it is a binary that opens databases where they lie. In Node.js it is a wasm module, which
//! `client/build/node-host.ts` gives its files; there a database is read into memory, and written back whole.

pub mod arguments;
mod commands;
mod context;
mod dump;
mod fault;
mod host;
mod losses;
#[cfg(not(target_family = "wasm"))]
mod native_host;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod node_host;
mod output;
mod paths;
mod project;
mod queries;
mod settings;

pub use fault::{Exit, Fault};
pub use host::{Access, Entry, Host};
#[cfg(not(target_family = "wasm"))]
pub use native_host::NativeHost;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use node_host::{NodeFunctions, NodeHost};

use clap::{CommandFactory, FromArgMatches};

use arguments::Arguments;
use output::Output;

/// Runs the program.
///
/// `words` are its arguments, without its own name. What it has to say it prints through the host; what it returns is the
/// exit code.
pub fn run(words: &[String], host: &dyn Host) -> Exit {
    let named = std::iter::once("wheatear").chain(words.iter().map(String::as_str));
    let matches = Arguments::command().try_get_matches_from(named);
    let arguments = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render().to_string();
            if error.use_stderr() {
                // What was not understood cannot say that it is to be JSON.
                let is_json = words.iter().any(|word| word == "--json");
                if is_json {
                    Output::new(host, true).fault(&Fault::usage(text.trim_end().trim_start_matches("error: ")))
                } else {
                    host.complain(&text)
                }
                return Exit::Usage;
            }
            host.print(&text);
            return Exit::Done;
        }
    };
    let output = Output::new(host, arguments.general.json);
    match commands::run(&arguments, host, &output) {
        Ok(exit) => exit,
        Err(fault) => {
            output.fault(&fault);
            fault.exit
        }
    }
}
