use std::path::Path;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use wheatear_core::{
    Body, DefinitionError, DefinitionErrorKind, FolderFiles, Hook, Migration, Script, SetDefinition, no_migrations,
};

use crate::input::{CodeInput, Input};

/// An expression of type `MigrationSet` that holds the folder's migrations and can be evaluated at
/// compile time, so a `static` of it costs nothing at run time.
///
/// `flags` are those that the SQLite of pages is compiled with.
pub(crate) fn expand(
    input: &Input,
    crate_root: &Path,
    has_build_script: bool,
    flags: &str,
) -> Result<TokenStream, String> {
    let shown = input.folder.value();
    let FolderFiles { sql, others } =
        FolderFiles::read(&shown, &crate_root.join(&shown)).map_err(|error| error.to_string())?;
    let sources = sql.iter().map(|(_, file)| file.clone()).chain(others);
    let set = SetDefinition::build(sources, input.code.iter().map(CodeInput::migration)).map_err(|error| {
        let is_of_all = matches!(error.kind, DefinitionErrorKind::NoMigrations { .. });
        let file = if is_of_all { shown.clone() } else { error.file };
        DefinitionError { file, ..error }.to_string()
    })?;
    let (schema, told) = try_out(&set, flags, input.folder.span())?;

    // rustc recompiles when a file that was included changes. A file that is new is seen only by a
    // build script, hence the warning.
    let included = sql.iter().map(|(path, _)| path.to_string_lossy());
    let warnings = [
        (!has_build_script).then(|| missing_build_script(&shown)),
        (!set.passed_over().is_empty()).then(|| passed_over(set.passed_over())),
    ];
    let warnings = warnings.iter().flatten();
    let migrations = set.iter().map(embed);
    let hooks = set.hooks().iter().map(embed_hook);
    let code = input.code.iter().map(embed_code);
    let digest = set.digest().as_bytes();
    Ok(quote! {{
        #(const _: &[u8] = include_bytes!(#included);)*
        #(#warnings)*
        #told
        static MIGRATIONS: &[::wheatear::Migration] = &[#(#migrations),*];
        static HOOKS: &[::wheatear::Hook] = &[#(#hooks),*];
        static CODE: &[::wheatear::CodeStep] = &[#(#code),*];
        ::wheatear::MigrationSet::embedded(MIGRATIONS, HOOKS, CODE, [#(#digest),*], #schema)
    }})
}

/// The schema that the set makes, found out by running it, and what is to be said about that: nothing on any target, or
/// an error in pages and a warning elsewhere.
#[cfg(feature = "try-migrations")]
fn try_out(set: &SetDefinition, flags: &str, span: Span) -> Result<(TokenStream, TokenStream), String> {
    use wheatear_sqlite::TrialFault;

    let trial = wheatear_sqlite::try_out_for_pages(set, flags).map_err(|error| {
        let needs_the_app = ["function", "module", "collation"].iter().any(|what| {
            matches!(&*error.fault, TrialFault::Sqlite(failure) if failure.message.contains(&format!("no such {what}")))
        });
        format!("{error}{}", if needs_the_app { RUN_TIME_HINT } else { "" })
    })?;
    let lacking = trial.lacking.iter().map(|lacking| {
        let message = format!("{lacking}{RUN_TIME_HINT}");
        quote::quote_spanned!(span=> ::core::compile_error!(#message);)
    });
    let only_in_pages = (!trial.only_in_pages.is_empty()).then(|| only_in_pages(&trial.only_in_pages));
    let told = quote! {
        #[cfg(all(target_family = "wasm", target_os = "unknown"))]
        const _: () = { #(#lacking)* };
        #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
        const _: () = { #only_in_pages };
        // The compiler runs again when these flags are others.
        const _: ::core::option::Option<&str> = ::core::option_env!("SQLITE_WASM_RS_FLAGS");
    };
    let Some(schema) = trial.schema else { return Ok((quote!(::core::option::Option::None), told)) };
    let objects = schema.objects().iter().map(|object| {
        let (kind, name, checksum) = (&object.kind, &object.name, object.checksum.as_bytes());
        quote!(::wheatear::SchemaObject::embedded(#kind, #name, [#(#checksum),*]))
    });
    let schema = quote! {{
        static OBJECTS: &[::wheatear::SchemaObject] = &[#(#objects),*];
        ::core::option::Option::Some(::wheatear::Schema::embedded(OBJECTS))
    }};
    Ok((schema, told))
}

/// What if the application adds what was not found.
#[cfg(feature = "try-migrations")]
const RUN_TIME_HINT: &str = "\nThe migrations were tried out on plain SQLite while compiling. If the application adds this \
    at run time, switch that off: wheatear = { default-features = false, features = [\"bundled\"] }";

#[cfg(feature = "try-migrations")]
fn only_in_pages(functions: &[String]) -> TokenStream {
    let note = format!(
        "pages have these functions and the SQLite of this build lacks them, so the migrations would fail in it: {}; \
         build it with them: LIBSQLITE3_FLAGS=\"-DSQLITE_ENABLE_MATH_FUNCTIONS\"",
        functions.join(", ")
    );
    quote! {
        #[deprecated(note = #note)]
        const MIGRATIONS_RUN_ONLY_IN_PAGES: () = ();
        const _: () = MIGRATIONS_RUN_ONLY_IN_PAGES;
    }
}

#[cfg(not(feature = "try-migrations"))]
fn try_out(_: &SetDefinition, _: &str, _: Span) -> Result<(TokenStream, TokenStream), String> {
    Ok((quote!(::core::option::Option::None), TokenStream::new()))
}

fn embed(migration: &Migration) -> TokenStream {
    let (id, file, compatible) = (migration.id(), migration.file(), migration.is_compatible());
    let (depends, was) = (migration.depends(), migration.recorded_as());
    let checksum = migration.checksum();
    let checksum = checksum.as_bytes();
    let accepted = migration.accepted_checksums().iter().map(|checksum| {
        let bytes = checksum.as_bytes();
        quote!(::wheatear::Digest::from_bytes([#(#bytes),*]))
    });
    let body = match migration.body() {
        Body::Sql { up, down } => {
            let (up, down) = (embed_script(up), option(down.as_ref().map(embed_script)));
            quote!(::wheatear::Body::embedded_sql(#up, #down))
        }
        Body::Code { version, has_down } => quote!(::wheatear::Body::embedded_code(#version, #has_down)),
    };
    quote! {
        ::wheatear::Migration::embedded(
            #id, #file, &[#(::std::borrow::Cow::Borrowed(#depends)),*], &[#(::std::borrow::Cow::Borrowed(#was)),*],
            #compatible, [#(#checksum),*], &[#(#accepted),*], #body,
        )
    }
}

fn embed_script(script: &Script) -> TokenStream {
    let (file, sql) = (&script.file, &script.sql);
    let (transactional, foreign_keys) = (script.transactional, script.foreign_keys);
    quote!(::wheatear::Script::embedded(#file, #sql, #transactional, #foreign_keys))
}

fn embed_hook(hook: &Hook) -> TokenStream {
    let (id, script) = (&hook.id, embed_script(&hook.script));
    quote!(::wheatear::Hook::embedded(#id, #script))
}

fn embed_code(step: &CodeInput) -> TokenStream {
    let (id, up, down) = (step.migration().id, &step.up, option(step.down.as_ref().map(|path| quote!(#path))));
    quote!(::wheatear::CodeStep::embedded(#id, #up, #down))
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
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

fn passed_over(files: &[String]) -> TokenStream {
    let note = format!("these files were passed over: {}", no_migrations(files));
    quote! {
        #[deprecated(note = #note)]
        const FILES_BESIDE_THE_MIGRATIONS_ARE_PASSED_OVER: () = ();
        const _: () = FILES_BESIDE_THE_MIGRATIONS_ARE_PASSED_OVER;
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
            let path = root.path().join("m").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
            fs::write(path, text).expect("a file in it");
        }
        root
    }

    fn input(text: &str) -> Input {
        syn::parse_str(text).expect("what the macro takes")
    }

    fn error(files: &[(&str, &[u8])]) -> String {
        expand(&input("\"m\""), folder(files).path(), true, "").expect_err("an invalid folder")
    }

    #[test]
    fn embeds_the_files_and_watches_each_of_them() {
        let root = folder(&[
            ("1.sql", b"SELECT 1;"),
            ("1.rollback.sql", b"SELECT -1;"),
            ("post-apply.sql", b"SELECT 9;"),
            ("notes.txt", b"\xff"),
        ]);
        let code = expand(&input("\"m\""), root.path(), true, "").expect("a valid folder").to_string();
        for part in ["\"SELECT 1;\"", "\"SELECT -1;\"", "\"SELECT 9;\"", "\"m/1.sql\""] {
            assert!(code.contains(part), "{part} in {code}");
        }
        assert_eq!(code.matches("include_bytes").count(), 3);
        assert!(!code.contains("deprecated"));
    }

    #[test]
    fn line_ends_of_a_checkout_make_no_difference() {
        let code = |text: &str| {
            let root = folder(&[("1.sql", text.as_bytes())]);
            let code = expand(&input("\"m\""), root.path(), true, "").expect("a valid folder").to_string();
            code.replace(&root.path().display().to_string(), "")
        };
        let text = "-- a\nCREATE TABLE a (b);\nINSERT INTO a VALUES ('c\nd');\n";
        assert_eq!(code(&text.replace('\n', "\r\n")), code(text));
    }

    #[test]
    fn code_stands_beside_files_in_one_order() {
        let root = folder(&[("1.sql", b"SELECT 1;"), ("10.sql", b"-- depends: 2\nSELECT 1;")]);
        let text = "\"m\", { \"2\" => { version: \"a\", depends: [\"1\"], was: [\"b\"], up: fill, down: unfill } }";
        let code = expand(&input(text), root.path(), true, "").expect("a valid set").to_string();
        let [one, two, ten] = ["\"m/1.sql\"", "\"code step 2\"", "\"m/10.sql\""].map(|part| code.find(part));
        assert!(one < two && two < ten, "{code}");
        let ids = |id: &str| format!("& [:: std :: borrow :: Cow :: Borrowed (\"{id}\")]");
        assert!(code.contains(&format!("{} , {} , false", ids("1"), ids("b"))), "{code}");
        assert!(
            code.contains("CodeStep :: embedded (\"2\" , fill , :: core :: option :: Option :: Some (unfill))"),
            "{code}"
        );
    }

    #[test]
    fn code_without_version_or_function_is_refused() {
        for (text, message) in [
            ("\"m\", { \"2\" => { up: fill } }", "this code step has no `version:`"),
            ("\"m\", { \"2\" => { version: \"1\" } }", "this code step has no `up:`"),
            (
                "\"m\", { \"2\" => { versoin: \"1\" } }",
                "there is no `versoin` here; use version, depends, was, compatible, up, down",
            ),
        ] {
            assert_eq!(syn::parse_str::<Input>(text).err().map(|error| error.to_string()).as_deref(), Some(message));
        }
    }

    #[test]
    #[cfg(feature = "try-migrations")]
    fn the_schema_is_found_by_running_the_set_and_an_error_in_it_names_file_and_line() {
        let root = folder(&[("1.sql", b"CREATE TABLE a (b);")]);
        let code = expand(&input("\"m\""), root.path(), true, "").expect("a valid folder").to_string();
        assert!(code.contains("SchemaObject :: embedded (\"table\" , \"a\""), "{code}");
        assert!(
            error(&[("1.sql", b"SELECT 1;\nCREATE TABL a (b);")])
                .starts_with("m/1.sql:2: applying migration \"1\" failed")
        );
        let message = error(&[("1.sql", b"CREATE TABLE a (b); SELECT mine(b) FROM a;")]);
        assert!(
            message.contains("no such function: mine") && message.contains("default-features = false"),
            "{message}"
        );
    }

    #[test]
    #[cfg(feature = "try-migrations")]
    fn what_pages_lack_fails_their_build_only_and_what_only_they_have_is_told_elsewhere() {
        let expanded = |sql: &[u8], flags: &str| {
            let root = folder(&[("1.sql", b"CREATE TABLE a (b);"), ("2.sql", sql)]);
            expand(&input("\"m\""), root.path(), true, flags).expect("a valid folder").to_string()
        };
        let in_pages = "# [cfg (all (target_family = \"wasm\" , target_os = \"unknown\"))] const _ : () = { :: core :: compile_error ! (\"m/2.sql: ";
        let code = expanded(b"CREATE INDEX c ON a (soundex(b));", "");
        assert!(code.contains(in_pages) && code.contains("lacks the function"), "{code}");
        assert!(!expanded(b"CREATE INDEX c ON a (soundex(b));", "-DSQLITE_SOUNDEX").contains("compile_error"));
        let search = b"CREATE VIRTUAL TABLE c USING fts5 (d);";
        assert!(!expanded(search, "").contains("compile_error"));
        assert!(expanded(search, "-USQLITE_ENABLE_FTS5").contains(in_pages));
        let code = expanded(b"UPDATE a SET b = pow(b, 2);", "");
        assert!(!code.contains("compile_error"), "{code}");
        assert!(code.contains("deprecated (note = \"pages have these functions") && code.contains(": pow;"), "{code}");
    }

    #[test]
    fn warns_where_new_files_would_go_unnoticed() {
        let code = expand(&input("\"m\""), folder(&[]).path(), false, "").expect("a valid folder").to_string();
        assert!(code.contains("cargo::rerun-if-changed=m"), "{code}");
    }

    #[test]
    fn a_missing_folder_says_where_it_was_looked_for() {
        let root = folder(&[]);
        let message = expand(&input("\"absent\""), root.path(), true, "").expect_err("no folder");
        assert!(message.starts_with("absent:1: the folder of migrations cannot be read: "), "{message}");
        assert!(message.ends_with(&root.path().join("absent").display().to_string()), "{message}");
    }

    #[test]
    fn faults_in_files_are_reported_with_file_and_line() {
        assert!(error(&[("1.sql", b"\n-- depends: 0\nSELECT 1")]).starts_with("m/1.sql:2: depends on \"0\""));
        assert!(
            error(&[("1.sql", b"\xff")]).starts_with("m/1.sql:1: cannot be read: stream did not contain valid UTF-8")
        );
    }

    #[test]
    fn what_is_passed_over_is_named_in_a_warning() {
        let warning = |files: &[(&str, &[u8])]| {
            let code = expand(&input("\"m\""), folder(files).path(), true, "").expect("a valid folder").to_string();
            let note = code.split_once("note = ").map(|(_, rest)| rest.split_once(')').map_or(rest, |(note, _)| note));
            note.unwrap_or_default().to_owned()
        };
        let create: (&str, &[u8]) = ("1.sql", b"SELECT 1;");
        let note = warning(&[create, ("2.py", b"\xff"), ("old.sql/0/0.sql", b"SELECT 0;"), ("meta/.keep", b"")]);
        assert!(note.starts_with("\"these files were passed over: m/2.py, m/old.sql/; "), "{note}");
        let companions: [(&str, &[u8]); 5] =
            [create, ("README.md", b""), (".gitkeep", b""), ("1.sql~", b"\xff"), (".git/config", b"")];
        assert_eq!(warning(&companions), "");
    }

    #[test]
    fn a_folder_with_files_and_no_migration_is_refused_and_one_without_files_is_not() {
        let begin = "m:1: there is no migration among these files: ";
        let message = error(&[("1.py", b"\xff"), ("README.md", b"")]);
        assert!(message.starts_with(&format!("{begin}m/1.py, m/README.md; ")), "{message}");
        assert!(error(&[("a/b/1.sql", b"SELECT 1;")]).starts_with(&format!("{begin}m/a/; ")));
        expand(&input("\"m\""), folder(&[(".gitkeep", b""), ("a/.gitkeep", b"")]).path(), true, "").expect("no files");
        let code = input("\"m\", { \"2\" => { version: \"1\", up: fill } }");
        expand(&code, folder(&[("README.md", b"")]).path(), true, "").expect("code is a migration");
    }

    #[test]
    fn hidden_files_are_not_read() {
        let root = folder(&[("1.sql", b"SELECT 1;"), ("._1.sql", b"\xff"), (".#2.sql", b"\xff")]);
        expand(&input("\"m\""), root.path(), true, "").expect("a valid folder");
    }
}
