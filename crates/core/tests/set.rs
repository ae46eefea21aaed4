//! Building a set from the files of a folder: names, pairs, order, and every way to get it wrong.

use proptest::prelude::*;
use wheatear_core::{
    Body, CodeMigration, DefinitionError, Digest, Migration, Schema, SchemaObject, SetDefinition, SourceFile,
};

fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    files.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

fn set(list: &[(&str, &str)]) -> SetDefinition {
    SetDefinition::from_files(files(list)).expect("a valid set")
}

fn refusal(list: &[(&str, &str)]) -> DefinitionError {
    SetDefinition::from_files(files(list)).expect_err("an invalid set")
}

fn ids(set: &SetDefinition) -> Vec<&str> {
    set.iter().map(|migration| migration.id()).collect()
}

fn code(id: &'static str, depends: &[&'static str]) -> CodeMigration {
    CodeMigration {
        id: id.into(),
        version: "1".into(),
        depends: depends.iter().map(|id| (*id).into()).collect::<Vec<_>>().into(),
        was: Vec::new().into(),
        compatible: false,
        has_down: false,
    }
}

fn refusal_of_code(list: &[(&str, &str)], code: &[CodeMigration]) -> DefinitionError {
    SetDefinition::build(files(list), code.to_vec()).expect_err("an invalid set")
}

fn migration<'set>(set: &'set SetDefinition, id: &str) -> &'set Migration {
    set.iter().find(|migration| migration.id() == id).expect("an id of the set")
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
    assert_eq!(migrations[0].up(), Some("SELECT 1;"));
    assert_eq!(migrations[0].down(), Some("SELECT -1;"));
    assert!(migrations[0].has_down());
    assert_eq!(migrations[1].depends().collect::<Vec<_>>(), ["0001.a"]);
    assert_eq!(migrations[1].file(), "m/0002.b.sql");
    assert_eq!(migrations[1].down(), None);
    assert!(!migrations[1].has_down());
    assert_eq!((set.len(), set.is_empty(), set.latest()), (2, false, Some(migrations[1])));
}

#[test]
fn up_and_down_are_other_names_for_the_pair() {
    let set = set(&[("1.up.sql", "SELECT 1"), ("1.down.sql", "SELECT -1")]);
    assert_eq!(ids(&set), ["1"]);
    assert_eq!(migration(&set, "1").down(), Some("SELECT -1"));
}

#[test]
fn order_follows_dependencies_then_numbers() {
    let set = set(&[
        ("10.sql", "SELECT 1"),
        ("9.sql", "SELECT 1"),
        ("1.sql", "-- depends: 10\nSELECT 1"),
        ("2.sql", "SELECT 1"),
    ]);
    assert_eq!(ids(&set), ["2", "9", "10", "1"]);
}

#[test]
fn an_empty_folder_is_an_empty_set() {
    let set = set(&[]);
    assert_eq!((set.len(), set.is_empty(), set.latest(), set.hooks().len()), (0, true, None, 0));
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_sql() {
    assert_eq!(migration(&set(&[("1.sql", "\u{feff}SELECT 1")]), "1").up(), Some("SELECT 1"));
}

#[test]
fn line_ends_of_any_kind_are_read_as_line_feeds() {
    let text = "-- depends: 1\n-- why\nINSERT INTO a VALUES ('x\ny', \"z\n\");\n-- c\nSELECT 2;\n";
    let of = |end: &str| {
        let text = text.replace('\n', end);
        set(&[
            ("1.sql", "SELECT 1"),
            ("2.sql", &text),
            ("2.down.sql", &text[end.len() + 13..]),
            ("post-apply.sql", &text[end.len() + 13..]),
        ])
    };
    let unix = of("\n");
    assert_eq!(of("\r\n"), unix);
    let old_mac = of("\r");
    assert_eq!(old_mac.digest(), unix.digest());
    for set in [&unix, &old_mac] {
        assert_eq!(migration(set, "2").up(), Some(text));
        assert_eq!(migration(set, "2").down(), Some(&text[14..]));
        assert_eq!(set.hooks()[0].script.sql, text[14..]);
        assert_eq!(migration(set, "2").depends().collect::<Vec<_>>(), ["1"]);
    }
    let error = refusal(&[("1.sql", "SELECT 1;\rSELECT 2;\r\nCOMMIT;")]);
    assert_eq!(error.line, 3, "{error}");
}

#[test]
fn checksums_that_earlier_releases_made_with_other_line_ends_are_accepted() {
    let accepts = |written: &str, applied: &str| {
        let set = set(&[("1.sql", written)]);
        let migration = migration(&set, "1");
        assert_eq!(migration.checksum(), Digest::of_sql(&written.replace("\r\n", "\n").replace('\r', "\n")));
        migration.accepts(Digest::of_sql(applied))
    };
    let forms = ["SELECT 'a\nb\nc';\nSELECT 2;", "SELECT 'a\r\nb\r\nc';\r\nSELECT 2;"];
    for (written, applied) in forms.iter().flat_map(|one| forms.map(|other| (*one, other))) {
        assert!(accepts(written, applied), "{written:?} {applied:?}");
    }
    for mixed in ["SELECT 'a\r\nb\nc';\nSELECT 2;", "SELECT 'a\rb\nc'; SELECT 2;"] {
        assert!(accepts(mixed, mixed), "{mixed:?}");
        assert!(!accepts(forms[0], mixed), "{mixed:?}");
    }
    // SQLite did not see the second statement, so it has not been applied.
    let hidden = "SELECT 'a\nb'; -- c\rSELECT 2;";
    assert!(!accepts(hidden, hidden));
    assert!(!accepts(forms[0], "SELECT 'a\n\nb\n\nc';\nSELECT 2;"));
    // Without a line end in a string there is nothing to accept.
    assert!(set(&[("1.sql", "SELECT 1;\r\nSELECT 2;\r\n")]).iter().all(|one| one.accepted_checksums().is_empty()));
}

#[test]
fn headers_say_how_a_migration_runs_and_its_down_runs_the_same_way() {
    let set = set(&[
        ("1.sql", "SELECT 1"),
        ("1.down.sql", "SELECT 1"),
        ("2.sql", "-- transactional: false\n-- foreign_keys: on\n-- compatible: true\nVACUUM"),
        ("2.down.sql", "-- a comment: is none\nVACUUM"),
    ]);
    let flags = |id: &str| match migration(&set, id).body() {
        Body::Sql { up, down: Some(down) } => {
            [(up.transactional, up.foreign_keys), (down.transactional, down.foreign_keys)]
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(flags("1"), [(true, false); 2]);
    assert_eq!(flags("2"), [(false, true); 2]);
    assert_eq!(["1", "2"].map(|id| migration(&set, id).is_transactional()), [true, false]);
    assert_eq!(["1", "2"].map(|id| migration(&set, id).is_compatible()), [false, true]);
}

#[test]
fn what_is_not_transactional_may_hold_what_needs_no_transaction_in_its_down_too() {
    let files =
        [("1.sql", "-- transactional: false\nPRAGMA foreign_keys = OFF"), ("1.down.sql", "BEGIN; SELECT 1; COMMIT")];
    assert_eq!(ids(&set(&files)), ["1"]);
}

#[test]
fn checksums_are_of_the_sql_that_applies_and_accepted_ones_count_as_well() {
    let [old, older, other] = ["SELECT 1", "SELECT 2", "SELECT 3"].map(Digest::of_sql);
    let text = format!("-- accepted-checksums: {old}\n-- accepted-checksums: {older}\nSELECT 0");
    let set = set(&[("1.sql", &text), ("1.down.sql", "SELECT -1")]);
    let migration = migration(&set, "1");
    assert_eq!(migration.checksum(), Digest::of_sql("SELECT 0"));
    let accepted = [migration.checksum(), old, older, other].map(|checksum| migration.accepts(checksum));
    assert_eq!(accepted, [true, true, true, false]);
}

#[test]
fn files_that_begin_with_post_apply_are_hooks_in_natural_order_and_no_migrations() {
    let set = set(&[
        ("m/post-apply10.sql", "SELECT 10"),
        ("m/post-apply9.up.sql", "-- transactional: false\n-- foreign_keys: on\nVACUUM"),
        ("m/post-apply.views.sql", "SELECT 0"),
        ("m/1.post-apply.sql", "SELECT 1"),
    ]);
    assert_eq!(ids(&set), ["1.post-apply"]);
    let hooks: Vec<_> = set.hooks().iter().map(|hook| (hook.id.as_ref(), hook.script.file.as_ref())).collect();
    assert_eq!(
        hooks,
        [
            ("post-apply.views", "m/post-apply.views.sql"),
            ("post-apply9", "m/post-apply9.up.sql"),
            ("post-apply10", "m/post-apply10.sql")
        ]
    );
    let flags: Vec<_> = set.hooks().iter().map(|hook| (hook.script.transactional, hook.script.foreign_keys)).collect();
    assert_eq!(flags, [(true, false), (false, true), (true, false)]);
}

#[test]
fn code_takes_its_place_between_files() {
    let fill = CodeMigration { compatible: true, has_down: true, ..code("3.fill", &["2.b", "10.c"]) };
    let list = [("2.b.sql", "SELECT 2"), ("10.c.sql", "SELECT 10"), ("11.d.sql", "-- depends: 3.fill\nSELECT 11")];
    let set = SetDefinition::build(files(&list), [fill, code("1.a", &[])]).expect("a valid set");
    assert_eq!(ids(&set), ["1.a", "2.b", "10.c", "3.fill", "11.d"]);

    let fill = migration(&set, "3.fill");
    assert_eq!(fill.file(), "code step 3.fill");
    assert_eq!(fill.depends().collect::<Vec<_>>(), ["2.b", "10.c"]);
    assert_eq!((fill.up(), fill.down(), fill.has_down()), (None, None, true));
    assert_eq!((fill.is_compatible(), fill.is_transactional()), (true, true));
    assert_eq!(fill.checksum(), Digest::of_code("1"));
    assert_eq!(fill.body(), &Body::Code { version: "1".into(), has_down: true });
    assert!(!migration(&set, "1.a").has_down());
}

#[test]
fn a_set_knows_the_schema_that_it_was_given() {
    let set = set(&[("1.sql", "CREATE TABLE a (b)")]);
    assert_eq!(set.schema(), None);
    let schema = Schema::new(vec![SchemaObject::new("table".into(), "a".into(), "CREATE TABLE a (b)")]);
    assert_eq!(set.with_schema(schema.clone()).schema(), Some(&schema));
}

/// Files of a folder, and the code and message of the error they make.
type Case = (&'static [(&'static str, &'static str)], &'static str, &'static str);

#[test]
fn errors_name_file_line_and_remedy() {
    let cases: &[Case] = &[
        (
            &[("m/1.sql", "SELECT 1"), ("m/2.sql", "-- first\n-- depends: 1.sql\nSELECT 1")],
            "unknown_dependency",
            "m/2.sql:2: depends on \"1.sql\", which does not exist; did you mean \"1\"?",
        ),
        (
            &[("m/0001.create.sql", "SELECT 1"), ("m/2.sql", "-- depends: 0001.crate\nSELECT 1")],
            "unknown_dependency",
            "m/2.sql:1: depends on \"0001.crate\", which does not exist; did you mean \"0001.create\"?",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/2.sql", "-- depends: 1 nothing-like-it\nSELECT 1")],
            "unknown_dependency",
            "m/2.sql:1: depends on \"nothing-like-it\", which does not exist",
        ),
        (
            &[("m/2.sql", "-- depends: post-apply\nSELECT 1"), ("m/post-apply.sql", "SELECT 1")],
            "unknown_dependency",
            "m/2.sql:1: depends on \"post-apply\", which does not exist",
        ),
        (
            &[("m/1.sql", "\n-- depends: 2\nSELECT 1"), ("m/2.sql", "-- depends: 1\nSELECT 1")],
            "dependency_cycle",
            "m/1.sql:2: migrations depend on each other in a circle: 1 -> 2 -> 1; remove one of these `-- depends:`",
        ),
        (
            &[("m/1.sql", "-- depends: 1\nSELECT 1")],
            "dependency_cycle",
            "m/1.sql:1: migrations depend on each other in a circle: 1 -> 1; remove one of these `-- depends:`",
        ),
        (
            &[("m/a.sql", "SELECT 1"), ("m/A.sql", "SELECT 1")],
            "duplicate_id",
            "m/a.sql:1: the id \"a\" is taken by m/A.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            &[("m/ä.sql", "SELECT 1"), ("m/Ä.sql", "SELECT 1")],
            "duplicate_id",
            "m/ä.sql:1: the id \"ä\" is taken by m/Ä.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            &[("m/a.sql", "SELECT 1"), ("m/a.up.sql", "SELECT 1")],
            "duplicate_id",
            "m/a.up.sql:1: the id \"a\" is taken by m/a.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            &[("m/a.sql", "SELECT 1"), ("m/a.down.sql", "SELECT 1"), ("m/a.rollback.sql", "SELECT 1")],
            "duplicate_id",
            "m/a.rollback.sql:1: the id \"a\" is taken by m/a.down.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            &[("m/post-apply-a.sql", "SELECT 1"), ("m/post-apply-A.up.sql", "SELECT 1")],
            "duplicate_id",
            "m/post-apply-a.sql:1: the id \"post-apply-a\" is taken by m/post-apply-A.up.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            &[("m/1.rollback.sql", "SELECT 1")],
            "invalid_name",
            "m/1.rollback.sql:1: takes back \"1\", but there is no 1.sql",
        ),
        (
            &[("m/a.sql", "SELECT 1"), ("m/A.down.sql", "SELECT 1")],
            "invalid_name",
            "m/A.down.sql:1: takes back \"A\", but there is no A.sql",
        ),
        (
            &[("m/1 a.sql", "SELECT 1")],
            "invalid_name",
            "m/1 a.sql:1: a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters",
        ),
        (
            &[("m/1,a.sql", "SELECT 1")],
            "invalid_name",
            "m/1,a.sql:1: a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters",
        ),
        (
            &[("m/post-apply.rollback.sql", "SELECT 1"), ("m/post-apply.sql", "SELECT 1")],
            "invalid_name",
            "m/post-apply.rollback.sql:1: a hook (post-apply*.sql) cannot be taken back; remove this file",
        ),
        (
            &[("m/1.sql", "-- depend: 0\nSELECT 1")],
            "invalid_header",
            "m/1.sql:1: `-- depend:` looks like the header `-- depends:`; write it so, or reword the comment",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/2.sql", "-- depends: 1\n-- compatible: yes\nSELECT 1")],
            "invalid_header",
            "m/2.sql:2: `-- compatible: yes`: the value must be `true` or `false`",
        ),
        (
            &[("m/1.sql", "-- transactional: false\n-- why\n-- transactional: false\nSELECT 1")],
            "invalid_header",
            "m/1.sql:3: `-- transactional:` is there twice; remove one",
        ),
        (
            &[("m/1.sql", "\n-- accepted-checksums: 2f30\nSELECT 1")],
            "invalid_header",
            "m/1.sql:2: `-- accepted-checksums: 2f30`: the value must be checksums of 64 hexadecimal digits",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/1.down.sql", "-- why\n-- transactional: false\nSELECT 1")],
            "invalid_header",
            "m/1.down.sql:2: `-- transactional:` belongs into m/1.sql, and holds for this file too",
        ),
        (
            &[("m/1.up.sql", "SELECT 1"), ("m/1.down.sql", "-- depends: 0\nSELECT 1")],
            "invalid_header",
            "m/1.down.sql:1: `-- depends:` belongs into m/1.up.sql, and holds for this file too",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/post-apply.sql", "-- foreign_keys: on\n-- depends: 1\nSELECT 1")],
            "invalid_header",
            "m/post-apply.sql:2: `-- depends:` means nothing in a hook; remove the line",
        ),
        (
            &[("m/post-apply.sql", "-- compatible: true\nSELECT 1")],
            "invalid_header",
            "m/post-apply.sql:1: `-- compatible:` means nothing in a hook; remove the line",
        ),
        (
            &[("m/post-apply.sql", "-- accepted-checksums:\nSELECT 1")],
            "invalid_header",
            "m/post-apply.sql:1: `-- accepted-checksums:` means nothing in a hook; remove the line",
        ),
        (
            &[("m/1.sql", "SELECT 'a;b';\n-- c\nCOMMIT;")],
            "transaction_control",
            "m/1.sql:3: statement 2 of migration \"1\" begins or ends a transaction, or does not work inside of one; remove it, or let the migration run outside with the header `-- transactional: false`",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/1.down.sql", "PRAGMA foreign_keys = ON")],
            "invalid_pragma",
            "m/1.down.sql:1: statement 1 of migration \"1\" sets `PRAGMA foreign_keys`: it does nothing in a transaction; foreign keys are off, and are on with the header `-- foreign_keys: on`",
        ),
        (
            &[("m/post-apply.sql", "SELECT 1;\nVACUUM")],
            "transaction_control",
            "m/post-apply.sql:2: statement 2 of migration \"post-apply\" begins or ends a transaction, or does not work inside of one; remove it, or let the migration run outside with the header `-- transactional: false`",
        ),
        (
            &[("m/1.sql", "SELECT 1;\nSAVEPOINT a;\nSAVEPOINT b;\nRELEASE b;")],
            "transaction_control",
            "m/1.sql:2: statement 2 of migration \"1\" begins a transaction or savepoint that the script does not end",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/1.down.sql", "SAVEPOINT a; RELEASE a;\nROLLBACK TO a")],
            "transaction_control",
            "m/1.down.sql:2: statement 3 of migration \"1\" ends a transaction or savepoint that the script did not begin",
        ),
        (
            &[("m/1.sql", "-- transactional: false\nBEGIN;\nSAVEPOINT a; RELEASE a")],
            "transaction_control",
            "m/1.sql:2: statement 1 of migration \"1\" begins a transaction or savepoint that the script does not end",
        ),
        (
            &[("m/1.sql", "-- transactional: false\nBEGIN;\nBEGIN;\nCOMMIT")],
            "transaction_control",
            "m/1.sql:3: statement 2 of migration \"1\" begins a transaction inside of another",
        ),
        (
            &[("m/1.sql", "-- transactional: false\nVACUUM"), ("m/1.down.sql", "VACUUM;\nCOMMIT")],
            "transaction_control",
            "m/1.down.sql:2: statement 2 of migration \"1\" ends a transaction or savepoint that the script did not begin",
        ),
        (
            &[("m/1.sql", "-- depends: 0\n;")],
            "empty_migration",
            "m/1.sql:1: the file of migration \"1\" holds no statement; if there is nothing to do on purpose, write `SELECT 1;`",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/1.rollback.sql", "-- nothing to take back\n")],
            "empty_migration",
            "m/1.rollback.sql:1: the file of migration \"1\" holds no statement; if there is nothing to do on purpose, write `SELECT 1;`",
        ),
        (
            &[("m/1.sql", "-- transactional: false")],
            "empty_migration",
            "m/1.sql:1: the file of migration \"1\" holds no statement; if there is nothing to do on purpose, write `SELECT 1;`",
        ),
        (
            &[("m/post-apply.sql", "")],
            "empty_migration",
            "m/post-apply.sql:1: the file of migration \"post-apply\" holds no statement; if there is nothing to do on purpose, write `SELECT 1;`",
        ),
        (
            &[("m/0001.create.py", "steps = []"), ("m/README.md", ""), ("m/.keep", "")],
            "no_migrations",
            "m/0001.create.py:1: there is no migration among these files: m/0001.create.py, m/README.md; a migration is a file X.sql, and X.rollback.sql takes it back; what a step of yoyo in Python says, write as SQL",
        ),
        (
            &[("m/2025/", ""), ("m/2026/", "")],
            "no_migrations",
            "m/2025/:1: there is no migration among these files: m/2025/, m/2026/; a migration is a file X.sql, and X.rollback.sql takes it back; the files of a folder in the folder are not read: move them up",
        ),
        (
            &[("a.ts", ""), ("b.ts", ""), ("c.ts", ""), ("d.ts", ""), ("e.ts", ""), ("f.ts", "")],
            "no_migrations",
            "a.ts:1: there is no migration among these files: a.ts, b.ts, c.ts, d.ts, e.ts and 1 more; a migration is a file X.sql, and X.rollback.sql takes it back",
        ),
        (
            &[("m/1.sql", "SELECT 1;\n  -- migrate:down transaction:false\nSELECT -1;")],
            "invalid_header",
            "m/1.sql:2: `-- migrate:down transaction:false` is how dbmate begins what takes a migration back; here all of this file would run at once; put what follows into 1.rollback.sql",
        ),
        (
            &[("m/post-apply.sql", "SELECT 1;\n-- +goose Down\nSELECT -1;")],
            "invalid_header",
            "m/post-apply.sql:2: `-- +goose Down` is how goose begins what takes a migration back; here all of this file would run at once; remove it and what follows, a hook cannot be taken back",
        ),
        (
            &[("m/a.sql", "SELECT 1"), ("m/a.undo.sql", "SELECT -1")],
            "invalid_name",
            "m/a.undo.sql:1: .undo.sql is how other tools name what takes a migration back; here it would run right after a.sql: name it a.rollback.sql",
        ),
        (
            &[("m/V1__a.sql", "SELECT 1"), ("m/U1__a.sql", "SELECT -1")],
            "invalid_name",
            "m/U1__a.sql:1: U…__….sql is how Flyway names what takes a migration back; here it would run before V1__a.sql: name it V1__a.rollback.sql",
        ),
        (
            &[("m/1-up.sql", "SELECT 1"), ("m/1-down.sql", "SELECT -1")],
            "invalid_name",
            "m/1-down.sql:1: \"1-down\" seems to take back what m/1-up.sql does, and would run as a migration of its own: name them X.rollback.sql and X.sql",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/2.sql", "-- depends: 1\n-- was: 0 1\nSELECT 2")],
            "invalid_header",
            "m/2.sql:2: `-- was: 1` must name an id that only this migration had, and has no more; m/1.sql has this id now",
        ),
        (
            &[("m/1.sql", "-- was: 1\nSELECT 1")],
            "invalid_header",
            "m/1.sql:1: `-- was: 1` must name an id that only this migration had, and has no more; m/1.sql has this id now",
        ),
        (
            &[("m/1.sql", "-- was: 0\nSELECT 1"), ("m/2.sql", "\n-- was: 0\nSELECT 2")],
            "invalid_header",
            "m/2.sql:2: `-- was: 0` must name an id that only this migration had, and has no more; m/1.sql says the same",
        ),
        (
            &[("m/1.sql", "-- was: 0.sql\nSELECT 1")],
            "invalid_header",
            "m/1.sql:1: `-- was: 0.sql` must name an id that only this migration had, and has no more; an id is a file's name without .sql",
        ),
        (
            &[("m/1.sql", "-- was: 0, 00, \nSELECT 1")],
            "invalid_header",
            "m/1.sql:1: `-- was: 0, 00,`: the value must be an id; several that it had, with spaces between them; or those that it replaces, with a comma between each two",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/2.sql", "-- was: 0, 1\nSELECT 2")],
            "invalid_header",
            "m/2.sql:1: `-- was: 1` must name an id that only this migration had, and has no more; m/1.sql has this id now",
        ),
        (
            &[("m/1.sql", "SELECT 1"), ("m/1.down.sql", "-- was: 0\nSELECT 1")],
            "invalid_header",
            "m/1.down.sql:1: `-- was:` belongs into m/1.sql, and holds for this file too",
        ),
        (
            &[("m/post-apply.sql", "-- was: post\nSELECT 1")],
            "invalid_header",
            "m/post-apply.sql:1: `-- was:` means nothing in a hook; remove the line",
        ),
        (
            &[("m/3.note.sql", "-- was: 2.note\nSELECT 1"), ("m/4.sql", "-- depends: 2.note\nSELECT 4")],
            "unknown_dependency",
            "m/4.sql:1: depends on \"2.note\", which does not exist; did you mean \"3.note\"?",
        ),
        (&[("m/1.sql", "SELECT 1;\n\0")], "unreadable_file", "m/1.sql:2: contains a NUL character; remove it"),
        (
            &[("m/1.sql", "SELECT 1"), ("m/1.down.sql", "\u{feff}\0")],
            "unreadable_file",
            "m/1.down.sql:1: contains a NUL character; remove it",
        ),
    ];
    for (list, code, message) in cases {
        let error = refusal(list);
        assert_eq!(error.to_string(), *message);
        assert_eq!(error.code().as_str(), *code, "{message}");
    }
}

#[test]
fn errors_of_code_name_its_id_and_the_remedy() {
    let file = ("m/a.sql", "SELECT 1");
    for (list, steps, code_of_error, message) in [
        (
            vec![file],
            vec![code("A", &[])],
            "duplicate_id",
            "code step A:1: the id \"A\" is taken by m/a.sql already (upper and lower case count as the same); rename one of them",
        ),
        (
            vec![],
            vec![code("1", &[]), code("1", &[])],
            "duplicate_id",
            "code step 1:1: the id \"1\" is taken by code step 1 already (upper and lower case count as the same); rename one of them",
        ),
        (
            vec![file],
            vec![code("1", &["b"])],
            "unknown_dependency",
            "code step 1:1: depends on \"b\", which does not exist",
        ),
        (
            vec![("m/1.sql", "-- depends: 2\nSELECT 1")],
            vec![code("2", &["1"])],
            "dependency_cycle",
            "m/1.sql:1: migrations depend on each other in a circle: 1 -> 2 -> 1; remove one of these `-- depends:`",
        ),
        (
            vec![("m/1.rollback.sql", "SELECT 1")],
            vec![code("1", &[])],
            "invalid_name",
            "m/1.rollback.sql:1: takes back \"1\", but there is no 1.sql",
        ),
        (
            vec![],
            vec![code("1 a", &[])],
            "invalid_name",
            "code step 1 a:1: a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters",
        ),
        (
            vec![],
            vec![code("", &[])],
            "invalid_name",
            "code step :1: a migration's id (its file name without .sql) must not be empty or contain spaces, commas or control characters",
        ),
    ] {
        let error = refusal_of_code(&list, &steps);
        assert_eq!(error.to_string(), message);
        assert_eq!(error.code().as_str(), code_of_error, "{message}");
    }
}

/// Databases in the field hold this digest. If this test fails, the way it is computed changed: do
/// not mend the test, bring the old way back, or each of those databases reads its whole history on
/// every start.
#[test]
fn the_digest_of_known_files_never_changes() {
    let list = [("1.sql", "CREATE TABLE a (b);"), ("1.rollback.sql", "DROP TABLE a;"), ("2.sql", "SELECT 1;")];
    let digest = |set: &SetDefinition| set.digest().to_string();
    assert_eq!(digest(&set(&list)), "8f0508e4444efa5b7d63046b8347c20f30bdbd93d1c9b3ba5ab750001213a7d2");
    let with_code = SetDefinition::build(files(&list), [code("3", &["2"])]).expect("a valid set");
    assert_eq!(digest(&with_code), "51066cd6f0e78a03a06ef9090321ffbaa704df8cd6c74a11b9880e63ebdaa3e6");
    assert_eq!(digest(&set(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn old_ids_are_known_and_no_part_of_the_digest() {
    let was = set(&[("1.sql", "-- was: 0 00\n-- was: 0\nSELECT 1")]);
    assert_eq!(migration(&was, "1").was().collect::<Vec<_>>(), ["0", "00", "0"]);
    assert_eq!(was.digest(), set(&[("1.sql", "SELECT 1")]).digest());
}

#[test]
fn the_digest_is_that_of_the_applied_ids_and_checksums() {
    let set = set(&[("1.sql", "-- depends: 2\nSELECT 1"), ("2.sql", "SELECT 2")]);
    let pairs = |ids: [&'static str; 2]| ids.map(|id| (id, migration(&set, id).checksum()));
    assert_eq!(*set.digest(), Digest::of_applied(pairs(["1", "2"])));
    assert_eq!(*set.digest(), Digest::of_applied(pairs(["2", "1"])));
}

#[test]
fn the_digest_tells_what_databases_must_be_told_apart_by_and_nothing_else() {
    let of = |list: &[(&str, &str)]| *set(list).digest();
    let base = of(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2")]);
    for same in [
        of(&[("2.sql", "SELECT 2"), ("1.sql", "SELECT 1")]),
        of(&[("1.sql", "-- compatible: true\r\nSELECT\r\n1;"), ("2.sql", "-- depends: 1\nSELECT 2 -- two")]),
        of(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 2"), ("2.down.sql", "SELECT 3"), ("post-apply.sql", "SELECT 4")]),
    ] {
        assert_eq!(base, same);
    }
    for other in [
        of(&[("1.sql", "SELECT 1")]),
        of(&[("1.sql", "SELECT 1"), ("2.sql", "SELECT 3")]),
        of(&[("1.sql", "SELECT 1"), ("3.sql", "SELECT 2")]),
        of(&[("1.sql", "SELECT 2"), ("2.sql", "SELECT 1")]),
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
            let depends = edges.iter().filter(|(a, b)| *a == node && b < a).map(|(_, b)| format!("-- depends: m{b}\n"));
            depends.chain(["SELECT 1".to_owned()]).collect()
        };
        let all: Vec<(String, String)> = (0..9).map(|node| (format!("m{node}.sql"), text(node))).collect();
        let build = |order: &mut dyn Iterator<Item = usize>| {
            let list = order.map(|node| SourceFile { path: all[node].0.clone(), text: all[node].1.clone() });
            SetDefinition::from_files(list).expect("no circle: every edge goes down")
        };
        let set = build(&mut (0..9));
        prop_assert_eq!(&set, &build(&mut shuffle.iter().map(|n| n - 1)));
        // Every edge goes from a higher to a lower number, so the natural order needs no change.
        prop_assert_eq!(ids(&set), (0..9).map(|node| format!("m{node}")).collect::<Vec<_>>());
    }

    #[test]
    fn any_files_give_a_set_or_an_error_but_no_panic(
        list in proptest::collection::vec(
            ("(post-apply|)[a-cA. ]{0,4}(\\.sql|\\.rollback\\.sql|)", "(-- depends: [a-c]\n|)(SAVEPOINT a;|RELEASE A;|BEGIN;|)\\PC{0,20}"),
            0..6,
        ),
        code in proptest::collection::vec(("[a-cA ]{0,2}", "[a-c]{1,2}"), 0..3),
    ) {
        let files = list.into_iter().map(|(path, text)| SourceFile { path, text });
        let code = code.into_iter().map(|(id, on)| CodeMigration {
            id: id.into(),
            version: "1".into(),
            depends: vec![on.into()].into(),
            was: Vec::new().into(),
            compatible: false,
            has_down: false,
        });
        match SetDefinition::build(files, code) {
            // What is in a set comes once, and after what it depends on.
            Ok(set) => for (place, migration) in set.iter().enumerate() {
                let before: Vec<&str> = set.iter().take(place).map(|migration| migration.id()).collect();
                prop_assert!(!before.iter().any(|id| id.eq_ignore_ascii_case(migration.id())));
                prop_assert!(migration.depends().all(|id| before.contains(&id)));
            },
            Err(error) => prop_assert!(error.line >= 1 && !error.to_string().is_empty()),
        }
    }
}

#[test]
fn what_is_no_migration_is_told_unless_it_often_stands_beside_them() {
    let set = set(&[
        ("m/1.sql", "SELECT 1"),
        ("m/3.sql.txt", "SELECT 3"),
        ("m/2.py", "steps = []"),
        ("m/old/", ""),
        ("m/README.md", ""),
        ("m/LICENSE", ""),
        ("m/notes.txt", ""),
        ("m/.gitkeep", ""),
        ("m/.DS_Store", ""),
        ("m/1.sql~", ""),
        ("m/1.sql.orig", ""),
        ("m/#1.sql#", ""),
        ("m/.1.sql.swp", ""),
    ]);
    assert_eq!(ids(&set), ["1"]);
    assert_eq!(set.passed_over(), ["m/2.py", "m/3.sql.txt", "m/old/"]);
}

#[test]
fn hooks_or_code_alone_are_no_empty_set() {
    assert!(set(&[("post-apply.sql", "SELECT 1"), ("README.md", "")]).is_empty());
    let of_code = SetDefinition::build(files(&[("README.md", "")]), [code("1", &[])]).expect("a valid set");
    assert_eq!(ids(&of_code), ["1"]);
    assert!(set(&[(".gitkeep", "")]).is_empty());
}

#[test]
fn files_of_several_folders_are_one_set_by_their_names() {
    let list = [("./m/2026/0002.b.sql", "SELECT 2"), ("./m/2025/0001.a.sql", "SELECT 1")];
    assert_eq!(ids(&set(&list)), ["0001.a", "0002.b"]);
    let error = refusal(&[("m/1/migration.sql", "SELECT 1"), ("m/2/migration.sql", "SELECT 2")]);
    assert_eq!(error.code().as_str(), "duplicate_id", "{error}");
}

#[test]
fn the_way_back_of_other_tools_is_refused_wherever_it_would_run() {
    for mark in [
        "-- migrate:down",
        "--migrate:down",
        "-- +goose Down",
        "-- +goose  down",
        "-- +migrate Down",
        "-- +micrate Down",
        "--- !Downs",
        "-- //@UNDO",
        "-- Down Migration",
        "-- Down",
        "-- Down:",
        "-- @DOWN",
        "-- ==== DOWN ====",
        "------- down -------",
        "-- rambler down",
        "---- create above / drop below ----",
    ] {
        let error = refusal(&[("1.sql", &format!("SELECT 1;\n\n{mark}\r\nSELECT -1;"))]);
        assert_eq!((error.code().as_str(), error.line), ("invalid_header", 3), "{error}");
        assert!(error.to_string().ends_with("put what follows into 1.rollback.sql"), "{error}");
    }
    for name in ["1.revert", "1.UNDO", "U1__x", "U2.1__x", "U2_1__x"] {
        let error = refusal(&[("1.sql", "SELECT 1"), (&format!("{name}.sql"), "SELECT -1")]);
        assert_eq!(error.code().as_str(), "invalid_name", "{error}");
        assert!(error.to_string().contains(".rollback.sql"), "{error}");
    }
    for (up, down) in [
        ("1-up", "1-down"),
        ("1_up", "1_down"),
        ("1-do", "1-undo"),
        ("1.do.x", "1.undo.x"),
        ("up", "down"),
        ("1", "1.reverse"),
        ("1.up", "1.dn"),
        ("1", "1.drop"),
        ("1.create", "1.drop"),
        ("1", "undo-1"),
        ("1", "down_1"),
    ] {
        let error = refusal(&[(&format!("{up}.sql"), "SELECT 1"), (&format!("{down}.sql"), "SELECT -1")]);
        assert_eq!((error.code().as_str(), error.file), ("invalid_name", format!("{down}.sql")));
    }
}

#[test]
fn what_only_looks_like_a_way_back_is_none() {
    let text = "-- migrate:up\n-- downs and ups\n-- down: the stairs\n-- @down with it\n-- rambler down the hill\n\
        -- create above / drop below: no\n-- == down == up\n/*\n-- +goose Down\n*/\n\
        INSERT INTO a VALUES ('\n-- migrate:down\n', \"\n-- Down\n\"); SELECT 1 -- +migrate Down\n;";
    let list = [
        ("1.sql", text),
        ("1.rollback.sql", "-- +goose Down\nSELECT -1"),
        ("2.scroll-down.sql", "SELECT 2"),
        ("3.undo-history.sql", "SELECT 3"),
        ("4.undo.redo.sql", "SELECT 4"),
        ("User__x.sql", "SELECT 5"),
        ("U.sql", "SELECT 6"),
        ("7.reverse.sql", "SELECT 7"),
        ("users.sql", "SELECT 8"),
        ("drop-users.sql", "SELECT 9"),
    ];
    assert_eq!(set(&list).len(), 9);
}

#[test]
fn a_way_back_whose_name_ends_in_other_case_is_not_taken_for_a_migration() {
    for name in ["1.Rollback.sql", "1.DOWN.sql", "1.Up.sql", "1.rollback.rollback.sql"] {
        let error = refusal(&[("m/1.sql", "CREATE TABLE a (b);"), (&format!("m/{name}"), "DROP TABLE a;")]);
        assert_eq!(error.code().as_str(), "invalid_name", "{error}");
        assert!(error.to_string().contains("lower case"), "{error}");
    }
}
