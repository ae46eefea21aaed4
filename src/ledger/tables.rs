//! The tables as SQL makes them.

use wheatear_core::Digest;

use crate::table_prefix::TablePrefix;

/// Format of the tables. Raise it with every change to them, also with a new word of the log, and upgrade older ones in
/// [`Ledger::prepare`](super::Ledger::prepare).
pub(super) const FORMAT: i64 = 2;

/// The first format: no checksums, no log, a digest that was computed differently.
pub(super) const FORMAT_WITHOUT_CHECKSUMS: i64 = 1;

/// Each has a trigger on the migrations' table.
const EVENTS: [&str; 3] = ["insert", "update", "delete"];

/// What is no digest takes the place of the digest with every change of a row, until
/// [`Ledger::seal`](super::Ledger::seal) writes it anew. It has the length of one, for builds that know nothing of this.
pub(super) fn create_triggers(prefix: &TablePrefix) -> String {
    let (migration, ledger) = (prefix.bare_table("migration"), prefix.bare_table("ledger"));
    // A trigger of this name may be there already, for a table that was renamed since.
    let trigger = |event: &str| {
        format!(
            "DROP TRIGGER IF EXISTS main.\"{migration}_{event}\";
             CREATE TRIGGER main.\"{migration}_{event}\" AFTER {event} ON \"{migration}\"
             BEGIN UPDATE \"{ledger}\" SET digest = zeroblob(32); END;"
        )
    };
    EVENTS.map(trigger).concat()
}

/// The names of the triggers.
pub(super) fn trigger_names(prefix: &TablePrefix) -> [String; EVENTS.len()] {
    let migration = prefix.bare_table("migration");
    EVENTS.map(|event| format!("{migration}_{event}"))
}

/// Whether all of them are there. The schema was read already when this is asked, and so is in memory.
pub(super) fn has_triggers(prefix: &TablePrefix) -> String {
    let migration = prefix.bare_table("migration");
    let names = trigger_names(prefix).map(|name| format!("'{name}'")).join(", ");
    // The limit lets SQLite stop reading at the last of the triggers.
    let count = EVENTS.len();
    format!(
        "(SELECT count(*) = {count} FROM (SELECT 1 FROM main.sqlite_schema
           WHERE type = 'trigger' AND tbl_name = '{migration}' COLLATE NOCASE AND name IN ({names}) LIMIT {count}))"
    )
}

/// Creates the tables, of which the ledger says that nothing is applied.
pub(super) fn create(prefix: &TablePrefix) -> String {
    format!(
        "CREATE TABLE {ledger} (
           id INTEGER PRIMARY KEY CHECK (id = 1),
           format INTEGER NOT NULL,
           digest BLOB NOT NULL,
           owes_hooks INTEGER NOT NULL
         ) STRICT;
         CREATE TABLE {migration} (
           position INTEGER PRIMARY KEY,
           id TEXT NOT NULL UNIQUE,
           checksum BLOB NOT NULL,
           up TEXT,
           down TEXT,
           depends TEXT NOT NULL,
           compatible INTEGER NOT NULL,
           applied_at TEXT NOT NULL,
           duration_us INTEGER NOT NULL
         ) STRICT;
         CREATE TABLE {log} (
           position INTEGER PRIMARY KEY,
           operation TEXT NOT NULL,
           migration TEXT NOT NULL,
           outcome TEXT NOT NULL,
           at TEXT NOT NULL,
           library_version TEXT NOT NULL,
           app_version TEXT
         ) STRICT;
         INSERT INTO {ledger} (id, format, digest, owes_hooks) VALUES (1, {FORMAT}, x'{nothing}', 0);",
        nothing = Digest::of_applied([]),
        ledger = prefix.table("ledger"),
        migration = prefix.table("migration"),
        log = prefix.table("log"),
    )
}
