//! What each lint finds, and what it leaves alone.

use wheatear::{MigrationSet, SourceFile};
use wheatear_check::{CheckOptions, Finding, Lint, check, check_with};

/// Files of a folder, named without `.sql`.
fn folder(files: &[(&str, &str)]) -> Vec<SourceFile> {
    let file = |(name, text): &(&str, &str)| SourceFile { path: format!("m/{name}.sql"), text: (*text).to_owned() };
    files.iter().map(file).collect()
}

fn findings(files: &[(&str, &str)]) -> Vec<Finding> {
    check(&folder(files)).unwrap_or_else(|error| panic!("{error}")).findings
}

/// A migration that makes the tables, one that changes them, and its way back.
fn changed<'a>(create: &'a str, up: &'a str, down: &'a str) -> [(&'a str, &'a str); 3] {
    [("1", create), ("2", up), ("2.rollback", down)]
}

/// What a change finds: lint, file and line.
fn found(create: &str, up: &str, down: &str) -> Vec<(Lint, String, usize)> {
    let create = format!("-- lint: allow missing-down not looked at\n{create}");
    let findings = findings(&changed(&create, up, down));
    findings.into_iter().map(|finding| (finding.lint, finding.file, finding.line)).collect()
}

const PARCEL: &str = "CREATE TABLE depot (id INTEGER PRIMARY KEY, town TEXT);
    CREATE TABLE parcel (
      id INTEGER PRIMARY KEY, code TEXT, grams INTEGER, town TEXT COLLATE NOCASE, depot INTEGER REFERENCES depot (id));";

/// The same table, made once more.
const PARCEL_AGAIN: &str = "CREATE TABLE parcel (
      id INTEGER PRIMARY KEY, code TEXT, grams INTEGER, town TEXT COLLATE NOCASE, depot INTEGER REFERENCES depot (id));";

/// Numbers, an index, a trigger and a collation, which a rebuild can lose.
const LETTER: &str =
    "CREATE TABLE letter (id INTEGER PRIMARY KEY AUTOINCREMENT, town TEXT COLLATE NOCASE, grams INTEGER);
    CREATE TABLE told (letter INTEGER);
    CREATE INDEX letter_town ON letter (town);
    CREATE TRIGGER tell AFTER INSERT ON letter BEGIN INSERT INTO told VALUES (new.id); END;";

/// A rebuild, line by line, that keeps all of it.
const MAKE: &str = "CREATE TABLE next (id INTEGER PRIMARY KEY AUTOINCREMENT, town TEXT COLLATE NOCASE, grams INTEGER);";
const COPY: &str = "INSERT INTO next (id, town, grams) SELECT id, town, grams FROM letter;";
const COUNT: &str =
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'letter') WHERE name = 'next';";
const SWAP: &str = "DROP TABLE letter;\nALTER TABLE next RENAME TO letter;";
const INDEX: &str = "CREATE INDEX letter_town ON letter (town);";
const TRIGGER: &str = "CREATE TRIGGER tell AFTER INSERT ON letter BEGIN INSERT INTO told VALUES (new.id); END;";

const DOCUMENT: &str = "CREATE TABLE album (id INTEGER PRIMARY KEY);
    CREATE TABLE photo (id INTEGER PRIMARY KEY, album INTEGER NOT NULL REFERENCES album (id) ON DELETE CASCADE);
    CREATE VIEW recent AS SELECT id FROM photo;";

const PLACES: &str = "CREATE TABLE place (id INTEGER PRIMARY KEY, town TEXT, name TEXT, grams INTEGER);";

/// A change that is dangerous, or looks much like one that is.
struct Change {
    lint: Lint,
    create: &'static str,
    up: Vec<&'static str>,
    down: &'static str,
    /// That of the finding in the up; `None` if there is none.
    line: Option<usize>,
}

fn change(lint: Lint, create: &'static str, up: &[&'static str], down: &'static str, line: Option<usize>) -> Change {
    Change { lint, create, up: up.to_vec(), down, line }
}

fn bad() -> Vec<Change> {
    let back = "-- lint: allow wrong-down not looked at\nSELECT 1;";
    vec![
        change(
            Lint::UniqueOnRows,
            "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);",
            &["SELECT 1;", "CREATE UNIQUE INDEX by_letters ON user (email COLLATE NOCASE);"],
            "DROP INDEX by_letters;",
            Some(2),
        ),
        change(
            Lint::UniqueOnRows,
            "CREATE TABLE user (email VARCHAR(99) PRIMARY KEY) WITHOUT ROWID;",
            &["CREATE UNIQUE INDEX by_letters ON user (lower(trim(email)));"],
            "DROP INDEX by_letters;",
            Some(1),
        ),
        change(
            Lint::UniqueOnRows,
            PARCEL,
            &[
                "DELETE FROM parcel WHERE id NOT IN (SELECT min(id) FROM parcel GROUP BY code);",
                "CREATE UNIQUE INDEX by_letters ON parcel (lower(code));",
            ],
            "DROP INDEX by_letters;",
            Some(2),
        ),
        change(
            Lint::FailsOnRows,
            "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT UNIQUE);",
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, email TEXT UNIQUE COLLATE NOCASE);",
                "INSERT INTO next SELECT id, email FROM user;",
                "DROP TABLE user; ALTER TABLE next RENAME TO user;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::FailsOnRows,
            "CREATE TABLE word (k TEXT PRIMARY KEY, n INTEGER);",
            &[
                "CREATE TABLE next (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;",
                "INSERT INTO next SELECT k, n FROM word;",
                "DROP TABLE word; ALTER TABLE next RENAME TO word;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::FailsOnRows,
            "CREATE TABLE word (a TEXT, b TEXT, PRIMARY KEY (a, b));",
            &[
                "CREATE TABLE next (a TEXT NOT NULL, b TEXT, PRIMARY KEY (a, b));",
                "INSERT INTO next SELECT a, b FROM word;",
                "DROP TABLE word; ALTER TABLE next RENAME TO word;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::LosesValues,
            PLACES,
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, name TEXT, town TEXT, grams INTEGER);",
                "INSERT INTO next SELECT * FROM place;",
                "DROP TABLE place; ALTER TABLE next RENAME TO place;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::LosesValues,
            "CREATE TABLE flag (code TEXT PRIMARY KEY, is_read INTEGER NOT NULL CHECK (is_read IN (0, 1)),
               is_new INTEGER NOT NULL CHECK (is_new IN (0, 1))) STRICT, WITHOUT ROWID;",
            &[
                "CREATE TABLE next (code TEXT PRIMARY KEY, is_read INTEGER NOT NULL, is_new INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
                "INSERT INTO next (code, is_new, is_read) SELECT code, is_read, is_new FROM flag;",
                "DROP TABLE flag; ALTER TABLE next RENAME TO flag;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::LosesValues,
            PLACES,
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, town TEXT, name TEXT, grams INTEGER);",
                "INSERT INTO next (town, name, grams) SELECT town, name, grams FROM place WHERE id IS NOT NULL;",
                "DROP TABLE place; ALTER TABLE next RENAME TO place;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::LosesConstraint,
            "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE, site INTEGER, UNIQUE (site, email));",
            &[
                "SELECT 1;",
                "CREATE TABLE next (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE, site INTEGER);",
                "INSERT INTO next SELECT id, email, site FROM user; DROP TABLE user; ALTER TABLE next RENAME TO user;",
            ],
            back,
            Some(2),
        ),
        change(
            Lint::LosesConstraint,
            PLACES,
            &[
                "CREATE TABLE next (id INTEGER, town TEXT, name TEXT, grams INTEGER);",
                "INSERT INTO next SELECT * FROM place; DROP TABLE place; ALTER TABLE next RENAME TO place;",
            ],
            back,
            Some(1),
        ),
        change(
            Lint::LosesConstraint,
            DOCUMENT,
            &[
                "DROP VIEW recent; CREATE TABLE next (id INTEGER PRIMARY KEY, album INTEGER NOT NULL);",
                "INSERT INTO next SELECT id, album FROM photo; DROP TABLE photo; ALTER TABLE next RENAME TO photo;",
                "CREATE VIEW recent AS SELECT id FROM photo;",
            ],
            back,
            Some(1),
        ),
        change(
            Lint::LosesConstraint,
            DOCUMENT,
            &[
                "DROP VIEW recent; CREATE TABLE next (id INTEGER PRIMARY KEY, album INTEGER NOT NULL REFERENCES album);",
                "INSERT INTO next SELECT id, album FROM photo; DROP TABLE photo; ALTER TABLE next RENAME TO photo;",
                "CREATE VIEW recent AS SELECT id FROM photo;",
            ],
            back,
            Some(1),
        ),
        change(
            Lint::UniqueOnRows,
            PARCEL,
            &["SELECT 1;", "CREATE UNIQUE INDEX code ON parcel (code);"],
            "DROP INDEX code;",
            Some(2),
        ),
        change(
            Lint::FailsOnRows,
            PARCEL,
            &[
                "CREATE TABLE heavy (id INTEGER PRIMARY KEY, grams INTEGER CHECK (grams >= 0));",
                "INSERT INTO heavy SELECT id, grams FROM parcel;",
            ],
            "DROP TABLE heavy;",
            Some(2),
        ),
        change(Lint::DropsTable, PARCEL, &["SELECT 1;", "DROP TABLE parcel;"], PARCEL_AGAIN, Some(2)),
        change(
            Lint::DropsColumn,
            PARCEL,
            &["ALTER TABLE parcel", "DROP COLUMN depot;"],
            "ALTER TABLE parcel ADD COLUMN depot INTEGER REFERENCES depot (id);",
            Some(1),
        ),
        change(
            Lint::LosesValues,
            LETTER,
            &[MAKE, "INSERT INTO next (id, town) SELECT id, town FROM letter;", COUNT, SWAP, INDEX, TRIGGER],
            back,
            Some(2),
        ),
        change(Lint::LosesSequence, LETTER, &[MAKE, COPY, SWAP, INDEX, TRIGGER], back, Some(3)),
        change(Lint::LosesIndex, LETTER, &[MAKE, COPY, COUNT, SWAP, TRIGGER], INDEX, Some(4)),
        change(Lint::LosesTrigger, LETTER, &[MAKE, COPY, COUNT, SWAP, INDEX], TRIGGER, Some(4)),
        change(
            Lint::LosesCollation,
            LETTER,
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY AUTOINCREMENT, town TEXT, grams INTEGER);",
                COPY,
                COUNT,
                SWAP,
                INDEX,
                TRIGGER,
            ],
            back,
            Some(1),
        ),
        change(
            Lint::RenamesFirst,
            DOCUMENT,
            &[
                "ALTER TABLE photo RENAME TO photo_old;",
                "CREATE TABLE photo (id INTEGER PRIMARY KEY, album INTEGER NOT NULL REFERENCES album (id) ON DELETE CASCADE);",
                "INSERT INTO photo SELECT id, album FROM photo_old;",
            ],
            "DROP TABLE photo; ALTER TABLE photo_old RENAME TO photo;",
            Some(1),
        ),
        change(Lint::CascadeUnenforced, DOCUMENT, &["SELECT 1;", "DELETE FROM album WHERE id = 7;"], back, Some(2)),
        change(
            Lint::TimeOrChance,
            PARCEL,
            &["SELECT 1;", "UPDATE parcel SET code = hex(randomblob(8)) WHERE code IS NULL;"],
            back,
            Some(2),
        ),
        change(
            Lint::QuotedText,
            PARCEL,
            &["INSERT INTO parcel (id, code)", "SELECT id + 1000,", "'a' || \"kode\" FROM parcel;"],
            back,
            Some(3),
        ),
        change(
            Lint::QuotedText,
            PARCEL,
            &["SELECT 1;", "CREATE INDEX by_kode ON parcel (\"kode\");"],
            "DROP INDEX by_kode;",
            Some(2),
        ),
        change(
            Lint::ConfusableName,
            PARCEL,
            &["CREATE TABLE größe (a);", "CREATE TABLE GRÖSSE (a); CREATE TABLE GRÖßE (a);"],
            "DROP TABLE größe; DROP TABLE GRÖSSE; DROP TABLE GRÖßE;",
            Some(2),
        ),
        change(
            Lint::ConfusableName,
            PARCEL,
            &["CREATE TABLE cafe\u{301} (a);", "CREATE TABLE caf\u{e9} (a);"],
            "DROP TABLE cafe\u{301}; DROP TABLE caf\u{e9};",
            Some(2),
        ),
        change(
            Lint::ConfusableName,
            PARCEL,
            &["ALTER TABLE parcel RENAME COLUMN code TO Code;"],
            "ALTER TABLE parcel RENAME COLUMN Code TO code;",
            Some(1),
        ),
        change(
            Lint::MissingFunction,
            PARCEL,
            &["SELECT 1;", "CREATE VIEW sound AS SELECT soundx(town) FROM parcel;"],
            "DROP VIEW sound;",
            Some(2),
        ),
        change(
            Lint::MissingFunction,
            PARCEL,
            &["CREATE TABLE a (b, c DEFAULT (soundx('a')));"],
            "DROP TABLE a;",
            Some(1),
        ),
        change(
            Lint::MissingFunction,
            PARCEL,
            &["CREATE TRIGGER sound AFTER UPDATE ON parcel BEGIN SELECT soundx(new.town); END;"],
            "DROP TRIGGER sound;",
            Some(1),
        ),
        change(
            Lint::MixesData,
            PARCEL,
            &[
                "-- lint: big parcel",
                "ALTER TABLE parcel ADD COLUMN kilos REAL;",
                "UPDATE parcel SET kilos = grams / 1000.0;",
            ],
            "ALTER TABLE parcel DROP COLUMN kilos;",
            Some(3),
        ),
    ]
}

fn good() -> Vec<Change> {
    let back = "-- lint: allow wrong-down not looked at\nSELECT 1;";
    vec![
        change(
            Lint::UniqueOnRows,
            "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);",
            &[
                "DELETE FROM user WHERE id NOT IN (SELECT min(id) FROM user GROUP BY lower(email));",
                "CREATE UNIQUE INDEX by_letters ON user (email COLLATE NOCASE);",
            ],
            "DROP INDEX by_letters;",
            None,
        ),
        change(
            Lint::UniqueOnRows,
            "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE UNIQUE);",
            &["CREATE UNIQUE INDEX by_letters ON user (lower(email));"],
            "DROP INDEX by_letters;",
            None,
        ),
        change(
            Lint::LosesValues,
            PLACES,
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, name TEXT, town TEXT, title TEXT, grams INTEGER);",
                "INSERT INTO next SELECT id, name, town, name, grams + 1 FROM place;",
                "DROP TABLE place; ALTER TABLE next RENAME TO place;",
            ],
            back,
            None,
        ),
        change(
            Lint::LosesValues,
            "CREATE TABLE span (id INTEGER PRIMARY KEY, last INTEGER, first INTEGER);",
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, first INTEGER, last INTEGER);",
                "INSERT INTO next (id, first, last) SELECT id, min(first, last), max(first, last) FROM span;",
                "DROP TABLE span; ALTER TABLE next RENAME TO span;",
            ],
            back,
            None,
        ),
        change(
            Lint::LosesValues,
            "CREATE TABLE tag (id TEXT PRIMARY KEY, name TEXT); CREATE TABLE place (id INTEGER PRIMARY KEY, tag TEXT);",
            // Other ids on purpose, of another type.
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, name TEXT, old_id TEXT);",
                "INSERT INTO next (name, old_id) SELECT name, id FROM tag;",
                "UPDATE place SET tag = (SELECT id FROM next WHERE old_id = tag) WHERE tag IS NOT NULL;",
                "DROP TABLE tag; ALTER TABLE next RENAME TO tag;",
            ],
            back,
            None,
        ),
        change(
            Lint::LosesConstraint,
            "CREATE TABLE device (uuid TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT UNIQUE);",
            &[
                "CREATE TABLE next (uuid TEXT, owner TEXT NOT NULL, name TEXT, UNIQUE (owner, name), PRIMARY KEY (uuid, owner));",
                "INSERT INTO next SELECT * FROM device; DROP TABLE device; ALTER TABLE next RENAME TO device;",
            ],
            back,
            None,
        ),
        change(
            Lint::LosesConstraint,
            "CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT, site INTEGER, UNIQUE (site, email));",
            &[
                "CREATE TABLE next (id INTEGER PRIMARY KEY, email TEXT, site INTEGER, name TEXT);",
                "INSERT INTO next SELECT id, email, site, '' FROM user; DROP TABLE user; ALTER TABLE next RENAME TO user;",
                "CREATE UNIQUE INDEX user_email ON user (email, site);",
            ],
            back,
            None,
        ),
        change(
            Lint::LosesConstraint,
            DOCUMENT,
            &[
                "DROP VIEW recent; ALTER TABLE album RENAME TO book;",
                "CREATE TABLE next (id INTEGER PRIMARY KEY, album INTEGER REFERENCES book ON DELETE SET NULL);",
                "INSERT INTO next SELECT id, album FROM photo; DROP TABLE photo; ALTER TABLE next RENAME TO photo;",
                "CREATE VIEW recent AS SELECT id FROM photo;",
            ],
            "-- lint: allow wrong-down not looked at\nALTER TABLE book RENAME TO album;",
            None,
        ),
        change(
            Lint::UniqueOnRows,
            PARCEL,
            &[
                "DELETE FROM parcel WHERE id NOT IN (SELECT min(id) FROM parcel GROUP BY code);",
                "CREATE UNIQUE INDEX code ON parcel (code);",
            ],
            "DROP INDEX code;",
            None,
        ),
        change(
            Lint::UniqueOnRows,
            PARCEL,
            &["CREATE UNIQUE INDEX both ON parcel (code, id);"],
            "DROP INDEX both;",
            None,
        ),
        change(
            Lint::FailsOnRows,
            PARCEL,
            &[
                "CREATE TABLE heavy (id INTEGER PRIMARY KEY, grams INTEGER CHECK (grams >= 0));",
                "INSERT INTO heavy SELECT id, max(0, grams) FROM parcel;",
            ],
            "DROP TABLE heavy;",
            None,
        ),
        change(
            Lint::FailsOnRows,
            "CREATE TABLE word (k TEXT PRIMARY KEY, n INTEGER); CREATE TABLE said (k TEXT NOT NULL REFERENCES word (k));",
            &[
                "CREATE TABLE next (k TEXT PRIMARY KEY, n INTEGER, more TEXT DEFAULT '');",
                "INSERT INTO next (k, n) SELECT k, n FROM word; DROP TABLE word; ALTER TABLE next RENAME TO word;",
            ],
            back,
            None,
        ),
        change(Lint::DropsTable, PARCEL, &["CREATE TABLE scratch (a); DROP TABLE scratch;"], back, None),
        change(
            Lint::DropsColumn,
            PARCEL,
            &["ALTER TABLE parcel RENAME COLUMN code TO name;"],
            "ALTER TABLE parcel RENAME COLUMN name TO code;",
            None,
        ),
        change(
            Lint::LosesValues,
            LETTER,
            &[MAKE, "INSERT INTO next SELECT * FROM letter;", COUNT, SWAP, INDEX, TRIGGER],
            back,
            None,
        ),
        change(Lint::LosesSequence, LETTER, &[MAKE, COPY, COUNT, SWAP, INDEX, TRIGGER], back, None),
        change(
            Lint::LosesIndex,
            LETTER,
            &[MAKE, COPY, COUNT, SWAP, "CREATE INDEX by_town ON letter (town);", TRIGGER],
            "DROP INDEX by_town; CREATE INDEX letter_town ON letter (town);",
            None,
        ),
        change(Lint::LosesTrigger, LETTER, &["DROP TRIGGER tell;", MAKE, COPY, COUNT, SWAP, INDEX], TRIGGER, None),
        change(
            Lint::LosesCollation,
            PARCEL,
            &["ALTER TABLE parcel RENAME TO packet;"],
            "ALTER TABLE packet RENAME TO parcel;",
            None,
        ),
        change(
            Lint::RenamesFirst,
            PARCEL,
            &["ALTER TABLE depot RENAME TO hub;"],
            "ALTER TABLE hub RENAME TO depot;",
            None,
        ),
        change(
            Lint::CascadeUnenforced,
            DOCUMENT,
            &["DELETE FROM photo WHERE album = 7;", "DELETE FROM album WHERE id = 7;"],
            back,
            None,
        ),
        change(
            Lint::CascadeUnenforced,
            DOCUMENT,
            &["-- foreign_keys: on", "DELETE FROM album WHERE id = 7;"],
            back,
            None,
        ),
        change(
            Lint::TimeOrChance,
            PARCEL,
            &["UPDATE parcel SET code = date('2001-02-03') WHERE code IS NULL;"],
            back,
            None,
        ),
        change(
            Lint::QuotedText,
            PARCEL,
            &[
                "CREATE TABLE \"other\" (\"it\" TEXT DEFAULT \"text\");",
                "INSERT INTO \"other\" SELECT \"parcel\".\"code\" FROM \"parcel\" WHERE \"code\" <> 'kode';",
            ],
            "DROP TABLE other;",
            None,
        ),
        change(Lint::ConfusableName, PARCEL, &["CREATE TABLE other (parcel, Parcels);"], "DROP TABLE other;", None),
        change(
            Lint::MissingFunction,
            PARCEL,
            &["CREATE VIEW loud AS SELECT upper(town) FROM parcel;"],
            "DROP VIEW loud;",
            None,
        ),
        change(
            Lint::MixesData,
            PARCEL,
            &[
                "-- lint: big parcel",
                "ALTER TABLE parcel ADD COLUMN kilos REAL;",
                "UPDATE parcel SET kilos = 1 WHERE id = 7;",
            ],
            "ALTER TABLE parcel DROP COLUMN kilos;",
            None,
        ),
        change(
            Lint::MixesData,
            PARCEL,
            &["ALTER TABLE parcel ADD COLUMN depot_id INTEGER;", "UPDATE parcel SET depot_id = depot;"],
            "ALTER TABLE parcel DROP COLUMN depot_id;",
            None,
        ),
        change(Lint::MixesData, PARCEL, &["-- lint: big parcel", "UPDATE parcel SET grams = 1000;"], back, None),
    ]
}

#[test]
fn each_danger_is_found_where_it_is_and_nothing_else() {
    let mut wrong = Vec::new();
    for Change { lint, create, up, down, line } in bad() {
        let up = up.join("\n");
        let expected: Vec<_> = line.into_iter().map(|line| (lint, "m/2.sql".to_owned(), line)).collect();
        let told = found(create, &up, down);
        wrong.extend((told != expected).then(|| format!("{up}\n{told:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_safe_way_is_left_alone() {
    let mut wrong = Vec::new();
    for Change { create, up, down, .. } in good() {
        let up = up.join("\n");
        let told = found(create, &up, down);
        wrong.extend((!told.is_empty()).then(|| format!("{up}\n{told:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_lint_has_a_bad_example_and_a_good_one() {
    let elsewhere = [Lint::MissingDown, Lint::InvalidAllow, Lint::WrongDown];
    for lint in Lint::ALL.iter().filter(|lint| !elsewhere.contains(lint)) {
        assert!(bad().iter().any(|bad| bad.lint == *lint), "{lint} has no bad example");
        assert!(good().iter().any(|good| good.lint == *lint), "{lint} has no good example");
    }
}

#[test]
fn the_rows_that_break_a_statement_are_told() {
    let up = "CREATE UNIQUE INDEX code ON parcel (code);";
    let findings = findings(&changed(PARCEL, up, "DROP INDEX code;"));
    let [_, finding] = &findings[..] else { panic!("one finding beside the missing down") };
    assert_eq!(
        finding.to_string(),
        "m/2.sql:1: statement 1 fails with these rows: \"parcel\" (id 1000001, code '1', grams 1, town '1', depot 1000001) and \
         \"parcel\" (id 1000002, code '1', grams 1, town '1', depot 1000001): UNIQUE constraint failed: parcel.code\n  \
         1 | CREATE UNIQUE INDEX code ON parcel (code);\n  \
         See to rows that are equal before the index is made: keep one of them, or make them differ. \
         (unique-on-rows: docs/lints.md#unique-on-rows)"
    );
}

#[test]
fn a_way_back_that_loses_something_is_told() {
    for (up, down, why) in [
        (
            "ALTER TABLE parcel ADD COLUMN kilos REAL;",
            "ALTER TABLE parcel DROP COLUMN kilos; ALTER TABLE parcel ADD COLUMN pounds REAL;",
            "leaves another schema than before: table \"parcel\" is not as",
        ),
        (
            "CREATE TABLE a (b); CREATE TABLE IF NOT EXISTS c (d);",
            "DROP TABLE a;",
            "leaves another schema than before: table \"c\"",
        ),
        (
            "CREATE INDEX code ON parcel (code);",
            "DROP INDEX code; DELETE FROM parcel;",
            "leaves 0 of 6 rows of table \"parcel\"",
        ),
        (
            "CREATE INDEX code ON parcel (code);",
            "DROP INDEX code; UPDATE parcel SET code = NULL;",
            "loses values of column \"code\"",
        ),
    ] {
        let findings = findings(&changed(&format!("-- lint: allow missing-down none\n{PARCEL}"), up, down));
        let [found] = &findings[..] else { panic!("{down}: {findings:?}") };
        assert_eq!((found.lint, &*found.file, found.line), (Lint::WrongDown, "m/2.rollback.sql", 1));
        assert!(found.message.contains(why), "{}", found.message);
    }
}

#[test]
fn a_way_back_that_loses_the_values_of_what_was_renamed_is_told() {
    let column = "ALTER TABLE x RENAME COLUMN a TO b;";
    let rebuild = "CREATE TABLE next (id INTEGER PRIMARY KEY, b TEXT); INSERT INTO next SELECT id, a FROM x;
        DROP TABLE x; ALTER TABLE next RENAME TO x;";
    let table = "ALTER TABLE x RENAME TO y;";
    for (up, down, is_wrong) in [
        (column, "ALTER TABLE x DROP COLUMN b; ALTER TABLE x ADD COLUMN a TEXT;", true),
        (
            column,
            "CREATE TABLE next (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO next (id) SELECT id FROM x;
             DROP TABLE x; ALTER TABLE next RENAME TO x;",
            true,
        ),
        (column, "ALTER TABLE x RENAME COLUMN b TO a;", false),
        (column, "ALTER TABLE x ADD COLUMN a TEXT; UPDATE x SET a = b; ALTER TABLE x DROP COLUMN b;", false),
        (rebuild, "ALTER TABLE x DROP COLUMN b; ALTER TABLE x ADD COLUMN a TEXT;", true),
        (rebuild, "ALTER TABLE x RENAME COLUMN b TO a;", false),
        (table, "ALTER TABLE y RENAME TO x; UPDATE x SET a = NULL;", true),
        (table, "ALTER TABLE y RENAME TO x;", false),
    ] {
        let create = "-- lint: allow missing-down none\nCREATE TABLE x(id INTEGER PRIMARY KEY, a TEXT);";
        let up = format!("-- lint: allow loses-values not looked at\n{up}");
        let told: Vec<String> =
            findings(&changed(create, &up, down)).iter().map(|found| found.message.clone()).collect();
        let expected = is_wrong.then(|| "taking it back loses values of column \"a\" of table \"x\"".to_owned());
        assert_eq!(told, Vec::from_iter(expected), "{up}\n{down}");
    }
}

#[test]
fn a_way_back_that_rows_break_is_told_with_them() {
    let create = "-- lint: allow missing-down none\nCREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT UNIQUE);";
    let up = "CREATE TABLE next (id INTEGER PRIMARY KEY, b TEXT); INSERT INTO next SELECT id, 'x' FROM a; DROP TABLE a; ALTER TABLE next RENAME TO a;";
    let down = "CREATE TABLE next (id INTEGER PRIMARY KEY, b TEXT UNIQUE);\nINSERT INTO next SELECT id, b FROM a; DROP TABLE a; ALTER TABLE next RENAME TO a;";
    let findings = findings(&changed(create, up, down));
    let found: Vec<_> = findings.iter().map(|found| (found.lint, &*found.file, found.line)).collect();
    assert!(found.contains(&(Lint::FailsOnRows, "m/2.rollback.sql", 2)), "{findings:?}");
}

#[test]
fn lints_are_switched_off_by_comment_by_option_and_for_the_past() {
    let dropping = "DROP TABLE parcel;";
    let files = |up: &'static str| folder(&[("1", PARCEL), ("2", up)]);
    let ids = |files: &[SourceFile], options: &CheckOptions| -> Vec<&'static str> {
        let checked = check_with(files, options).unwrap_or_else(|error| panic!("{error}"));
        checked.findings.iter().map(|finding| finding.lint.id()).collect()
    };
    let default = CheckOptions::default();
    assert_eq!(ids(&files(dropping), &default), ["missing-down", "missing-down", "drops-table"]);
    let allowed =
        "-- lint: allow drops-table nobody has any\n-- lint: allow missing-down gone is gone\nDROP TABLE parcel;";
    assert_eq!(ids(&files(allowed), &default), ["missing-down"]);
    let off = CheckOptions { off: vec![Lint::MissingDown], ..CheckOptions::default() };
    assert_eq!(ids(&files(dropping), &off), ["drops-table"]);
    let since = CheckOptions { since: Some("2".to_owned()), ..CheckOptions::default() };
    assert_eq!(ids(&files(dropping), &since), ["missing-down", "drops-table"]);
    let unknown = CheckOptions { since: Some("3".to_owned()), ..CheckOptions::default() };
    let error = check_with(&files(dropping), &unknown).expect_err("no such migration");
    assert_eq!(error.code().as_str(), "unknown_target");
}

#[test]
fn a_comment_that_allows_something_can_be_added_after_a_release() {
    let digest = |up: &str, down: &str| {
        let files = folder(&[("1", up), ("1.rollback", down)]);
        MigrationSet::from_files(files).expect("a valid set").digest().to_string()
    };
    let comment = "-- lint: allow drops-table why";
    let allowed = digest(&format!("{comment}\nDROP TABLE IF EXISTS a;"), &format!("{comment}\nSELECT 1;"));
    assert_eq!(allowed, digest("DROP TABLE IF EXISTS a;", "SELECT 1;"));
}

#[test]
fn a_comment_that_allows_nothing_is_told_with_its_line() {
    let findings = findings(&[(
        "1",
        "SELECT 1;\n-- lint: allow missing-dwon why\nSELECT 2;\n-- lint: allow missing-down\nSELECT 3;",
    )]);
    let found: Vec<_> = findings.iter().map(|finding| (finding.lint, finding.line)).collect();
    assert_eq!(found, [(Lint::InvalidAllow, 2), (Lint::InvalidAllow, 4), (Lint::MissingDown, 1)]);
}

#[test]
fn what_cannot_be_applied_is_an_error_with_file_line_and_sql() {
    for (up, code, line) in [
        ("SELECT 1;\nCREATE TABL a (b);", "statement_failed", "m/2.sql:2: "),
        ("SELECT 1;\nALTER TABLE parcel ADD COLUMN sender TEXT NOT NULL;", "unsound_migration", "m/2.sql:2: "),
        ("BEGIN;", "transaction_control", "m/2.sql:1: "),
    ] {
        let error = check(&folder(&[("1", PARCEL), ("2", up)])).expect_err(up);
        assert_eq!(error.code().as_str(), code);
        let text = error.to_string();
        assert!(text.starts_with(line), "{text}");
        let shown = up.lines().last().unwrap_or_default();
        assert!(code == "transaction_control" || text.contains(&format!("  2 | {shown}")), "{text}");
    }
}

#[test]
fn findings_are_serialized_with_the_id_of_their_lint() {
    let findings = findings(&[("1", "CREATE TABLE a (b);")]);
    let json = serde_json::to_value(&findings).expect("JSON");
    assert_eq!(json[0]["lint"], "missing-down");
    assert_eq!(json[0]["file"], "m/1.sql");
    assert_eq!((&json[0]["line"], &json[0]["sql"]), (&1.into(), &serde_json::Value::Null));
    assert!(json[0]["remedy"].as_str().is_some_and(|remedy| remedy.contains("rollback")));
}

#[test]
fn rows_that_are_left_without_their_parents_are_told() {
    let create = "CREATE TABLE album (id INTEGER PRIMARY KEY);
        CREATE TABLE photo (id INTEGER PRIMARY KEY, album INTEGER NOT NULL REFERENCES album (id));";
    let back = "-- lint: allow wrong-down not looked at\nSELECT 1;";
    let message = |up: &str| {
        let create = format!("-- lint: allow missing-down none\n{create}");
        let findings = findings(&changed(&create, up, back));
        findings.iter().map(|found| format!("{} {}: {}", found.lint, found.line, found.message)).collect::<Vec<_>>()
    };
    assert_eq!(
        message("SELECT 1;\nUPDATE photo SET album = 7;\nSELECT 2;"),
        ["fails-on-rows 2: statement 2 leaves 4 rows of \"photo\" that refer to no row of \"album\""]
    );
    assert_eq!(message("UPDATE photo SET album = 7;\nINSERT OR IGNORE INTO album VALUES (7);"), [""; 0]);
}

#[test]
fn hooks_are_run_on_rows() {
    let files = [
        ("1", "-- lint: allow missing-down none\nCREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER);"),
        ("post-apply", "DROP TABLE IF EXISTS b; CREATE TABLE b (n INTEGER NOT NULL);\nINSERT INTO b SELECT n FROM a;"),
    ];
    let findings = findings(&files);
    let [found] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((found.lint, &*found.file, found.line), (Lint::FailsOnRows, "m/post-apply.sql", 2));
}

#[test]
fn a_migration_that_does_not_end_on_rows_is_left_alone() {
    let up = "CREATE TABLE b (n); INSERT INTO b WITH RECURSIVE n (i) AS (
        SELECT id FROM a UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0;";
    let files = [("1", "CREATE TABLE a (id INTEGER PRIMARY KEY);"), ("2", up), ("3", "DROP TABLE b;")];
    let ids: Vec<&str> = findings(&files).iter().map(|found| found.lint.id()).collect();
    assert_eq!(ids, ["missing-down", "missing-down", "missing-down", "drops-table"]);
}

#[test]
fn what_the_application_gives_its_connections_is_there() {
    let files = folder(&[("1", "-- lint: allow missing-down none\nCREATE TABLE a (b COLLATE reversed UNIQUE);")]);
    check(&files).expect_err("no such collation");
    let prepare: fn(&rusqlite::Connection) -> rusqlite::Result<()> =
        |connection| connection.create_collation("reversed", |one, other| other.cmp(one));
    let checked = check_with(&files, &CheckOptions { prepare, ..CheckOptions::default() }).expect("a collation");
    assert_eq!(checked.findings, []);
}

#[test]
fn only_tables_that_are_big_are_not_to_be_mixed() {
    let found = |big: &str, at: &str| {
        let none = "-- lint: allow missing-down none";
        let comment = |file: &str| if file == at { format!("-- lint: big {big}") } else { String::new() };
        let up = "ALTER TABLE parcel ADD COLUMN depot_id INTEGER;\nUPDATE parcel SET depot_id = depot;";
        let files = [
            ("1", &*format!("{none}\n{}\n{PARCEL}", comment("1"))),
            ("2", &*format!("{none}\n{}\n{up}", comment("2"))),
            ("3", &*format!("{none}\nSELECT 1;\n{}\nSELECT 2;", comment("3"))),
        ];
        findings(&files).iter().map(|found| (found.lint, found.file.clone(), found.line)).collect::<Vec<_>>()
    };
    let mixed = [(Lint::MixesData, "m/2.sql".to_owned(), 4)];
    for file in ["1", "2", "3"] {
        assert_eq!(found("PARCEL", file), mixed, "{file}");
        assert_eq!(found("depot", file), [], "{file}");
    }
    assert_eq!(found("parcel", "nowhere"), []);
    assert_eq!(found("parcels", "3"), [(Lint::InvalidAllow, "m/3.sql".to_owned(), 3)]);
}

#[test]
fn what_a_rebuild_copies_is_told_by_the_rows() {
    let told = |up: &str| {
        let create = "-- lint: allow missing-down none\nCREATE TABLE x (id INTEGER, a TEXT, b TEXT);";
        let down =
            "-- lint: allow wrong-down not looked at\nDROP TABLE x; CREATE TABLE x (id INTEGER, a TEXT, b TEXT);";
        let findings = findings(&changed(create, up, down));
        findings.iter().map(|found| format!("{} {}: {}", found.lint, found.line, found.message)).collect::<Vec<_>>()
    };
    let swap = "\nDROP TABLE x; ALTER TABLE n RENAME TO x;";
    let anew = "DROP TABLE x; CREATE TABLE x (id INTEGER, a TEXT, b TEXT);";
    for (up, expected) in [
        (format!("CREATE TABLE n AS SELECT id, a, b FROM x;{swap}"), None),
        (format!("CREATE TABLE n AS SELECT * FROM x WHERE 0; INSERT INTO n SELECT * FROM x;{swap}"), None),
        (
            format!("CREATE TABLE n AS SELECT * FROM x WHERE 0;{swap}"),
            Some("loses-values 1: the rebuild of table \"x\" copies 0 of its 6 rows"),
        ),
        (
            format!("CREATE TABLE n AS SELECT id, a FROM x;{swap}"),
            Some("drops-column 1: the rebuild of table \"x\" drops column \"b\" with its values"),
        ),
        (
            format!("CREATE TABLE n AS SELECT id, a, NULL AS b FROM x;{swap}"),
            Some("loses-values 1: the rebuild of table \"x\" does not copy \"b\""),
        ),
        (format!("CREATE TEMP TABLE k AS SELECT * FROM x; {anew} INSERT INTO x SELECT * FROM k; DROP TABLE k;"), None),
        (format!("CREATE TABLE k AS SELECT * FROM x; {anew} INSERT INTO x SELECT * FROM k; DROP TABLE k;"), None),
        (
            format!("CREATE TEMP TABLE k AS SELECT * FROM x; {anew} INSERT INTO x (id, a) SELECT id, a FROM k;"),
            Some("loses-values 1: the rebuild of table \"x\" does not copy \"b\""),
        ),
        (
            "CREATE TEMP TABLE k AS SELECT * FROM x; DROP TABLE x; CREATE TABLE x (id INTEGER, a TEXT);
             INSERT INTO x SELECT id, a FROM k;"
                .to_owned(),
            Some("drops-column 1: the rebuild of table \"x\" drops column \"b\" with its values"),
        ),
        (
            "CREATE TEMP TABLE k AS SELECT * FROM x; DROP TABLE x; CREATE TABLE x (id INTEGER, both TEXT);
             INSERT INTO x SELECT id, a || b FROM k;"
                .to_owned(),
            None,
        ),
        (
            format!("CREATE TEMP TABLE k AS SELECT * FROM x; {anew} INSERT INTO x SELECT * FROM k WHERE id > 0;"),
            Some("loses-values 1: the rebuild of table \"x\" copies 4 of its 6 rows"),
        ),
        (
            "CREATE TABLE n (id INTEGER, a TEXT, b TEXT); INSERT INTO n (id, a) SELECT id, a FROM x;
             UPDATE n SET b = (SELECT b FROM x WHERE x.rowid = n.rowid); DROP TABLE x; ALTER TABLE n RENAME TO x;"
                .to_owned(),
            None,
        ),
        (
            format!("{anew} INSERT INTO x VALUES (1, 'a', 'b');"),
            Some("loses-values 1: table \"x\" is made anew, and none of its 6 rows is copied"),
        ),
    ] {
        assert_eq!(told(&up), Vec::from_iter(expected), "{up}");
    }
}

#[test]
fn texts_that_a_rebuild_takes_for_numbers_are_told() {
    let told = |old: &str, new: &str, copied: &str| {
        let create = format!("-- lint: allow missing-down none\nCREATE TABLE x (id INTEGER PRIMARY KEY, code {old});");
        let up = format!(
            "CREATE TABLE n (id INTEGER PRIMARY KEY, code {new});
             INSERT INTO n SELECT id, {copied} FROM x; DROP TABLE x; ALTER TABLE n RENAME TO x;"
        );
        let down = "-- lint: allow wrong-down not looked at\nSELECT 1;";
        let up = format!("-- lint: allow fails-on-rows not looked at\n-- lint: allow loses-constraint nor this\n{up}");
        findings(&changed(&create, &up, down)).iter().map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    let numbers = ["the rebuild of table \"x\" takes texts of \"code\" for numbers: '01234' is 1234 behind it"];
    for (old, new, copied) in [
        ("TEXT", "INTEGER", "code"),
        ("VARCHAR(9)", "NUMERIC", "code"),
        ("TEXT", "REAL", "code"),
        ("TEXT UNIQUE", "INT", "code"),
    ] {
        assert_eq!(told(old, new, copied), numbers, "{old} {new}");
    }
    for (old, new, copied) in [
        ("TEXT", "TEXT NOT NULL DEFAULT ''", "coalesce(code, '')"),
        ("TEXT", "BLOB", "code"),
        ("TEXT", "INTEGER", "CAST(code AS INTEGER)"),
        ("TEXT", "TEXT", "trim(code)"),
        ("INTEGER", "INTEGER DEFAULT 0", "code"),
        ("INTEGER", "TEXT", "code"),
        ("TEXT CHECK (code NOT GLOB '0*')", "INTEGER", "code"),
    ] {
        assert_eq!(told(old, new, copied), [""; 0], "{old} {new} {copied}");
    }
}
