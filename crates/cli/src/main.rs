//! The native home of the program.

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let exit = wheatear_cli::run(&words, &wheatear_cli::NativeHost);
    std::process::ExitCode::from(exit.code())
}

#[cfg(target_family = "wasm")]
fn main() {}
