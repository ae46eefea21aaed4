//! Building a set from the files of a folder: names, pairs, order, and every way to get it wrong.

use proptest::prelude::*;
use wheatear_core::{DefinitionError, MigrationSet, SourceFile};

fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

fn set(list: &[(&str, &str)]) -> MigrationSet {
    MigrationSet::from_files(files(list)).expect("a valid set")
}

fn refusal(list: &[(&str, &str)]) -> DefinitionError {
    MigrationSet::from_files(files(list)).expect_err("an invalid set")
}

fn ids(set: &MigrationSet) -> Vec<&str> {
    set.iter().map(|migration| migration.id()).collect()
}

#[test]
fn a_folder_becomes_migrations_with_their_downs() {
    let set = set(&[
        ("m/0002.b.sql", "-- depends: 0001.a\nSELECT 2;"),
        ("m/0001.a.rollback.sql", "SELECT -1;"),
        ("m/0001.a.sql", "SELECT 1;"),
        ("m/README.md", "not SQL"),
        ("m/.#0001.a.sql", "an editor's"),
    ]);
    assert_eq!(ids(&set), ["0001.a", "0002.b"]);
    let migrations: Vec<_> = set.iter().collect();
    assert_eq!(migrations[0].up(), "SELECT 1;");
    assert_eq!(migrations[0].down(), Some("SELECT -1;"));
    assert_eq!(migrations[1].depends().collect::<Vec<_>>(), ["0001.a"]);
    assert_eq!(migrations[1].file(), "m/0002.b.sql");
    assert_eq!(migrations[1].down(), None);
}

#[test]
fn up_and_down_are_other_names_for_the_pair() {
    let set = set(&[("1.up.sql", "SELECT 1"), ("1.down.sql", "SELECT -1")]);
    assert_eq!(ids(&set), ["1"]);
    assert_eq!(set.latest().and_then(|migration| migration.down()), Some("SELECT -1"));
}

#[test]
fn order_follows_dependencies_then_numbers() {
    let set = set(&[("10.sql", "-- x"), ("9.sql", "-- x"), ("1.sql", "-- depends: 10"), ("2.sql", "-- x")]);
    assert_eq!(ids(&set), ["2", "9", "10", "1"]);
}

#[test]
fn an_empty_folder_is_an_empty_set() {
    assert!(set(&[]).is_empty());
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_sql() {
    assert_eq!(set(&[("1.sql", "\u{feff}SELECT 1")]).latest().map(|migration| migration.up()), Some("SELECT 1"));
}

/// Files of a folder, and the code and message of the error they make.
type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str);

#[test]
fn errors_name_file_line_and_remedy() {
    let cases: &[Case] = &[
        (
            &[("m/1.sql", ""), ("m/2.sql", "-- first\n-- depends: 1.sql")],
            "unknown_dependency",
            "m/2.sql:2: depends on \"1.sql\", which does not exist; did you mean \"1\"?",
        ),
        (
            &[("m/0001.create.sql", ""), ("m/2.sql", "-- depends: 0001.crate")],
            "unknown_dependency",
            "m/2.sql:1: depends on \"0001.crate\", which does not exist; did you mean \"0001.create\"?",
        ),
        (
            &[("m/1.sql", "\n-- depends: 2"), ("m/2.sql", "-- depends: 1")],
            "dependency_cycle",
            "m/1.sql:2: migrations depend on each other in a circle: 1 -> 2 -> 1; remove one of these `-- depends:`",
        ),
        (
            &[("m/1.sql", "-- depends: 1")],
            "dependency_cycle",
            "m/1.sql:1: migrations depend on each other in a circle: 1 -> 1; remove one of these `-- depends:`",
        ),
        (
            &[("m/a.sql", ""), ("m/A.sql", "")],
            "duplicate_id",
            "m/a.sql:1: the id \"a\" is taken by m/A.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            &[("m/a.sql", ""), ("m/a.up.sql", "")],
            "duplicate_id",
            "m/a.up.sql:1: the id \"a\" is taken by m/a.sql already (upper and lower case count as the same); rename one of them",
        ),
        (&[("m/1.rollback.sql", "")], "invalid_name", "m/1.rollback.sql:1: takes back \"1\", but there is no 1.sql"),
        (
            &[("m/1 a.sql", "")],
            "invalid_name",
            "m/1 a.sql:1: a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters",
        ),
        (
            &[("m/post-apply.sql", "")],
            "invalid_name",
            "m/post-apply.sql:1: hooks (post-apply*.sql) are not supported yet; move the file away",
        ),
        (
            &[("m/1.sql", "-- depend: 0")],
            "invalid_header",
            "m/1.sql:1: `-- depend:` looks like the header `-- depends:`; write it so, or reword the comment",
        ),
        (
            &[("m/1.sql", "SELECT 'a;b';\n-- c\nCOMMIT;")],
            "transaction_control",
            "m/1.sql:3: statement 2 of migration \"1\" begins or ends a transaction, or does not work inside of one; every migration runs in a transaction, so remove it",
        ),
        (
            &[("m/1.sql", ""), ("m/1.down.sql", "PRAGMA foreign_keys = OFF")],
            "transaction_control",
            "m/1.down.sql:1: statement 1 of migration \"1\" begins or ends a transaction, or does not work inside of one; every migration runs in a transaction, so remove it",
        ),
        (&[("m/1.sql", "SELECT 1;\n\0")], "unreadable_file", "m/1.sql:2: contains a NUL character; remove it"),
    ];
    for (list, code, message) in cases {
        let error = refusal(list);
        assert_eq!(error.to_string(), *message);
        assert_eq!(error.code().as_str(), *code, "{message}");
    }
}

/// Databases in the field hold this digest. If this test fails, the way it is computed changed: do
/// not mend the test, bring the old way back, or each of those databases reads its whole history on
/// every start.
#[test]
fn the_digest_of_known_files_never_changes() {
    let set = set(&[("1.sql", "CREATE TABLE a (b);"), ("1.rollback.sql", "DROP TABLE a;"), ("2.sql", "SELECT 1;")]);
    assert_eq!(format!("{:?}", set.digest()), "2f30e8b497e48881caa7a600a5eb035203fd6381754f82107dd6846d9f323fb0");
}

#[test]
fn the_digest_tells_ids_sql_and_order_apart() {
    let of = |list: &[(&str, &str)]| *set(list).digest();
    let base = of(&[("1.sql", "a"), ("2.sql", "b")]);
    assert_eq!(base, of(&[("2.sql", "b"), ("1.sql", "a")]));
    for other in [
        of(&[("1.sql", "a")]),
        of(&[("1.sql", "a"), ("2.sql", "c")]),
        of(&[("1.sql", "a"), ("3.sql", "b")]),
        of(&[("1.sql", "a"), ("2.sql", "b"), ("2.down.sql", "")]),
        of(&[("1.sql", "ab"), ("2.sql", "")]),
    ] {
        assert_ne!(base, other);
    }
}

proptest! {
    /// Any graph without circles: dependencies first, and the same order however the files are listed.
    #[test]
    fn order_does_not_depend_on_how_files_are_listed(
        edges in proptest::collection::vec((0usize..9, 0usize..9), 0..20),
        shuffle in Just((1..=9).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let text = |node: usize| -> String {
            edges.iter().filter(|(a, b)| *a == node && b < a).map(|(_, b)| format!("-- depends: m{b}\n")).collect()
        };
        let all: Vec<(String, String)> = (0..9).map(|node| (format!("m{node}.sql"), text(node))).collect();
        let build = |order: &mut dyn Iterator<Item = usize>| {
            let list = order.map(|node| SourceFile { path: all[node].0.clone(), text: all[node].1.clone() });
            MigrationSet::from_files(list).expect("no circle: every edge goes down")
        };
        let set = build(&mut (0..9));
        prop_assert_eq!(&set, &build(&mut shuffle.iter().map(|n| n - 1)));
        // Every edge goes from a higher to a lower number, so the natural order needs no change.
        prop_assert_eq!(ids(&set), (0..9).map(|node| format!("m{node}")).collect::<Vec<_>>());
    }

    #[test]
    fn any_files_give_a_set_or_an_error_but_no_panic(
        list in proptest::collection::vec(("[a-c.]{0,4}(\\.sql|\\.rollback\\.sql|)", "\\PC{0,20}"), 0..6)
    ) {
        let _ = MigrationSet::from_files(list.into_iter().map(|(path, text)| SourceFile { path, text }));
    }
}
