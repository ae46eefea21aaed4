//! Watches the folder that this crate's own tests and examples embed.
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
