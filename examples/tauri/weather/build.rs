//! Watches the migrations for new files.
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
