//! Databases that other tools have migrated: their records as those tools make them, and what becomes of each.
#![cfg(not(target_family = "wasm"))]

mod support;

use rusqlite::Connection;
use support::{column, dump, set, value};
use wheatear::{
    AdoptedBy, Error, ErrorCode, HistoryError, MigrationSet, Migrator, Mismatch, OnDrift, OnUnmanaged, Operation,
    SourceFile, StepOperation, Target, Trace, Unadoptable,
};

const CREATE: &str = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);\n";
const AT: &str = "ALTER TABLE note ADD COLUMN at TEXT;\n";
const INDEX: &str = "CREATE INDEX by_at ON note (at);\n";

// Of these texts, by `sha256sum`, `sha384sum` and Python's `zlib.crc32`.
const SHA_256: [&str; 2] = [
    "ad7f77b04d6cf8ac89a4182ce46858be4e52cb263c4c72f339498f6b43e64330",
    "834ff5d57689a4b8cd6949dee94562339d4622abf0557756521d96ef844b5fb5",
];
const SHA_384: [&str; 2] = [
    "6fefcfcd8f0880c8eaa5191e66b9a6a1ef65209ff62d18d03535773634f9bc5dddd14c138f4b75d752be367624fa7818",
    "0aec6a716898d05b89f50670c5b1d8ed234d9624a6d90f3526fdd047879baa5cc0a4a1dac7681cc329c0db29e6b52439",
];
const CRC_32: [i32; 2] = [681_841_545, -541_879_782];
/// SipHash 1-3 of `create`, 1 and the text, and of `at`, 2 and the text.
const SIP_13: [u64; 2] = [16_114_608_074_557_752_992, 7_491_499_040_395_900_196];

/// A set of three migrations with these ids, in which the texts are those above.
fn three(ids: [&str; 3]) -> MigrationSet {
    let [one, two, three] = ids;
    set(&[(one, CREATE), (two, AT), (three, INDEX)])
}

fn numbered() -> MigrationSet {
    three(["0001_create", "0002_at", "0003_index"])
}

/// A database in which the first two have run, and then this SQL, which makes a tool's record.
fn two_applied(record: &str) -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    for sql in [CREATE, AT, "INSERT INTO note (text, at) VALUES ('kept', 'then');", record] {
        connection.execute_batch(sql).expect(sql);
    }
    connection
}

fn refusal(set: &MigrationSet, mut connection: Connection) -> Unadoptable {
    let before = dump(&connection);
    let by_itself = Migrator::new(set).adopt(&mut connection).expect_err("a mismatch");
    assert_eq!(by_itself.code(), ErrorCode::Unadoptable, "{by_itself}");
    let migrator = Migrator::new(set).on_unmanaged(OnUnmanaged::Adopt);
    let with_the_rest = migrator.apply(&mut connection).expect_err("a mismatch");
    assert_eq!(with_the_rest.to_string(), by_itself.to_string());
    assert_eq!(dump(&connection), before, "{by_itself}");
    let Error::History(HistoryError::Unadoptable(why)) = by_itself else { panic!("{by_itself}") };
    why
}

fn mismatch(mismatch: Mismatch, tool: &'static str, recorded: &[&str], here: &[&str]) -> Unadoptable {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Unadoptable::new(mismatch, tool, owned(recorded), owned(here))
}

const DRIZZLE: &str = "CREATE TABLE IF NOT EXISTS \"__drizzle_migrations\" (
    id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);";
const PRISMA: &str = "CREATE TABLE \"_prisma_migrations\" (
    \"id\" TEXT PRIMARY KEY NOT NULL, \"checksum\" TEXT NOT NULL, \"finished_at\" DATETIME,
    \"migration_name\" TEXT NOT NULL, \"logs\" TEXT, \"rolled_back_at\" DATETIME,
    \"started_at\" DATETIME NOT NULL DEFAULT current_timestamp,
    \"applied_steps_count\" INTEGER UNSIGNED NOT NULL DEFAULT 0);";
const SQLX: &str = "CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);";
const REFINERY: &str = "CREATE TABLE refinery_schema_history(
    version int4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));";
const DIESEL: &str = "CREATE TABLE __diesel_schema_migrations (
    version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";
const GOLANG_MIGRATE: &str = "CREATE TABLE schema_migrations (version uint64,dirty bool);
    CREATE UNIQUE INDEX version_unique ON schema_migrations (version);";
const DBMATE: &str = "CREATE TABLE IF NOT EXISTS \"schema_migrations\" (version varchar(128) primary key);";
const GOOSE: &str = "CREATE TABLE goose_db_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL,
    tstamp TIMESTAMP DEFAULT (datetime('now')));
    INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1);";
const FLYWAY: &str = "CREATE TABLE \"flyway_schema_history\" (
    \"installed_rank\" INT NOT NULL PRIMARY KEY, \"version\" VARCHAR(50), \"description\" VARCHAR(200) NOT NULL,
    \"type\" VARCHAR(20) NOT NULL, \"script\" VARCHAR(1000) NOT NULL, \"checksum\" INT,
    \"installed_by\" VARCHAR(100) NOT NULL,
    \"installed_on\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    \"execution_time\" INT NOT NULL, \"success\" BOOLEAN NOT NULL);
    CREATE INDEX \"flyway_schema_history_s_idx\" ON \"flyway_schema_history\" (\"success\");";
const KNEX: &str = "CREATE TABLE `knex_migrations` (
    `id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);
    CREATE TABLE `knex_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);";
const KYSELY: &str = "CREATE TABLE \"kysely_migration\" (
    \"name\" varchar(255) not null primary key, \"timestamp\" varchar(255) not null);
    CREATE TABLE \"kysely_migration_lock\" (
    \"id\" varchar(255) not null primary key, \"is_locked\" integer default 0 not null);";
const YOYO: &str = "CREATE TABLE \"_yoyo_migration\" (
    \"migration_hash\" VARCHAR(64), \"migration_id\" VARCHAR(255), \"applied_at_utc\" TIMESTAMP,
    PRIMARY KEY (\"migration_hash\"));
    CREATE TABLE \"_yoyo_version\" (\"version\" INT NOT NULL PRIMARY KEY, \"installed_at_utc\" TIMESTAMP);";

fn drizzle(hashes: &[&str]) -> String {
    let row = |(index, hash): (usize, &&str)| {
        format!(
            "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('{hash}', {});",
            1_714_000_000_000_u64 + index as u64
        )
    };
    DRIZZLE.to_owned() + &hashes.iter().enumerate().map(row).collect::<String>()
}

fn prisma(name: &str, checksum: &str, finished: &str, rolled_back: &str, started: u32) -> String {
    format!(
        "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, rolled_back_at, started_at)
         VALUES (hex(randomblob(8)), '{checksum}', {finished}, '{name}', {rolled_back}, {started});"
    )
}

fn sqlx(version: u64, checksum: &str, success: bool) -> String {
    format!("INSERT INTO _sqlx_migrations VALUES ({version}, 'd', '2024-05-01', {success}, x'{checksum}', 1);")
}

fn refinery(version: u32, name: &str, checksum: u64) -> String {
    format!("INSERT INTO refinery_schema_history VALUES ({version}, '{name}', '2024-05-01T00:00:00Z', '{checksum}');")
}

fn flyway(rank: u32, version: &str, kind: &str, checksum: &str, success: bool) -> String {
    format!(
        "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
         VALUES ({rank}, {version}, 'd', '{kind}', 's', {checksum}, '', 1, {success});"
    )
}

fn goose(version: u32, is_applied: bool) -> String {
    format!("INSERT INTO goose_db_version (version_id, is_applied) VALUES ({version}, {is_applied});")
}

/// Of each tool: the ids that its files have here, what it has recorded when two of them were applied, and how that is found.
fn records() -> Vec<(&'static str, [&'static str; 3], String, AdoptedBy)> {
    let numbers = ["0001_create", "0002_at", "0003_index"];
    let times = ["20240501120000_create", "20240502120000_at", "20240503120000_index"];
    let rows =
        |table: &str, values: [&str; 2]| values.map(|value| format!("INSERT INTO {table} VALUES ({value});")).concat();
    vec![
        (
            "yoyo",
            ["0001.create", "0002.at", "0003.index"],
            YOYO.to_owned()
                + &rows("_yoyo_migration", ["'a', '0001.create', '2024-05-01'", "'b', '0002.at', '2024-05-01'"]),
            AdoptedBy::Id,
        ),
        (
            "yoyo",
            ["0001.create", "0002.at", "0003.index"],
            "CREATE TABLE _yoyo_migration (id VARCHAR(255) NOT NULL PRIMARY KEY, ctime TIMESTAMP);".to_owned()
                + &rows("_yoyo_migration", ["'0001.create', 1", "'0002.at', 1"]),
            AdoptedBy::Id,
        ),
        ("Drizzle", ["0000_brave_hulk", "0001_calm_thor", "0002_dry_loki"], drizzle(&SHA_256), AdoptedBy::Hash),
        (
            "Drizzle",
            ["20240501120000_brave_hulk", "20240502120000_calm_thor", "20240503120000_dry_loki"],
            "CREATE TABLE __drizzle_migrations (
               id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric, name text, applied_at TEXT);"
                .to_owned()
                + &rows(
                    "__drizzle_migrations",
                    [
                        &format!("1, '{}', 1, '20240501120000_brave_hulk', ''", SHA_256[0]),
                        &format!("2, '{}', 2, '20240502120000_calm_thor', ''", SHA_256[1]),
                    ],
                ),
            AdoptedBy::Id,
        ),
        // The texts were written anew since.
        ("Drizzle", ["0000_brave_hulk", "0001_calm_thor", "0002_dry_loki"], drizzle(&["aa", "bb"]), AdoptedBy::Count),
        (
            "Kysely",
            numbers,
            KYSELY.to_owned() + &rows("kysely_migration", ["'0001_create', ''", "'0002_at', ''"]),
            AdoptedBy::Id,
        ),
        (
            "Prisma",
            times,
            [
                PRISMA.to_owned(),
                prisma("20240501120000_create", SHA_256[0], "1", "NULL", 1),
                // The second failed at first, and was resolved as rolled back.
                prisma("20240502120000_at", SHA_256[1], "NULL", "2", 2),
                prisma("20240502120000_at", SHA_256[1], "3", "NULL", 3),
            ]
            .concat(),
            AdoptedBy::Id,
        ),
        (
            "sqlx",
            times,
            [SQLX.to_owned(), sqlx(20_240_501_120_000, SHA_384[0], true), sqlx(20_240_502_120_000, SHA_384[1], true)]
                .concat(),
            AdoptedBy::Number,
        ),
        (
            "refinery",
            ["V1__create", "V2__at", "V3__index"],
            [REFINERY.to_owned(), refinery(1, "create", SIP_13[0]), refinery(2, "at", SIP_13[1])].concat(),
            AdoptedBy::Id,
        ),
        (
            "diesel",
            ["2024-05-01-120000_create", "2024-05-02-120000_at", "2024-05-03-120000_index"],
            DIESEL.to_owned()
                + &rows(
                    "__diesel_schema_migrations",
                    ["'20240501120000', '2024-05-01'", "'20240502120000', '2024-05-01'"],
                ),
            AdoptedBy::Number,
        ),
        (
            "golang-migrate",
            ["1_create", "2_at", "10_index"],
            GOLANG_MIGRATE.to_owned() + "INSERT INTO schema_migrations VALUES (2, false);",
            AdoptedBy::Number,
        ),
        (
            "dbmate or Rails",
            times,
            DBMATE.to_owned() + &rows("schema_migrations", ["'20240501120000'", "'20240502120000'"]),
            AdoptedBy::Number,
        ),
        (
            "goose",
            ["00001_create", "00002_at", "00003_index"],
            // The third was taken back, the second taken back and applied again.
            [goose(1, true), goose(2, true), goose(3, true), goose(3, false), goose(2, false), goose(2, true)]
                .iter()
                .fold(GOOSE.to_owned(), |sql, row| sql + row),
            AdoptedBy::Number,
        ),
        (
            "Flyway",
            ["V1.0__create", "V1.1__at", "V2__index"],
            [
                FLYWAY.to_owned(),
                flyway(1, "'1'", "SQL", &CRC_32[0].to_string(), true),
                flyway(2, "'1.1'", "SQL", &CRC_32[1].to_string(), true),
                flyway(3, "NULL", "SQL", "7", true),
                flyway(4, "'2'", "SQL", "7", true),
                flyway(5, "'2'", "UNDO_SQL", "7", true),
            ]
            .concat(),
            AdoptedBy::Number,
        ),
        (
            "Flyway",
            ["V1__create", "V2__at", "V3__index"],
            FLYWAY.to_owned() + &flyway(1, "'2.5'", "BASELINE", "NULL", true),
            AdoptedBy::Number,
        ),
        (
            "Knex",
            times,
            KNEX.to_owned()
                + &rows("knex_migrations", ["1, '20240501120000_create.js', 1, 1", "2, '20240502120000_at.ts', 1, 1"]),
            AdoptedBy::Id,
        ),
        (
            "Sequelize",
            numbers,
            "CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY);".to_owned()
                + &rows("SequelizeMeta", ["'0001_create.js'", "'0002_at.js'"]),
            AdoptedBy::Id,
        ),
        (
            "Cloudflare D1",
            numbers,
            "CREATE TABLE d1_migrations(
               id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
               applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);"
                .to_owned()
                + &rows("d1_migrations", ["1, '0001_create.sql', 1", "2, '0002_at.sql', 1"]),
            AdoptedBy::Id,
        ),
        (
            "sqlite for Node.js",
            ["001-create", "002-at", "003-index"],
            "CREATE TABLE IF NOT EXISTS \"migrations\" (
               id INTEGER PRIMARY KEY, name TEXT NOT NULL, up TEXT NOT NULL, down TEXT NOT NULL);"
                .to_owned()
                + &rows("migrations", ["1, 'create', 'u', 'd'", "2, 'at', 'u', 'd'"]),
            AdoptedBy::Number,
        ),
        ("user_version", numbers, "PRAGMA user_version = 2".to_owned(), AdoptedBy::Number),
        ("user_version", ["create", "rename", "shrink"], "PRAGMA user_version = 2".to_owned(), AdoptedBy::Count),
    ]
}

#[test]
fn a_table_of_the_application_that_has_the_name_of_a_record_is_none() {
    let mut connection = two_applied(
        "CREATE TABLE migrations (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO migrations VALUES (1, 'birds');",
    );
    let set = three(["001-create", "002-at", "003-index"]);
    let error = Migrator::new(&set).adopt(&mut connection).expect_err("there is no record");
    assert!(error.to_string().starts_with("no other tool has recorded which"), "{error}");
    let mut connection = two_applied("CREATE TABLE schema_migrations (version uint64, dirty bool);");
    let report = Migrator::new(&numbered()).adopt(&mut connection).expect("nothing is recorded");
    let adopted = report.adopted.expect("a record");
    assert_eq!(adopted.to_string(), "golang-migrate has recorded 0 of these migrations");
}

#[test]
fn what_each_tool_has_recorded_is_taken_over_and_the_rest_applied_in_one_run() {
    for (tool, ids, record, by) in records() {
        let set = three(ids).tried_out().expect("it runs");
        let mut connection = two_applied(&record);
        let before: Vec<String> = column(&connection, "SELECT quote(sql) FROM sqlite_schema WHERE tbl_name <> 'note'");
        let strict = Migrator::new(&set).on_drift(OnDrift::Error).on_unmanaged(OnUnmanaged::Adopt);
        let report = strict.apply(&mut connection).unwrap_or_else(|error| panic!("{tool}: {error}"));
        let adopted = report.adopted.clone().expect(tool);
        assert_eq!((adopted.tool, adopted.by, adopted.count), (tool, by, 2));
        assert!(
            report.to_string().contains(&format!("{tool} has recorded 2 of these migrations, found by {by}")),
            "{report}"
        );
        let steps: Vec<_> = report.steps.iter().map(|step| (step.operation, step.id.as_str())).collect();
        let [one, two, three] = ids;
        assert_eq!(
            steps,
            [(StepOperation::Adopt, one), (StepOperation::Adopt, two), (StepOperation::Apply, three)],
            "{tool}"
        );
        assert_eq!((report.from.as_deref(), report.to.as_deref()), (Some(two), Some(three)), "{tool}");
        assert_eq!(value::<String>(&connection, "SELECT text || at FROM note"), "keptthen");
        // The tool's own tables are what they were, and the next run finds nothing to do.
        let after = "SELECT quote(sql) FROM sqlite_schema
            WHERE tbl_name <> 'note' AND tbl_name NOT LIKE '\\_wheatear%' ESCAPE '\\'";
        assert_eq!(column(&connection, after), before, "{tool}");
        assert!(strict.apply(&mut connection).expect("nothing to do").steps.is_empty(), "{tool}");
        assert_eq!(strict.log(&connection).expect("a log")[0].operation.as_str(), "adopt");
    }
}

#[test]
fn adopting_alone_records_and_applies_nothing_and_without_it_the_error_names_the_tool() {
    for (tool, ids, record, by) in records() {
        let set = three(ids);
        let mut connection = two_applied(&record);
        let migrator = Migrator::new(&set);
        let error = migrator.apply(&mut connection).expect_err("a table that is there");
        assert_eq!(error.code(), ErrorCode::Unmanaged, "{tool}");
        assert!(error.to_string().contains(tool) && error.to_string().contains("`adopt`"), "{tool}: {error}");

        let plan = migrator.plan(&connection, &Operation::Adopt).expect(tool);
        assert_eq!(plan.adopted.as_ref().map(|adopted| adopted.by), Some(by), "{tool}");
        let report = migrator.adopt(&mut connection).expect(tool);
        assert_eq!(report.steps.len(), 2, "{tool}");
        assert_eq!(report.to.as_deref(), Some(ids[1]), "{tool}");
        let again = migrator.adopt(&mut connection).expect_err("it is ours now");
        assert_eq!(again.code(), ErrorCode::AlreadyManaged, "{tool}");
        assert_eq!(migrator.apply(&mut connection).expect("the rest").applied().count(), 1, "{tool}");
    }
}

#[test]
fn what_failed_or_is_dirty_is_not_taken_over() {
    let set = three(["20240501120000_create", "20240502120000_at", "20240503120000_index"]);
    let half_prisma = PRISMA.to_owned()
        + &prisma("20240501120000_create", SHA_256[0], "1", "NULL", 1)
        + &prisma("20240502120000_at", SHA_256[1], "NULL", "NULL", 2);
    let recorded = "20240502120000_at".to_owned();
    assert_eq!(refusal(&set, two_applied(&half_prisma)), mismatch(Mismatch::Failed, "Prisma", &[&recorded], &[]));

    let half_sqlx =
        SQLX.to_owned() + &sqlx(20_240_501_120_000, SHA_384[0], true) + &sqlx(20_240_502_120_000, SHA_384[1], false);
    let recorded = "20240502120000".to_owned();
    assert_eq!(refusal(&set, two_applied(&half_sqlx)), mismatch(Mismatch::Failed, "sqlx", &[&recorded], &[]));

    let set = three(["V1__create", "V2__at", "V3__index"]);
    let half_flyway = FLYWAY.to_owned()
        + &flyway(1, "'1'", "SQL", &CRC_32[0].to_string(), true)
        + &flyway(2, "'2'", "SQL", &CRC_32[1].to_string(), false);
    let failed = mismatch(Mismatch::Failed, "Flyway", &["2"], &[]);
    assert_eq!(refusal(&set, two_applied(&half_flyway)), failed);

    let dirty = GOLANG_MIGRATE.to_owned() + "INSERT INTO schema_migrations VALUES (2, true);";
    let expected = mismatch(Mismatch::Dirty, "golang-migrate", &["2"], &[]);
    assert_eq!(refusal(&numbered(), two_applied(&dirty)), expected);
}

#[test]
fn a_text_that_was_edited_since_is_not_taken_over() {
    let edited = CREATE.replace(";", " ;");
    let one = |id: &str| set(&[(id, &edited), (&format!("{id}_2"), AT)]);
    let file = |id: &str| format!("m/{id}.sql");
    for (tool, id, recorded, record) in [
        ("Prisma", "1_create", "1_create", PRISMA.to_owned() + &prisma("1_create", SHA_256[0], "1", "NULL", 1)),
        ("sqlx", "1_create", "1", SQLX.to_owned() + &sqlx(1, SHA_384[0], true)),
        ("refinery", "V1__create", "V1__create", REFINERY.to_owned() + &refinery(1, "create", SIP_13[0])),
        ("Flyway", "V1__create", "1", FLYWAY.to_owned() + &flyway(1, "'1'", "SQL", &CRC_32[0].to_string(), true)),
    ] {
        let set = set(&[(id, &edited)]);
        let expected = mismatch(Mismatch::Edited, tool, &[recorded], &[&file(id)]);
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch(&format!("{CREATE}{record}")).expect("a record");
        assert_eq!(refusal(&set, connection), expected);
    }
    // Of Drizzle's hashes one is known, so the other one tells that its text is not.
    let expected = mismatch(Mismatch::Edited, "Drizzle", &[SHA_256[0]], &[&file("0001")]);
    assert_eq!(refusal(&one("0001"), two_applied(&drizzle(&SHA_256))), expected);
    // Unless the file names the hash as that of an earlier text.
    let accepting = format!("-- accepted-checksums: {}\n{edited}", SHA_256[0]);
    let set = set(&[("0001", &accepting), ("0002", AT)]);
    let report = Migrator::new(&set).adopt(&mut two_applied(&drizzle(&SHA_256))).expect("accepted");
    assert_eq!(report.adopted.map(|adopted| (adopted.by, adopted.count)), Some((AdoptedBy::Hash, 2)));
}

#[test]
fn headers_that_were_put_in_front_of_a_text_do_not_make_it_another_one() {
    let with_header = format!("-- depends: 20240501120000_create\n\n{AT}");
    let set = set(&[("20240501120000_create", CREATE), ("20240502120000_at", &with_header)]);
    let record =
        SQLX.to_owned() + &sqlx(20_240_501_120_000, SHA_384[0], true) + &sqlx(20_240_502_120_000, SHA_384[1], true);
    let report = Migrator::new(&set).adopt(&mut two_applied(&record)).expect("adopted");
    assert_eq!(report.adopted.map(|adopted| adopted.count), Some(2));
}

#[test]
fn what_the_set_lacks_or_has_twice_or_between_is_named() {
    let unknown = |tool, recorded: &[&str]| mismatch(Mismatch::Unknown, tool, recorded, &[]);
    let kysely =
        KYSELY.to_owned() + "INSERT INTO kysely_migration VALUES ('0001_create', ''), ('0004_x', ''), ('later', '');";
    assert_eq!(refusal(&numbered(), two_applied(&kysely)), unknown("Kysely", &["0004_x", "later"]));
    let golang = GOLANG_MIGRATE.to_owned() + "INSERT INTO schema_migrations VALUES (7, false);";
    assert_eq!(refusal(&numbered(), two_applied(&golang)), unknown("golang-migrate", &["7"]));
    assert_eq!(refusal(&numbered(), two_applied(&drizzle(&["a", "b", "c", "d"]))), unknown("Drizzle", &["d"]));
    let of_version = two_applied("PRAGMA user_version = 9");
    assert_eq!(refusal(&numbered(), of_version), unknown("user_version", &["9"]));

    let twice = three(["0001_create", "0002_at", "0002_index"]);
    let sqlx_record = SQLX.to_owned() + &sqlx(1, SHA_384[0], true) + &sqlx(2, SHA_384[1], true);
    let ambiguous = mismatch(Mismatch::Ambiguous, "sqlx", &["2"], &["0002_at", "0002_index"]);
    assert_eq!(refusal(&twice, two_applied(&sqlx_record)), ambiguous);
    // Numbers from 0: is it the second, or are there two?
    let from_zero = three(["0000_create", "0001_at", "0002_index"]);
    let ambiguous = mismatch(Mismatch::Ambiguous, "user_version", &["2"], &["0002_index", "0001_at"]);
    assert_eq!(refusal(&from_zero, two_applied("PRAGMA user_version = 2")), ambiguous);

    let gap = |kind, tool| mismatch(kind, tool, &["0002_at"], &["0001_create"]);
    let knex = KNEX.to_owned() + "INSERT INTO knex_migrations VALUES (1, '0002_at.js', 1, 1);";
    assert_eq!(refusal(&numbered(), two_applied(&knex)), gap(Mismatch::Gap, "Knex"));
    let taken_back = GOOSE.to_owned() + &goose(1, true) + &goose(2, true) + &goose(1, false);
    assert_eq!(refusal(&numbered(), two_applied(&taken_back)), gap(Mismatch::Reverted, "goose"));
}

#[test]
fn records_that_say_nothing_or_several_things_are_refused() {
    assert_eq!(refusal_of_tables_alone().mismatch, Mismatch::NoRecord);
    let two = KYSELY.to_owned()
        + DBMATE
        + "INSERT INTO kysely_migration VALUES ('0001_create', ''); INSERT INTO schema_migrations VALUES ('1');";
    let several = mismatch(Mismatch::Several, "Kysely", &[], &["dbmate or Rails"]);
    assert_eq!(refusal(&numbered(), two_applied(&two)), several);
    let alembic = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);";
    assert_eq!(refusal(&numbered(), two_applied(alembic)), mismatch(Mismatch::Unreadable, "Alembic", &[], &[]));
    let other = "CREATE TABLE kysely_migration (id);";
    assert_eq!(refusal(&numbered(), two_applied(other)), mismatch(Mismatch::Unreadable, "Kysely", &[], &[]));
}

/// To apply with the policy adopts nothing there either, but an empty database is migrated as any.
fn refusal_of_tables_alone() -> Unadoptable {
    let set = numbered();
    let policy = Migrator::new(&set).on_unmanaged(OnUnmanaged::Adopt);
    let report = policy.apply(&mut Connection::open_in_memory().expect("a database")).expect("a new database");
    assert_eq!((report.applied().count(), report.adopted), (3, None));
    refusal(&set, two_applied(""))
}

#[test]
fn an_empty_record_of_one_tool_does_not_hide_that_of_another() {
    let record = KYSELY.to_owned() + DBMATE + "INSERT INTO schema_migrations VALUES ('1'), ('2');";
    let report = Migrator::new(&numbered()).adopt(&mut two_applied(&record)).expect("adopted");
    assert_eq!(report.adopted.map(|adopted| adopted.tool), Some("dbmate or Rails"));
}

#[test]
fn a_schema_that_is_not_what_the_recorded_migrations_make_is_not_taken_over() {
    let set = numbered();
    let drift = |mut connection: Connection| {
        let before = dump(&connection);
        let migrator = Migrator::new(&set).on_unmanaged(OnUnmanaged::Adopt);
        let error = migrator.apply(&mut connection).expect_err("another schema");
        assert_eq!(dump(&connection), before);
        assert_eq!(error.code(), ErrorCode::SchemaDrift, "{error}");
    };
    let one_too_many = KYSELY.to_owned()
        + "INSERT INTO kysely_migration VALUES ('0001_create', ''), ('0002_at', ''), ('0003_index', '');";
    drift(two_applied(&one_too_many));
    // It has applied nothing, and yet there is what the migrations make.
    drift(two_applied(KYSELY));
}

#[test]
fn one_migration_under_an_old_id_is_found_by_that() {
    let renamed = format!("-- was: 0001_start\n{CREATE}");
    let set = set(&[("0001_create", &renamed), ("0002_at", AT)]);
    let record = KYSELY.to_owned() + "INSERT INTO kysely_migration VALUES ('0001_start', ''), ('0002_at', '');";
    let report = Migrator::new(&set).adopt(&mut two_applied(&record)).expect("adopted");
    assert_eq!(report.adopted.map(|adopted| (adopted.by, adopted.count)), Some((AdoptedBy::Id, 2)));
}

#[test]
fn one_that_replaces_several_is_there_if_all_of_them_are_recorded() {
    let both = format!("-- was: 0001_create, 0002_at\n{CREATE}{AT}");
    let set = set(&[("0002_all", &both), ("0003_index", INDEX)]);
    let kysely = |rows: &str| two_applied(&format!("{KYSELY} INSERT INTO kysely_migration VALUES {rows};"));
    let report = Migrator::new(&set).adopt(&mut kysely("('0001_create', ''), ('0002_at', '')")).expect("adopted");
    assert_eq!(report.adopted.map(|adopted| (adopted.by, adopted.count)), Some((AdoptedBy::Id, 1)));
    let expected = mismatch(Mismatch::Gap, "Kysely", &["0001_create"], &["0001_create,0002_at"]);
    assert_eq!(refusal(&set, kysely("('0001_create', '')")), expected);
    let numbers = DBMATE.to_owned() + "INSERT INTO schema_migrations VALUES ('1'), ('2');";
    let report = Migrator::new(&set).adopt(&mut two_applied(&numbers)).expect("adopted");
    assert_eq!(report.adopted.map(|adopted| (adopted.by, adopted.count)), Some((AdoptedBy::Number, 1)));
}

#[test]
fn a_target_and_a_rehearsal_go_with_it_and_traces_tell_two_tools_with_one_table_apart() {
    let set = numbered();
    let record = GOLANG_MIGRATE.to_owned() + "INSERT INTO schema_migrations VALUES (1, false);";
    let made = || {
        let connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch(&format!("{CREATE}{record}")).expect("its tables");
        connection
    };
    let migrator = Migrator::new(&set).on_unmanaged(OnUnmanaged::Adopt);
    let report = migrator.apply_to(&mut made(), Target::next(1)).expect("adopted");
    assert_eq!(report.to.as_deref(), Some("0002_at"));
    let rehearsed = migrator.rehearse(&made(), &Operation::Adopt).expect("a copy").outcome.expect("adopted");
    assert_eq!(rehearsed.to.as_deref(), Some("0001_create"));
    let error = Migrator::new(&set).apply(&mut made()).expect_err("another tool's");
    let Error::History(HistoryError::Unmanaged { traces }) = error else { panic!("{error}") };
    let trace = Trace::Record { tool: "golang-migrate", table: "schema_migrations".to_owned() };
    assert!(traces.contains(&trace), "{traces:?}");
}

#[test]
fn a_file_that_a_tool_has_made_is_adopted_in_one_transaction() {
    let file = support::File::new();
    let record = KYSELY.to_owned() + "INSERT INTO kysely_migration VALUES ('0001_create', '');";
    file.open().execute_batch(&format!("{CREATE}{record}")).expect("its tables");
    let before = file.bytes();
    let text = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    let failing = [text("0001_create.sql", CREATE), text("0002_at.sql", "ALTER TABLE nothing ADD COLUMN at;")];
    let failing = MigrationSet::from_files(failing).expect("a set");
    let migrator = Migrator::new(&failing).on_unmanaged(OnUnmanaged::Adopt);
    assert_eq!(migrator.apply(&mut file.open()).expect_err("no such table").code(), ErrorCode::StatementFailed);
    assert_eq!(file.bytes(), before, "what was recorded is undone with what failed");
}
