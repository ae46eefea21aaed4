//! Any text through `Header::parse`: no panic, and what it names is on the line it names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheatear_core::header::Header;

fuzz_target!(|text: &str| {
    let line = |number: usize| text.split('\n').nth(number.checked_sub(1)?);
    match Header::parse(text) {
        Ok(header) => {
            for (id, number) in &header.depends {
                assert!(line(*number).is_some_and(|line| line.contains(id)), "{id:?} is not on line {number}");
            }
        }
        Err((number, kind)) => {
            assert!(line(number).is_some_and(|line| line.contains("--")), "line {number} is no comment: {kind}");
        }
    }
});
