//! `migrations!` in a crate of its own, compiled by cargo as a user's is: every change to the folder
//! leads to a rebuild, and every fault to a compile error that names file and line.
#![cfg(not(target_family = "wasm"))]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A crate that prints what its folder `m` holds.
struct Crate(TempDir);

impl Crate {
    fn new(build_script: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let project = Self(folder);
        project.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
                 wheatear = {{ path = {root:?} }}\n",
            ),
        );
        fs::copy(root.join("Cargo.lock"), project.0.path().join("Cargo.lock")).expect("a lock file");
        project.write(
            "src/main.rs",
            "static SET: wheatear::MigrationSet = wheatear::migrations!(\"m\");\n\
             fn main() { for m in &SET { println!(\"{} {}\", m.id(), m.up().unwrap_or(\"code\").trim()); } }\n",
        );
        if build_script {
            project.write("build.rs", "fn main() { println!(\"cargo::rerun-if-changed=m\"); }");
        }
        project.write("m/1.sql", "SELECT 1;");
        project
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("the folder");
        fs::write(path, text).expect("the file");
    }

    /// What `cargo run` prints: the program's lines, and the compiler's.
    fn run(&self) -> (String, String) {
        let output = Command::new(env!("CARGO"))
            .args(["run", "--offline", "--color", "never"])
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("user"))
            // Of this test itself; the crate has its own, or none.
            .env_remove("OUT_DIR")
            .output()
            .expect("cargo runs");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
        (text(output.stdout), text(output.stderr))
    }
}

// One test: its steps follow each other, and cargo would make parallel ones wait anyway.
#[test]
fn the_macro_follows_its_folder() {
    let project = Crate::new(true);
    let (printed, compiler) = project.run();
    assert_eq!(printed, "1 SELECT 1;", "{compiler}");
    assert!(!compiler.contains("warning"), "{compiler}");

    project.write("m/1.sql", "SELECT 11;");
    assert_eq!(project.run().0, "1 SELECT 11;", "an edited file");

    project.write("m/2.sql", "-- depends: 1\nSELECT 2;");
    assert_eq!(project.run().0, "1 SELECT 11;\n2 -- depends: 1\nSELECT 2;", "a new file");

    fs::remove_file(project.0.path().join("m/2.sql")).expect("the file");
    assert_eq!(project.run().0, "1 SELECT 11;", "a removed file");

    for (text, message) in [
        ("-- depends: 3\nSELECT 2;", "m/2.sql:1: depends on \"3\", which does not exist"),
        ("\n-- depends: 2\nSELECT 2;", "m/2.sql:2: migrations depend on each other in a circle: 2 -> 2"),
        ("-- depend: 1", "m/2.sql:1: `-- depend:` looks like the header `-- depends:`"),
        (
            "CREATE TABLE a (b);\nSELECT c\nFROM a;",
            "m/2.sql:2: applying migration \"2\" failed at statement 2: no such column: c",
        ),
        ("SELECT 2;\nVACUUM;", "m/2.sql:2: statement 2 of migration \"2\" begins or ends a transaction"),
    ] {
        project.write("m/2.sql", text);
        let (_, compiler) = project.run();
        assert!(compiler.contains(&format!("error: {message}")), "{compiler}");
    }
    project.write("m/2.sql", "SELECT 2;");
    project.write("m/2.up.sql", "SELECT 2;");
    assert!(project.run().1.contains("error: m/2.up.sql:1: the id \"2\" is taken by m/2.sql already"));

    for file in ["m/1.sql", "m/2.sql", "m/2.up.sql"] {
        fs::remove_file(project.0.path().join(file)).expect("the file");
    }
    project.write("m/1.py", "steps = []");
    let (_, compiler) = project.run();
    assert!(compiler.contains("error: m:1: there is no migration among these files: m/1.py;"), "{compiler}");
    project.write("m/1.sql", "SELECT 1;");
    let (printed, compiler) = project.run();
    assert_eq!(printed, "1 SELECT 1;", "{compiler}");
    assert!(compiler.contains("warning: use of deprecated constant"), "{compiler}");
    assert!(compiler.contains("these files were passed over: m/1.py;"), "{compiler}");

    fs::remove_dir_all(project.0.path().join("m")).expect("the folder");
    assert!(project.run().1.contains("error: m:1: the folder of migrations cannot be read"));

    let (printed, compiler) = Crate::new(false).run();
    assert_eq!(printed, "1 SELECT 1;");
    assert!(compiler.contains("warning: use of deprecated constant"), "{compiler}");
    assert!(compiler.contains("println!(\"cargo::rerun-if-changed=m\")"), "{compiler}");
}
