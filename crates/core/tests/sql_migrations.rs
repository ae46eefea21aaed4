//! Building a set from migrations that are no files: the same set as of the files, and the same errors by id.

use wheatear_core::{DefinitionError, Digest, Migration, SetDefinition, SourceFile, SqlMigration};

fn sql(id: &str, up: &str) -> SqlMigration {
    SqlMigration { id: id.to_owned(), up: up.to_owned(), ..SqlMigration::default() }
}

fn set(migrations: impl IntoIterator<Item = SqlMigration>) -> SetDefinition {
    SetDefinition::from_sql(migrations, []).expect("a valid set")
}

fn refusal(migrations: impl IntoIterator<Item = SqlMigration>) -> DefinitionError {
    SetDefinition::from_sql(migrations, []).expect_err("an invalid set")
}

/// What the migrations of a set say, but for the texts of their ups, in which headers may stand.
fn said(set: &SetDefinition) -> Vec<impl PartialEq + std::fmt::Debug> {
    let said = |migration: &'_ Migration| {
        (
            (migration.id().to_owned(), migration.checksum(), migration.down().map(str::to_owned)),
            migration.depends().map(str::to_owned).collect::<Vec<_>>(),
            migration.was().map(str::to_owned).collect::<Vec<_>>(),
            (migration.is_compatible(), migration.is_transactional(), migration.accepted_checksums().to_vec()),
        )
    };
    set.iter().map(said).collect()
}

#[test]
fn fields_say_what_headers_of_a_file_say() {
    let checksum = Digest::of_code("an earlier text");
    let of_files = SetDefinition::from_files(
        [
            ("2.b.sql", "-- depends: 10.c\n-- was: old\n-- compatible: true\nCREATE TABLE b (x);".to_owned()),
            ("2.b.rollback.sql", "DROP TABLE b;".to_owned()),
            ("10.c.sql", format!("-- transactional: false\r\n-- accepted-checksums: {checksum}\r\nVACUUM;")),
            ("1.a.sql", "SELECT 1;".to_owned()),
        ]
        .map(|(path, text)| SourceFile { path: path.to_owned(), text }),
    )
    .expect("a valid set");
    let of_sql = set([
        sql("1.a", "SELECT 1;"),
        SqlMigration { transactional: Some(false), accepted_checksums: vec![checksum], ..sql("10.c", "VACUUM;") },
        SqlMigration {
            down: Some("DROP TABLE b;".to_owned()),
            depends: vec!["10.c".to_owned()],
            // Headers count, too.
            ..sql("2.b", "-- was: old\n-- compatible: true\nCREATE TABLE b (x);")
        },
    ]);
    assert_eq!(of_sql.digest(), of_files.digest());
    assert_eq!(said(&of_sql), said(&of_files));
    assert_eq!(of_sql.len(), 3);
}

#[test]
fn a_field_counts_more_than_a_header() {
    let set = set([SqlMigration {
        transactional: Some(true),
        compatible: Some(false),
        ..sql("1", "-- transactional: false\n-- compatible: true\nSELECT 1;")
    }]);
    let migration = set.latest().expect("a migration");
    assert!(migration.is_transactional());
    assert!(!migration.is_compatible());
}

#[test]
fn none_is_an_empty_set() {
    assert!(set([]).is_empty());
}

#[test]
fn errors_name_the_id_and_the_line() {
    let depends = |id: &str| SqlMigration { depends: vec![id.to_owned()], ..sql("2.b", "SELECT 1;") };
    let with_down = |down: &str| SqlMigration { down: Some(down.to_owned()), ..sql("1.a", "SELECT 1;") };
    for (migrations, expected) in [
        (vec![sql("1.a", "SELECT 1;"), sql("1.A", "SELECT 1;")], "1.A:1: "),
        (vec![sql("", "SELECT 1;")], ":1: "),
        (vec![sql("1 a", "SELECT 1;")], "1 a:1: "),
        (vec![sql("post-apply", "SELECT 1;")], "post-apply:1: "),
        (vec![sql("1.a", "SELECT 1;"), depends("1.b")], "2.b:1: "),
        (vec![sql("1.a", "\n\nCOMMIT;")], "1.a:3: "),
        (vec![sql("1.a", "\n-- depend: 2\nSELECT 1;")], "1.a:2: "),
        (vec![sql("1.a", "-- nothing")], "1.a:1: "),
        (vec![sql("1.a", "SELECT 1;\n\0")], "1.a:2: "),
        (vec![with_down("SELECT 1;\nBEGIN;")], "1.a (down):2: "),
        (vec![with_down("-- depends: 1\nSELECT 1;")], "1.a (down):1: "),
    ] {
        let ids: Vec<_> = migrations.iter().map(|migration| migration.id.clone()).collect();
        let message = refusal(migrations).to_string();
        assert!(message.starts_with(expected), "{ids:?}: {message}");
    }
}
