use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use wheatear_core::{DefinitionError, Migration, MigrationSet};

use crate::folder;

/// An expression of type `MigrationSet` that holds the folder's migrations and can be evaluated at
/// compile time, so a `static` of it costs nothing at run time.
pub(crate) fn expand(shown: &str, crate_root: &Path, has_build_script: bool) -> Result<TokenStream, DefinitionError> {
    let files = folder::read(shown, &crate_root.join(shown))?;
    let set = MigrationSet::from_files(files.iter().map(|(_, file)| file.clone()))?;

    // rustc recompiles when a file that was included changes. A file that is new is seen only by a
    // build script, hence the warning.
    let included = files.iter().map(|(path, _)| path.to_string_lossy());
    let warning = (!has_build_script).then(|| missing_build_script(shown));
    let migrations = set.iter().map(embed);
    let digest = set.digest().as_bytes();
    Ok(quote! {{
        #(const _: &[u8] = include_bytes!(#included);)*
        #warning
        static MIGRATIONS: &[::wheatear::Migration] = &[#(#migrations),*];
        ::wheatear::MigrationSet::embedded(MIGRATIONS, [#(#digest),*])
    }})
}

fn embed(migration: &Migration) -> TokenStream {
    let (id, file, up) = (migration.id(), migration.file(), migration.up());
    let depends = migration.depends();
    let down = match migration.down() {
        Some(down) => quote!(::core::option::Option::Some(#down)),
        None => quote!(::core::option::Option::None),
    };
    quote! {
        ::wheatear::Migration::embedded(
            #id, #file, &[#(::std::borrow::Cow::Borrowed(#depends)),*], #up, #down,
        )
    }
}

/// A macro cannot emit a warning on stable Rust, but using something deprecated does.
fn missing_build_script(folder: &str) -> TokenStream {
    let note = format!(
        "this crate has no build.rs, so a new migration would go unnoticed until something else is recompiled; \
         create build.rs with: fn main() {{ println!(\"cargo::rerun-if-changed={folder}\"); }}"
    );
    quote! {
        #[deprecated(note = #note)]
        const MIGRATIONS_FOLDER_IS_NOT_WATCHED: () = ();
        const _: () = MIGRATIONS_FOLDER_IS_NOT_WATCHED;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> TempDir {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(root.path().join("m")).expect("a folder in it");
        for (name, text) in files {
            fs::write(root.path().join("m").join(name), text).expect("a file in it");
        }
        root
    }

    fn error(files: &[(&str, &[u8])]) -> String {
        expand("m", folder(files).path(), true).expect_err("an invalid folder").to_string()
    }

    #[test]
    fn embeds_the_files_and_watches_each_of_them() {
        let root = folder(&[("1.sql", b"SELECT 1;"), ("1.rollback.sql", b"SELECT -1;"), ("notes.txt", b"\xff")]);
        let code = expand("m", root.path(), true).expect("a valid folder").to_string();
        for part in ["\"SELECT 1;\"", "\"SELECT -1;\"", "\"m/1.sql\""] {
            assert!(code.contains(part), "{part} in {code}");
        }
        assert_eq!(code.matches("include_bytes").count(), 2);
        assert!(!code.contains("deprecated"));
    }

    #[test]
    fn warns_where_new_files_would_go_unnoticed() {
        let code = expand("m", folder(&[]).path(), false).expect("a valid folder").to_string();
        assert!(code.contains("cargo::rerun-if-changed=m"), "{code}");
    }

    #[test]
    fn a_missing_folder_says_where_it_was_looked_for() {
        let root = folder(&[]);
        let message = expand("absent", root.path(), true).expect_err("no folder").to_string();
        assert!(message.starts_with("absent:1: the folder of migrations cannot be read: "), "{message}");
        assert!(message.ends_with(&root.path().join("absent").display().to_string()), "{message}");
    }

    #[test]
    fn faults_in_files_are_reported_with_file_and_line() {
        assert!(error(&[("1.sql", b"\n-- depends: 0")]).starts_with("m/1.sql:2: depends on \"0\""));
        assert!(
            error(&[("1.sql", b"\xff")]).starts_with("m/1.sql:1: cannot be read: stream did not contain valid UTF-8")
        );
    }
}
