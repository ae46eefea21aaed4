//! Types of queries with known answers.

use rusqlite::Connection;
use wheatear_core::SourceFile;
use wheatear_types::{NamedQuery, queries_in, query_types};

const SCHEMA: &str = "
    CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL, place TEXT, big BIGINT, is_on BOOLEAN NOT NULL, photo BLOB,
        temp REAL, anything, heard DATETIME NOT NULL, loud AS (upper(name)));
    CREATE INDEX node_name ON node (name, temp);
    CREATE TABLE reading (node INT NOT NULL REFERENCES node (id), at TEXT NOT NULL, value REAL NOT NULL, PRIMARY KEY (at, node)) WITHOUT ROWID;
    CREATE TABLE tag (id INT NOT NULL, word TEXT NOT NULL) STRICT;
    CREATE VIEW summary AS SELECT n.id, t.word, count(*) AS n FROM node n LEFT JOIN tag t ON t.id = n.id GROUP BY n.id;
    CREATE VIRTUAL TABLE words USING fts5 (word);";

fn database() -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch(SCHEMA).expect("a schema");
    connection
}

fn queries(path: &str, text: &str) -> Vec<NamedQuery> {
    queries_in(&SourceFile { path: path.into(), text: text.into() }).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The row and the values of a template.
fn types_of(sql: &str) -> (String, String) {
    let found = queries("a.ts", &format!("db.sql.q`{}`", sql.replace('?', "${x}")));
    let text = query_types(&database(), &found).unwrap_or_else(|faults| panic!("{sql}: {}", faults[0])).text;
    let of = |name: &str| {
        let (_, rest) = text.split_once(&format!("      {name}: ")).expect("a member");
        rest.split_once(";\n").expect("its end").0.to_owned()
    };
    (of("row"), of("values"))
}

fn row(sql: &str) -> String {
    types_of(sql).0
}

/// Of each statement what was found and what is expected; shows all that differ.
fn assert_all(told: Vec<(&str, String, String)>) {
    let wrong: Vec<String> = told
        .into_iter()
        .filter(|(_, found, expected)| found != expected)
        .map(|(sql, found, expected)| format!("{sql}\n     is {found}\n not {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn columns_have_the_type_of_the_column_that_they_come_from() {
    let mut told = Vec::new();
    for (sql, expected) in [
        (
            "SELECT * FROM node",
            "{ id: number; name: string; place: string | null; big: number | bigint | null; is_on: number; \
             photo: Uint8Array | null; temp: number | null; anything: unknown; heard: number | string; loud: unknown }",
        ),
        (
            "SELECT n.rowid AS r, upper(name) AS \"a b\", name AS n FROM node n",
            "{ r: number; 'a b': unknown; n: string }",
        ),
        ("SELECT * FROM reading WHERE node = 1", "{ node: number; at: string; value: number }"),
        ("SELECT value FROM reading ORDER BY value DESC LIMIT 3", "{ value: number }"),
        ("SELECT name FROM node WHERE name > 'a' AND temp > 3", "{ name: string }"),
        ("SELECT DISTINCT name FROM node ORDER BY temp", "{ name: string }"),
        (
            "SELECT a.name, b.at FROM node a JOIN reading b ON b.node = a.id ORDER BY b.value",
            "{ name: string; at: string }",
        ),
        (
            "WITH n AS MATERIALIZED (SELECT name, place FROM node) SELECT * FROM n",
            "{ name: string; place: string | null }",
        ),
        ("SELECT x.name FROM (SELECT name FROM node ORDER BY temp LIMIT 9) x, tag", "{ name: string }"),
        ("SELECT name, name AS n, place AS name FROM node", "{ n: string; name: string | null }"),
        ("SELECT word FROM words WHERE words MATCH 'a'", "{ word: unknown }"),
        ("INSERT INTO tag VALUES (1, 'a')", "never"),
        (
            "INSERT INTO node (name, is_on, heard) VALUES ('a', 1, 0) RETURNING id, name, place",
            "{ id: number; name: string; place: string | null }",
        ),
        ("UPDATE node SET big = ? RETURNING id, big", "{ id: number; big: number | bigint | null }"),
        ("UPDATE reading SET value = 1 RETURNING at, value", "{ at: string; value: number }"),
        ("DELETE FROM tag RETURNING word", "{ word: string }"),
    ] {
        told.push((sql, row(sql), expected.to_owned()));
    }
    assert_all(told);
}

#[test]
fn what_an_outer_join_or_an_empty_table_gives_may_be_null() {
    let mut told = Vec::new();
    for (sql, expected) in [
        ("SELECT n.name, t.word FROM node n LEFT JOIN tag t ON t.id = n.id", "{ name: string; word: string | null }"),
        ("SELECT n.name, t.word FROM node n RIGHT JOIN tag t ON t.id = n.id", "{ name: string | null; word: string }"),
        (
            "SELECT n.name, t.word FROM node n FULL JOIN tag t ON t.id = n.id",
            "{ name: string | null; word: string | null }",
        ),
        ("SELECT n.name, r.at FROM node n LEFT JOIN reading r ON r.at = n.name", "{ name: string; at: string | null }"),
        (
            "SELECT n.name, x.word FROM node n LEFT JOIN (SELECT id, word FROM tag ORDER BY word LIMIT 3) x ON x.id = n.id",
            "{ name: string; word: string | null }",
        ),
        (
            "SELECT n.name, x.c FROM node n LEFT JOIN (SELECT id, 1 AS c FROM tag) x ON x.id = n.id",
            "{ name: string; c: number | null }",
        ),
        ("SELECT name, max(temp) AS top FROM node", "{ name: string | null; top: number | null }"),
        ("SELECT name, count(*) AS n FROM node GROUP BY name", "{ name: string; n: number }"),
        (
            "SELECT name, place, min(heard) AS first FROM node GROUP BY place",
            "{ name: string; place: string | null; first: number | string | null }",
        ),
        ("SELECT id, word, n FROM summary", "{ id: number; word: string | null; n: number }"),
        ("SELECT name FROM node UNION ALL SELECT word FROM tag", "{ name: string }"),
        ("SELECT name FROM node UNION ALL SELECT place FROM node", "{ name: string | null }"),
        ("SELECT name FROM node UNION SELECT NULL", "{ name: string | null }"),
        ("SELECT (SELECT word FROM tag) AS word, name FROM node", "{ word: string | null; name: string }"),
        (
            "SELECT name, (SELECT count(*) FROM tag t WHERE t.id = n.id) AS tags FROM node n",
            "{ name: string; tags: number }",
        ),
        ("SELECT name, row_number() OVER (ORDER BY id) AS place FROM node", "{ name: string; place: number }"),
    ] {
        told.push((sql, row(sql), expected.to_owned()));
    }
    assert_all(told);
}

#[test]
fn what_sqlite_does_not_know_is_unknown_until_it_is_cast() {
    let mut told = Vec::new();
    for (sql, expected) in [
        (
            "SELECT count(*) AS n, sum(temp) AS s, total(temp) AS t, group_concat(name) AS g FROM node",
            "{ n: number; s: number | null; t: number; g: string | null }",
        ),
        (
            "SELECT 1 AS a, 'x' AS b, 1.5 AS c, NULL AS d, x'00' AS e",
            "{ a: number; b: string; c: number; d: null; e: Uint8Array }",
        ),
        ("SELECT json_extract(anything, '$.a') AS j FROM node", "{ j: unknown }"),
        ("SELECT CAST(json_extract(anything, '$.a') AS INTEGER) AS j FROM node", "{ j: number | null }"),
        (
            "SELECT CAST(anything AS TEXT) AS a, CAST(name AS BLOB) AS b, CAST(name AS REAL) AS c FROM node",
            "{ a: string | null; b: Uint8Array; c: number }",
        ),
        (
            "SELECT coalesce(temp, 0) AS a, ifnull(place, name) AS b, coalesce(place, anything) AS c FROM node",
            "{ a: number; b: string; c: unknown }",
        ),
        (
            "SELECT CASE WHEN temp > 1 THEN 'warm' ELSE name END AS a, CASE WHEN temp > 1 THEN 1 END AS b FROM node",
            "{ a: string; b: number | null }",
        ),
        ("SELECT CASE WHEN temp > 1 THEN 1 ELSE name END AS a FROM node", "{ a: number | string }"),
        ("SELECT name FROM node UNION ALL SELECT 1", "{ name: number | string }"),
        (
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 9) SELECT i FROM c",
            "{ i: unknown }",
        ),
        ("SELECT ? AS a", "{ a: unknown }"),
    ] {
        told.push((sql, row(sql), expected.to_owned()));
    }
    assert_all(told);
}

#[test]
fn values_have_the_type_of_what_they_are_compared_with_or_stored_in() {
    let mut told = Vec::new();
    for (sql, expected) in [
        ("SELECT 1 FROM node WHERE id = ?", "[number]"),
        ("SELECT 1 FROM node WHERE name = ? AND temp > ?", "[string, number]"),
        ("SELECT 1 FROM node WHERE place = ? AND big < ?", "[string, number | bigint]"),
        ("SELECT 1 FROM node WHERE place IS ?", "[string | null]"),
        ("SELECT 1 FROM node WHERE is_on = ?", "[number | boolean]"),
        ("SELECT 1 FROM node WHERE temp BETWEEN ? AND ?", "[number, number]"),
        ("SELECT 1 FROM node WHERE place IN (?, ?)", "[string, string]"),
        ("SELECT 1 FROM node WHERE name IN (?, ?)", "[string, string]"),
        ("SELECT 1 FROM reading WHERE at = ? AND node = ?", "[string, number]"),
        ("SELECT 1 FROM node WHERE place LIKE ? LIMIT ? OFFSET ?", "[string, number, number]"),
        (
            "SELECT 1 FROM node WHERE anything = ? OR upper(?) = 'A'",
            "[import('wheatear').SqlParameter, import('wheatear').SqlParameter]",
        ),
        (
            "INSERT INTO node (name, place, is_on, heard, photo) VALUES (?, ?, ?, ?, ?)",
            "[string, string | null, number | boolean, number | string, Uint8Array | null]",
        ),
        ("INSERT INTO node (id, name, is_on, heard) VALUES (?, 'a', 1, 0)", "[number]"),
        ("INSERT INTO reading VALUES (?, ?, ?)", "[number, string, number]"),
        ("INSERT INTO tag SELECT id, ? FROM node WHERE name = ?", "[string, string]"),
        ("UPDATE node SET place = ?, temp = temp + ? WHERE id = ?", "[string | null, number, number]"),
        ("UPDATE node SET name = ? WHERE name = ?", "[string, string]"),
        ("DELETE FROM tag WHERE word <> ?", "[string]"),
        ("INSERT INTO tag VALUES (?, ?) ON CONFLICT DO NOTHING", "[number, string]"),
    ] {
        told.push((sql, types_of(sql).1, expected.to_owned()));
    }
    assert_all(told);
}

#[test]
fn statements_of_files_become_functions_that_make_fragments() {
    let text = "-- name: byName\nSELECT id FROM node WHERE name = :name OR place = :name -- `?` ${x}\n AND temp > :temp;\n
        -- name: add\nINSERT INTO tag VALUES (?, ? || '\\');\n-- name: all\nSELECT ';?:a' AS x;\n-- name: numbered\nSELECT id FROM node WHERE id = ?2 AND name = ?1";
    let types = query_types(&database(), &queries("q.sql", text)).unwrap_or_else(|faults| panic!("{}", faults[0])).text;
    assert_eq!(
        types,
        "import { sql } from 'wheatear';

export const queries = {
  add: (values: [number, import('wheatear').SqlParameter]) => sql<never>`INSERT INTO tag VALUES (${values[0]}, ${values[1]} || '\\\\')`,
  all: () => sql<{ x: string }>`SELECT ';?:a' AS x`,
  byName: (values: { name: string; temp: number }) => sql<{ id: number }>`SELECT id FROM node WHERE name = ${values.name} OR place = ${values.name} -- \\`?\\` \\${x}
 AND temp > ${values.temp}`,
  numbered: (values: [string, number]) => sql<{ id: number }>`SELECT id FROM node WHERE id = ${values[1]} AND name = ${values[0]}`,
};
"
    );
}

#[test]
fn what_does_not_compile_is_told_by_file_line_and_place() {
    let mut all = queries(
        "b.ts",
        "const x = 1;\n  db.sql.one`SELECT name,\n    nam FROM node`; db.sql.two`SELECT 1; SELECT 2`; db.sql.three`-- none`;",
    );
    all.extend(queries("a.ts", "db.sql.one`SELECT 1`; db.sql.four`SELECT :a`;\ndb.sql.five`SELEC 1`"));
    all.extend(queries("q.sql", "\n-- name: six\nSELECT 1\n FROM nodes;\n-- name: seven\nSELECT :a, ?;\n"));
    let faults = query_types(&database(), &all).expect_err("faults");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "a.ts:1:12: the query one: b.ts:2 has a query of this name, too; give each a name of its own",
            "a.ts:1:35: the query four: the values of a template stand in it, as ${value}; it can have no other parameters",
            "a.ts:2:13: the query five: near \"SELEC\": syntax error\n  2 | SELEC 1\n    | ^",
            "b.ts:3:5: the query one: no such column: nam\n  3 |     nam FROM node\n    |     ^",
            "b.ts:3:42: the query two: a second statement begins here; a query is one statement, and db.exec runs several\n  3 | SELECT 1; SELECT 2\n    |           ^",
            "b.ts:3:66: the query three: there is no statement in it",
            "q.sql:4:7: the query six: no such table: nodes\n  4 |  FROM nodes\n    |       ^",
            "q.sql:6:1: the query seven: it has parameters with names and without; give all of them names",
        ]
    );
}

#[test]
fn what_the_application_may_have_is_told_and_the_rest_is_checked() {
    let connection = database();
    let mut all = queries(
        "a.ts",
        "db.sql.far`SELECT name, distance(place, ${x}) AS d,\n distance(1) FROM node WHERE id = ${1} ORDER BY name COLLATE german`;
         db.sql.middle`SELECT median(temp) OVER (ORDER BY id) AS m, lower(name) AS l FROM node`;
         db.sql.plain`SELECT name FROM node`",
    );
    all.extend(queries("q.sql", "-- name: near\nSELECT id FROM node WHERE distance(place) < :far;\n"));
    let types = query_types(&connection, &all).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let told: Vec<String> = types.untried.iter().map(ToString::to_string).collect();
    let only = "only a page can tell whether it runs, for SQLite itself has not";
    assert_eq!(
        told,
        [
            format!(
                "a.ts:1:25: the query far: {only} the function distance() and the collation german\n  \
                1 | SELECT name, distance(place, ?) AS d,\n    |              ^"
            ),
            format!(
                "a.ts:3:31: the query middle: {only} the function median()\n  \
                3 | SELECT median(temp) OVER (ORDER BY id) AS m, lower(name) AS l FROM node\n    |        ^"
            ),
            format!(
                "q.sql:2:27: the query near: {only} the function distance()\n  \
                2 | SELECT id FROM node WHERE distance(place) < :far\n    |                           ^"
            ),
        ]
    );
    for part in [
        "row: { name: string; d: unknown; 'distance(1)': unknown };\n      values: [import('wheatear').SqlParameter, number",
        "row: { m: unknown; l: unknown };",
        "near: (values: { far: import('wheatear').SqlParameter }) => sql<{ id: number }>`",
    ] {
        assert!(types.text.contains(part), "{part}\nis not in\n{}", types.text);
    }
    assert!(connection.prepare("SELECT distance(1)").is_err(), "nothing stays");
    let wrong =
        queries("a.ts", "db.sql.far`SELECT distance(nam) FROM node`; db.sql.many`SELECT upper(name, 1) FROM node`");
    let faults = query_types(&connection, &wrong).expect_err("faults");
    let told: Vec<&str> = faults.iter().map(|fault| &*fault.message).collect();
    assert_eq!(told, ["no such column: nam", "wrong number of arguments to function upper()"]);
}

#[test]
fn nothing_is_left_behind_and_nothing_is_run() {
    let connection = database();
    let all = queries("a.ts", "db.sql.a`DELETE FROM node`; db.sql.b`SELECT * FROM node`");
    connection.execute_batch("INSERT INTO tag VALUES (1, 'a')").expect("a row");
    query_types(&connection, &all).expect("types");
    query_types(&connection, &queries("a.ts", "db.sql.a`DELETE FROM tag`")).expect("types");
    let left = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!([left("SELECT count(*) FROM tag"), left("SELECT count(*) FROM sqlite_temp_schema")], [1, 0]);
    assert_eq!(query_types(&connection, &[]).expect("nothing").text, "");
    // A module of itself, which adds to the package's.
    let alone = query_types(&connection, &all).expect("types").text;
    assert!(alone.starts_with("import type {} from 'wheatear';\n\ndeclare module 'wheatear' {\n"), "{alone}");
}

/// Databases in which the tables have rows of every kind, or only some of the tables have any.
fn filled() -> Vec<Connection> {
    let nodes = "INSERT INTO node (id, name, place, big, is_on, photo, temp, anything, heard) VALUES
        (1, 'a', NULL, NULL, 0, NULL, NULL, NULL, 5), (2, 'b', 'x', 9007199254740993, 1, x'00', 1.5, 'y', 'today'),
        (3, 'b', 'z', 3, 1, x'01', 3, 4, 7);";
    let readings = "INSERT INTO reading VALUES (1, 'a', 1), (9, 'c', 2.5), (2, 'b', 3);";
    let tags = "INSERT INTO tag VALUES (1, 'one'), (1, 'uno'), (4, 'four');";
    let all =
        [String::new(), nodes.into(), tags.into(), format!("{nodes}{readings}"), format!("{nodes}{readings}{tags}")];
    let fill = |rows: &String| {
        let connection = database();
        connection.pragma_update(None, "foreign_keys", false).expect("a pragma");
        connection.execute_batch(rows).expect("rows");
        connection
    };
    all.iter().map(fill).collect()
}

/// What may be said of a value is checked against values that there are, for many queries that are put together.
#[test]
fn no_value_is_of_another_type_than_is_said() {
    let sources = [
        "node n",
        "node n JOIN tag t ON t.id = n.id",
        "node n LEFT JOIN tag t ON t.id = n.id",
        "node n RIGHT JOIN tag t ON t.id = n.id",
        "node n FULL JOIN tag t ON t.id = n.id AND n.name > 'a'",
        "tag t LEFT JOIN (node n JOIN reading r ON r.node = n.id) ON t.id = n.id",
        "node n LEFT JOIN (SELECT id, word, 1 AS one FROM tag ORDER BY word LIMIT 2) t ON t.id = n.id",
        "node n LEFT JOIN (SELECT count(*) AS id, max(word) AS word FROM tag) t",
        "node n LEFT JOIN summary t ON t.id = n.id LEFT JOIN reading r USING (id)",
        "(SELECT * FROM node UNION ALL SELECT * FROM node WHERE id = 1) n LEFT JOIN tag t ON t.id = n.id",
        "(SELECT max(id) AS id, name, temp, place FROM node) n LEFT JOIN tag t ON t.id = n.id",
        "(SELECT id, name, temp, place FROM node GROUP BY name) n, tag t",
        "(SELECT id, word AS name, NULL AS temp, 1 AS place FROM tag UNION SELECT id, name, temp, place FROM node) n JOIN tag t",
        "(VALUES (1)) v LEFT JOIN node n ON n.id = v.column1 LEFT JOIN tag t ON t.word = n.name",
        "json_each('[1,2]') j LEFT JOIN node n ON n.id = j.value JOIN tag t",
    ];
    let results = [
        "n.*",
        "n.id AS a, n.name AS b, t.word AS c",
        "DISTINCT n.name AS a, t.id AS b",
        "count(*) AS a, max(n.temp) AS b, min(n.name) AS c, sum(n.id) AS d, n.name AS e, t.word AS f",
        "coalesce(n.temp, 0) AS a, ifnull(n.place, t.word) AS b, coalesce(n.place, n.temp, n.name) AS c",
        "CASE WHEN n.temp > 1 THEN n.name ELSE t.word END AS a, CASE n.id WHEN 1 THEN t.id END AS b, iif(n.id, 1, 'x') AS c",
        "(SELECT word FROM tag WHERE id = n.id) AS a, (SELECT count(*) FROM tag WHERE id = n.id) AS b, n.name AS c",
        "(SELECT max(word) FROM tag) AS a, EXISTS (SELECT 1 FROM tag) AS b, n.id IN (SELECT id FROM tag) AS c, n.id = 1 AS d",
        "CAST(n.temp AS INTEGER) AS a, CAST(n.name AS BLOB) AS b, CAST(t.word AS NUMERIC) AS c, typeof(n.place) AS d",
        "row_number() OVER (ORDER BY n.name) AS a, lag(n.name) OVER (ORDER BY n.id) AS b, sum(n.temp) OVER () AS c, n.name AS d, t.word AS e",
        "1 AS a, 'x' AS b, NULL AS c, -n.id AS d, n.name || 'x' AS e, n.temp IS NULL AS f, n.rowid AS g",
    ];
    let ends = [
        "",
        "WHERE n.name > 'a' ORDER BY n.temp",
        "GROUP BY n.name",
        "GROUP BY t.word HAVING count(*) > 0 ORDER BY n.name",
        "ORDER BY n.name DESC LIMIT 2",
        "WHERE n.id IN (1, 2) UNION ALL SELECT * FROM (SELECT 1, NULL, 'x')",
    ];
    let (databases, mut checked) = (filled(), 0);
    for source in sources {
        for (result, end) in results.iter().flat_map(|result| ends.iter().map(move |end| (result, end))) {
            let sql = format!("SELECT {result} FROM {source} {end}");
            let mut query = queries("a.ts", "db.sql.q`SELECT 1`").remove(0);
            query.sql = sql;
            // Not each of these fits to every other.
            let Ok(types) = query_types(&databases[0], &[query.clone()]) else { continue };
            checked += 1;
            let row = types.text.split_once("row: { ").and_then(|(_, rest)| rest.split_once(" };")).expect("a row").0;
            let kinds: Vec<(&str, &str)> = row.split("; ").filter_map(|member| member.split_once(": ")).collect();
            databases.iter().for_each(|database| assert_values(database, &query.sql, &kinds));
        }
    }
    assert!(checked > 400, "{checked}");
}

/// Runs a statement, and compares what it gives with the types of its columns.
fn assert_values(database: &Connection, sql: &str, kinds: &[(&str, &str)]) {
    use rusqlite::types::ValueRef;
    let mut statement = database.prepare(sql).expect("a statement");
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().expect("a row") {
        for (name, kind) in kinds {
            let at = columns.iter().rposition(|column| column == name.trim_matches('\'')).expect("a column");
            let value = match row.get_ref(at).expect("a value") {
                ValueRef::Null => "null",
                ValueRef::Integer(_) | ValueRef::Real(_) => "number",
                ValueRef::Text(_) => "string",
                ValueRef::Blob(_) => "Uint8Array",
            };
            let fits = *kind == "unknown" || kind.split(" | ").any(|one| one == value);
            assert!(fits, "{sql}\n gives {value} for {name}, which is said to be {kind}");
        }
    }
}
