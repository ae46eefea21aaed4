//! A small folder of each tool, written by its documentation: order, downs, and the schema that its SQL makes by itself.
#![cfg(not(target_family = "wasm"))]

mod common;

use common::{applied, imported, plainly, schema, set, taken_back};
use wheatear_import::Tool;

struct Case {
    tool: Tool,
    files: &'static [(&'static str, &'static str)],
    /// In the order of the tool; `-` behind those that can be taken back.
    ids: &'static [&'static str],
    /// What SQLite runs for the tool.
    plain: &'static [&'static str],
    /// What each note begins with.
    notes: &'static [&'static str],
}

const NOTE: &str = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n";
const INDEX: &str = "CREATE INDEX note_text ON note (text);\n";

const CASES: &[Case] = &[
    Case {
        tool: Tool::Drizzle,
        files: &[
            (
                "meta/_journal.json",
                r#"{"version": "7", "dialect": "sqlite", "entries": [
                    {"idx": 0, "version": "6", "when": 1, "tag": "0000_odd_hulk", "breakpoints": true},
                    {"idx": 1, "version": "6", "when": 2, "tag": "0001_new", "breakpoints": true}]}"#,
            ),
            ("meta/0000_snapshot.json", "{}"),
            (
                "0000_odd_hulk.sql",
                "CREATE TABLE `note` (\n\t`id` integer\n);\n--> statement-breakpoint\nCREATE INDEX `a` ON `note` (`id`);",
            ),
            (
                "0001_new.sql",
                "PRAGMA foreign_keys=OFF;--> statement-breakpoint\nCREATE TABLE `__new_note` (`id` integer NOT NULL);\n--> \
                 statement-breakpoint\nINSERT INTO `__new_note`(\"id\") SELECT \"id\" FROM `note`;--> statement-breakpoint\nDROP \
                 TABLE `note`;--> statement-breakpoint\nALTER TABLE `__new_note` RENAME TO `note`;--> \
                 statement-breakpoint\nPRAGMA foreign_keys=ON;",
            ),
            ("0009_stray.sql", "SELECT 1;"),
        ],
        ids: &["0000_odd_hulk", "0001_new"],
        plain: &[
            "CREATE TABLE `note` (\n\t`id` integer\n); CREATE INDEX `a` ON `note` (`id`);",
            "CREATE TABLE `__new_note` (`id` integer NOT NULL); DROP TABLE `note`; ALTER TABLE `__new_note` RENAME TO `note`;",
        ],
        notes: &["is not in the journal, and left out: 0009_stray.sql", "`PRAGMA foreign_keys` is left out"],
    },
    Case {
        tool: Tool::Drizzle,
        files: &[
            ("20250102030405_first/migration.sql", NOTE),
            ("20250102030405_first/snapshot.json", r#"{"dialect": "sqlite"}"#),
            ("20250202030405_second/migration.sql", INDEX),
        ],
        ids: &["20250102030405_first", "20250202030405_second"],
        plain: &[NOTE, INDEX],
        notes: &[],
    },
    Case {
        tool: Tool::Prisma,
        files: &[
            ("migrations/migration_lock.toml", "# Please do not edit\nprovider = \"sqlite\"\n"),
            (
                "migrations/20240501120000_init/migration.sql",
                "-- CreateTable\nCREATE TABLE \"note\" (\"id\" INTEGER);\n",
            ),
            (
                "migrations/20240502120000_redefine/migration.sql",
                "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\nCREATE TABLE \"new_note\" (\"id\" \
                 INTEGER NOT NULL);\nINSERT INTO \"new_note\" (\"id\") SELECT \"id\" FROM \"note\";\nDROP TABLE \
                 \"note\";\nALTER TABLE \"new_note\" RENAME TO \"note\";\nPRAGMA foreign_keys=ON;\nPRAGMA \
                 defer_foreign_keys=OFF;\n",
            ),
            ("migrations/20240502120000_redefine/down.sql", "ALTER TABLE note ADD COLUMN a;"),
            ("schema.prisma", "datasource db {}"),
        ],
        ids: &["20240501120000_init", "20240502120000_redefine-"],
        plain: &[
            "CREATE TABLE \"note\" (\"id\" INTEGER)",
            "CREATE TABLE \"new_note\" (\"id\" INTEGER NOT NULL); DROP TABLE note; ALTER TABLE new_note RENAME TO \"note\"",
        ],
        notes: &["`PRAGMA foreign_keys` is left out"],
    },
    Case {
        tool: Tool::Yoyo,
        files: &[
            ("0001.note.sql", NOTE),
            ("0001.note.rollback.sql", "DROP TABLE note;"),
            (
                "0002-index.py",
                r#"
"""
Adds what is needed.
"""
from yoyo import step, group

__depends__ = {"0001.note"}
TABLE = "note"

steps = [
    step("CREATE INDEX note_text ON note (text)", "DROP INDEX note_text"),
    group([
        step('''
            ALTER TABLE note
            ADD COLUMN /* whose */ author TEXT;
            -- The end
        ''', rollback="ALTER TABLE note DROP COLUMN author"),
    ]),
]
step("CREATE TABLE tag" " (name TEXT)", "DROP TABLE " + "tag", ignore_errors=None)
"#,
            ),
            ("0003.many.py", "from yoyo import step\n__transactional__ = False\nstep('VACUUM')\n"),
            ("post-apply.py", "import yoyo\nyoyo.step('DELETE FROM tag')\n"),
        ],
        ids: &["0001.note-", "0002-index-", "0003.many"],
        plain: &[
            NOTE,
            INDEX,
            "ALTER TABLE note\n            ADD COLUMN /* whose */ author TEXT",
            "CREATE TABLE tag (name TEXT)",
        ],
        notes: &[],
    },
    Case {
        tool: Tool::Sqlx,
        files: &[
            ("9_note.up.sql", NOTE),
            ("9_note.down.sql", "DROP TABLE note;"),
            ("10_index.sql", INDEX),
            ("11_smaller.sql", "-- no-transaction\nVACUUM;\n"),
            ("12_rebuild.sql", "-- no-transaction\nPRAGMA foreign_keys = OFF;\nCREATE TABLE tag (name);\n"),
            ("13_later.sql", "-- depends on: nothing\n"),
            ("README.md", "# Migrations"),
        ],
        ids: &["9_note-", "10_index", "11_smaller", "12_rebuild", "13_later"],
        plain: &[NOTE, INDEX, "CREATE TABLE tag (name)"],
        notes: &[
            "runs in the transaction of a run, because nothing in it needs to be outside of one: 12_rebuild.sql",
            "`PRAGMA foreign_keys` is left out",
            "has no statement that does anything, and got `SELECT 1`: 13_later.sql",
        ],
    },
    Case {
        tool: Tool::Refinery,
        files: &[("V1__note.sql", NOTE), ("more/U10__tag.sql", "CREATE TABLE tag (name);"), ("V2__index.sql", INDEX)],
        ids: &["V1__note", "V2__index", "V10__tag"],
        plain: &[NOTE, INDEX, "CREATE TABLE tag (name)"],
        notes: &["is called V… here, where each migration may be applied late: more/U10__tag.sql"],
    },
    Case {
        tool: Tool::Diesel,
        files: &[
            ("2024-05-01-120000_note/up.sql", NOTE),
            ("2024-05-01-120000_note/down.sql", "DROP TABLE note;"),
            ("2024-05-02-120000_index/up.sql", INDEX),
            ("2024-05-02-120000_index/down.sql", ""),
            ("2024-05-03-120000_nothing/up.sql", "-- Only for PostgreSQL"),
            ("2024-05-03-120000_nothing/down.sql", ""),
            ("2024-05-04-120000_vacuum/up.sql", "VACUUM;"),
            ("2024-05-04-120000_vacuum/metadata.toml", "run_in_transaction = false\n"),
        ],
        ids: &[
            "2024-05-01-120000_note-",
            "2024-05-02-120000_index",
            "2024-05-03-120000_nothing-",
            "2024-05-04-120000_vacuum",
        ],
        plain: &[NOTE, INDEX],
        notes: &[
            "takes back nothing, so its migration cannot be taken back here: 2024-05-02-120000_index/down.sql",
            "has no statement that does anything, and got `SELECT 1`: 2024-05-03-120000_nothing/up.sql",
        ],
    },
    // The versions of diesel are texts: 10 comes before 9.
    Case {
        tool: Tool::Diesel,
        files: &[("10_note/up.sql", NOTE), ("9_index/up.sql", INDEX)],
        ids: &["10_note", "9_index"],
        plain: &[NOTE, INDEX],
        notes: &["each has got a `-- depends:`, because the order of the ids is not that of the tool"],
    },
    Case {
        tool: Tool::Dbmate,
        files: &[
            (
                "20240501120000_note.sql",
                "-- migrate:up\nCREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n\n-- migrate:down\nDROP \
                 TABLE note;\n",
            ),
            (
                "20240502120000_index.sql",
                "-- Looks up texts\n-- migrate:up transaction:false\nCREATE INDEX note_text ON note (text);\n-- \
                 migrate:down\n",
            ),
        ],
        ids: &["20240501120000_note-", "20240502120000_index"],
        plain: &[NOTE, INDEX],
        notes: &["runs in the transaction of a run", "takes back nothing, so its migration cannot be taken back here"],
    },
    Case {
        tool: Tool::Goose,
        files: &[
            (
                "00001_note.sql",
                "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT \
                 NULL);\nCREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN\n  SELECT 1;\nEND;\n-- +goose \
                 StatementEnd\n\n-- +goose Down\n-- +goose StatementBegin\nDROP TABLE note;\n-- +goose StatementEnd\n",
            ),
            (
                "10_index.sql",
                "-- +goose no transaction\n-- +goose up\nPRAGMA foreign_keys = ON;\nCREATE INDEX note_text ON note \
                 (text);\n-- +goose Down\nDROP INDEX note_text;\n",
            ),
        ],
        ids: &["00001_note-", "10_index-"],
        plain: &[NOTE, "CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN\n  SELECT 1;\nEND;", INDEX],
        notes: &["runs in the transaction of a run"],
    },
    Case {
        tool: Tool::GolangMigrate,
        files: &[
            ("9_note.up.sql", "BEGIN;\nCREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\nCOMMIT;\n"),
            ("9_drop.down.sql", "DROP TABLE note;"),
            ("10_post.up..sql", "-- done by the application\n"),
            (
                "11_rebuild.up.sql",
                "PRAGMA foreign_keys=OFF;\nCREATE INDEX note_text ON note (text);\nPRAGMA foreign_keys=ON;",
            ),
        ],
        ids: &["9_note-", "10_post", "11_rebuild"],
        plain: &[NOTE, INDEX],
        notes: &[
            "BEGIN and COMMIT are left out, because a run is one transaction: 9_note.up.sql:1, 9_note.up.sql:3",
            "has no statement that does anything, and got `SELECT 1`: 10_post.up..sql",
            "`PRAGMA foreign_keys` is left out",
        ],
    },
    Case {
        tool: Tool::Flyway,
        files: &[
            ("V1__note.sql", NOTE),
            ("U1__note.sql", "DROP TABLE note;"),
            ("V1_5__Make an index.sql", INDEX),
            ("V1_5__Make an index.sql.conf", "executeInTransaction=false\n"),
            ("later/V1.10__tag.sql", "CREATE TABLE tag (name DEFAULT '${plain}');"),
            ("later/V1.10__tag.sql.conf", "placeholderReplacement=false"),
            ("B1.10__all.sql", NOTE),
            ("R__view.sql", "DROP VIEW IF EXISTS texts;\nCREATE VIEW texts AS SELECT text FROM note;"),
            ("afterMigrate.sql", "SELECT 1;"),
        ],
        ids: &["V1__note-", "V1_5__Make_an_index", "V1.10__tag"],
        plain: &[
            NOTE,
            INDEX,
            "CREATE TABLE tag (name DEFAULT '${plain}')",
            "CREATE VIEW texts AS SELECT text FROM note",
        ],
        notes: &[
            "runs after every run that applied something, and not only when it was changed: R__view.sql",
            "is no versioned or repeatable migration, and left out: afterMigrate.sql",
            "is left out, because the migrations up to its version are there: B1.10__all.sql",
            "runs in the transaction of a run",
            "each has got a `-- depends:`",
        ],
    },
    Case {
        tool: Tool::Knex,
        files: &[
            (
                "20240501120000_note.js",
                "'use strict';\n/** @param {import('knex').Knex} knex */\nexports.up = function (knex) {\n  return \
                 knex.schema.raw(`CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)`);\n};\n\nexports.down = \
                 (knex) => knex.raw('DROP TABLE note');\n",
            ),
            (
                "20240502120000_index.ts",
                "import type { Knex } from \"knex\";\n\nconst NAME = 'note_text';\nexport const config = { transaction: false \
                 };\nexport async function up(knex: Knex): Promise<void> {\n  const sql = 'CREATE INDEX ' + NAME + ' ON note \
                 (text)';\n  await knex.raw(sql);\n  await knex.raw('CREATE TABLE \"tag\" (name)').then(() => \
                 knex.schema.raw(\"INSERT INTO tag VALUES ('\" + 'it\\'\\'s\\')', ));\n}\nexport async function down(knex: Knex) {}\n",
            ),
            (
                "20240503120000_nothing.mjs",
                "export default { up: async () => {}, async down(knex) { await Promise.resolve(); } };",
            ),
        ],
        ids: &["20240501120000_note-", "20240502120000_index", "20240503120000_nothing-"],
        plain: &[NOTE, INDEX, "CREATE TABLE \"tag\" (name)"],
        notes: &[
            "runs in the transaction of a run",
            "takes back nothing, so its migration cannot be taken back here: 20240502120000_index.ts",
            "has no statement that does anything, and got `SELECT 1`: 20240503120000_nothing.mjs",
        ],
    },
];

#[test]
fn order_downs_and_schema_are_those_of_the_tool() {
    for Case { tool, files, ids, plain, notes } in CASES {
        let imported = imported(*tool, files);
        let set = set(&imported);
        let order: Vec<String> = set
            .iter()
            .map(|migration| format!("{}{}", migration.id(), if migration.has_down() { "-" } else { "" }))
            .collect();
        assert_eq!(&order, ids, "{tool}");
        assert_eq!(schema(&applied(&set)), schema(&plainly(plain)), "{tool}");
        for (note, start) in imported.notes.iter().zip(*notes) {
            assert!(note.starts_with(start), "{tool}: {note}\nis not: {start}");
        }
        assert_eq!(imported.notes.len(), notes.len(), "{tool}: {:#?}", imported.notes);
    }
    for tool in Tool::ALL {
        assert!(CASES.iter().any(|case| case.tool == tool), "{tool} has a folder");
    }
}

#[test]
fn files_of_an_import_are_in_the_order_in_which_they_run() {
    for Case { tool, files, .. } in CASES {
        let imported = imported(*tool, files);
        let ups = imported.files.iter().filter_map(|file| file.path.strip_suffix(".sql"));
        let ups: Vec<&str> = ups.filter(|id| !id.ends_with(".rollback") && !id.starts_with("post-apply")).collect();
        let set = set(&imported);
        assert_eq!(ups, set.iter().map(|migration| migration.id()).collect::<Vec<_>>(), "{tool}");
    }
}

#[test]
fn a_note_does_not_name_a_hundred_places() {
    let files: Vec<(String, &str)> = (1..=100).map(|number| (format!("{number}_a.sql"), "-- nothing")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, *text)).collect();
    let [note] = &imported(Tool::Sqlx, &files).notes[..] else { panic!("one note") };
    assert!(note.ends_with(": 1_a.sql, 2_a.sql, 3_a.sql, 4_a.sql and 96 more"), "{note}");
}

#[test]
fn downs_take_back_what_the_tool_takes_back() {
    for (tool, files) in [
        (Tool::Sqlx, &[("1_note.up.sql", NOTE), ("1_note.down.sql", "DROP TABLE note;")][..]),
        (Tool::Dbmate, &[("1_note.sql", "-- migrate:up\nCREATE TABLE note (a);\n-- migrate:down\nDROP TABLE note;")]),
        (Tool::Goose, &[("1_note.sql", "-- +goose Up\nCREATE TABLE note (a);\n-- +goose Down\nDROP TABLE note;")]),
        // The steps of yoyo are taken back from the last to the first.
        (
            Tool::Yoyo,
            &[(
                "1.py",
                "step('CREATE TABLE note (a)', 'DROP TABLE note')\nstep('CREATE VIEW b AS SELECT a FROM note', 'DROP VIEW \
                 b')\nstep('INSERT INTO note VALUES (1)', 'SELECT a FROM b')",
            )],
        ),
    ] {
        let set = set(&imported(tool, files));
        let mut database = applied(&set);
        assert!(!schema(&database).is_empty(), "{tool}");
        taken_back(&set, &mut database);
        assert_eq!(schema(&database), [], "{tool}");
    }
}
