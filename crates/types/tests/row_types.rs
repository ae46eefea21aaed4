//! Types of rows, of schemas with known answers.

use rusqlite::Connection;
use wheatear_types::{Flavor, row_types};

const SCHEMA: &str = "
    CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL, place TEXT DEFAULT 'here', heard DATETIME NOT NULL DEFAULT 0,
        is_on BOOLEAN NOT NULL, \"two words\" BLOB, shout AS (upper(name)), anything);
    CREATE TABLE pair (a INT NOT NULL, b BIGINT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    CREATE TABLE odd_key (id INTEGER PRIMARY KEY DESC);
    CREATE VIEW place AS SELECT id, place FROM node;
    CREATE TRIGGER settle INSTEAD OF INSERT ON place BEGIN
        INSERT INTO node (name, place, is_on) VALUES (app_name(new.id), new.place, 1); END;
    CREATE TRIGGER move INSTEAD OF UPDATE OF place ON place BEGIN UPDATE node SET place = new.place WHERE id = new.id; END;
    CREATE VIEW loud AS SELECT id, place FROM node;
    CREATE TRIGGER louder INSTEAD OF UPDATE ON loud BEGIN SELECT 1; END;
    CREATE VIEW named AS SELECT id, name, count(*) AS n FROM node GROUP BY id;
    CREATE TRIGGER silence INSTEAD OF DELETE ON named BEGIN SELECT 1; END;
    CREATE TABLE _wheatear_ledger (x);";

fn types(flavor: Flavor) -> String {
    let connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch(SCHEMA).expect("a schema");
    row_types(&connection, flavor).expect("types")
}

#[test]
fn rows_are_selected_inserted_and_updated() {
    let text = types(Flavor::Plain);
    for expected in [
        "export type Node = {
  id: number;
  name: string;
  place: string | null;
  heard: number | string;
  is_on: number;
  'two words': Uint8Array | null;
  shout: unknown;
  anything: unknown;
};
",
        "export type NodeInsert = {
  id?: number;
  name: string;
  place?: string | null;
  heard?: number | string;
  is_on: number | boolean;
  'two words'?: Uint8Array | null;
  anything?: unknown;
};
",
        "export type PairInsert = {\n  a: number;\n  b: number | bigint;\n};\n",
        // Such a key is none of SQLite's own, so that it can be NULL.
        "export type OddKey = {\n  id: number | null;\n};\n",
        "export type Named = {\n  id: number;\n  name: string;\n  n: number;\n};\n",
        "  named: { select: Named };\n",
        "export type PlaceInsert = {\n  id?: number;\n  place?: string | null;\n};\n",
        "export type PlaceUpdate = {\n  place?: string | null;\n};\n",
        "  place: { select: Place; insert: PlaceInsert; update: PlaceUpdate };\n",
        "export type LoudUpdate = {\n  id?: number;\n  place?: string | null;\n};\n",
        "  loud: { select: Loud; update: LoudUpdate };\n",
        "  node: { select: Node; insert: NodeInsert; update: NodeUpdate };\n",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
    assert!(!text.contains("heatear"), "{text}");
}

#[test]
fn kysely_has_what_it_needs() {
    let text = types(Flavor::Kysely);
    for expected in [
        "import type { ColumnType, Generated } from 'kysely';\n",
        "export interface NodeTable {
  id: Generated<number>;
  name: string;
  place: string | null;
  heard: Generated<number | string>;
  is_on: ColumnType<number, number | boolean, number | boolean>;
  'two words': Uint8Array | null;
  shout: ColumnType<unknown, never, never>;
",
        "  id: ColumnType<number, never, never>;\n",
        "export interface PlaceTable {\n  id: ColumnType<number, number | undefined, never>;\n  place: string | null;\n}",
        "export interface LoudTable {\n  id: ColumnType<number, never, number>;\n  place: ColumnType<string | null, never, string | null>;\n}",
        "export interface Database {\n  loud: LoudTable;\n  named: NamedTable;\n  node: NodeTable;\n  odd_key: OddKeyTable;\n  pair: PairTable;\n  place: PlaceTable;\n}\n",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
}
