//! The schema as one file: known output, and that it makes the same schema again.

use rusqlite::Connection;
use wheatear_sqlite::read_schema;
use wheatear_types::schema_sql;

fn database(sql: &str) -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    connection.execute_batch(sql).expect("a schema");
    connection
}

fn schema_of(sql: &str) -> String {
    schema_sql(&database(sql)).expect("its schema")
}

#[test]
fn every_kind_of_object_stands_where_it_can_be_made() {
    let made = schema_of(
        "CREATE VIEW a_first AS SELECT * FROM b_second;
         create view b_second(n) as select count(*) from node n left join reading r on r.node=n.id where n.name is not null group by n.id;
         CREATE TABLE reading (node INTEGER NOT NULL references node(id) on delete cascade, temp REAL DEFAULT -1.5e-3,
            doubled REAL GENERATED ALWAYS AS (temp*2) VIRTUAL, PRIMARY KEY(node,temp)) WITHOUT ROWID;
         CREATE TABLE node(id INTEGER PRIMARY KEY, -- the address
            name TEXT COLLATE NOCASE CHECK(length(name)>0 AND name<>'it''s;'), x BLOB DEFAULT x'00ff') STRICT;
         CREATE UNIQUE INDEX node_name ON node(lower(name), id DESC) WHERE name IS NOT NULL;
         CREATE TRIGGER clean AFTER DELETE ON node FOR EACH ROW WHEN OLD.id > 0 BEGIN
            DELETE FROM reading WHERE node = OLD.id; UPDATE node SET name = 'b' WHERE id = - 1; END;
         CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = \"unicode61  remove_diacritics 2\");
         CREATE TABLE _wheatear_ledger (x);
         CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);",
    );
    assert_eq!(
        made,
        "CREATE TABLE counted (
  id INTEGER PRIMARY KEY AUTOINCREMENT
);

CREATE TABLE node (
  id INTEGER PRIMARY KEY,
  name TEXT COLLATE NOCASE CHECK (length(name) > 0 AND name <> 'it''s;'),
  x BLOB DEFAULT x'00ff'
) STRICT;

CREATE UNIQUE INDEX node_name ON node(lower(name), id DESC) WHERE name IS NOT NULL;

CREATE TRIGGER clean AFTER DELETE ON node FOR EACH ROW WHEN OLD.id > 0 BEGIN
  DELETE
  FROM reading
  WHERE node = OLD.id;
  UPDATE node
  SET name = 'b'
  WHERE id = -1;
END;

CREATE TABLE reading (
  node INTEGER NOT NULL REFERENCES node(id) ON DELETE CASCADE,
  temp REAL DEFAULT -1.5e-3,
  doubled REAL GENERATED ALWAYS AS (temp * 2) VIRTUAL,
  PRIMARY KEY (node, temp)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = \"unicode61  remove_diacritics 2\");

CREATE VIEW b_second(n) AS
SELECT count(*)
FROM node n
LEFT JOIN reading r ON r.node = n.id
WHERE n.name IS NOT NULL
GROUP BY n.id;

CREATE VIEW a_first AS
SELECT *
FROM b_second;
"
    );
    assert_again(&made);
}

/// Executes what was made, and finds the same schema and the same text.
fn assert_again(made: &str) -> Connection {
    let again = database(made);
    assert_eq!(schema_sql(&again).expect("its schema"), made);
    again
}

#[test]
fn the_way_to_a_schema_leaves_no_trace_in_it() {
    let plain = "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT, place TEXT);
        CREATE INDEX node_name ON node (name); CREATE TABLE reading (node REFERENCES node (id));
        CREATE VIEW names AS SELECT node.name FROM node;";
    let expected = schema_of(plain);
    for other in [
        // Rebuilt under another name.
        "CREATE TABLE reading (node REFERENCES node (id)); CREATE TABLE node (id INTEGER PRIMARY KEY, name);
         CREATE TABLE new (id INTEGER PRIMARY KEY, name TEXT, place TEXT); DROP TABLE node; ALTER TABLE new RENAME TO node;
         CREATE VIEW names AS SELECT node.name FROM node; CREATE INDEX node_name ON node (name)",
        // Grown and renamed.
        "CREATE TABLE point (id INTEGER PRIMARY KEY, title /* of it */ TEXT); CREATE VIEW names AS SELECT point.title FROM point;
         CREATE TABLE \"reading\"(`node` REFERENCES [point](id)); CREATE INDEX node_name ON point(title);
         ALTER TABLE point RENAME TO node; ALTER TABLE node RENAME title TO \"name\"; ALTER TABLE node ADD place TEXT",
    ] {
        assert_eq!(schema_of(other), expected);
    }
}

#[test]
fn names_that_need_quotes_keep_them_and_strings_stay_strings() {
    let made = schema_of(
        "CREATE TABLE \"order\" (\"group\" TEXT, `two words` INT, \"it\"\"s\" INT, \"plain\" INT,
            kind TEXT DEFAULT \"some\" CHECK (kind IN (\"some\", 'other')), \"key\" INT);
         CREATE INDEX \"an index\" ON \"order\" (\"group\", [plain]);
         CREATE VIEW w AS SELECT o.\"group\", \"o\".\"plain\" AS \"where\", \"kind\" FROM \"order\" AS o;
         CREATE TRIGGER t INSTEAD OF INSERT ON w BEGIN INSERT INTO \"order\" (\"group\") VALUES (NEW.\"where\"); END;",
    );
    assert!(
        made.contains(
            "CREATE TABLE \"order\" (\n  \"group\" TEXT,\n  `two words` INT,\n  \"it\"\"s\" INT,\n  plain INT,"
        ),
        "{made}"
    );
    assert!(made.contains("CHECK (kind IN (\"some\", 'other'))"), "{made}");
    assert!(made.contains("CREATE INDEX \"an index\" ON \"order\"(\"group\", plain);"), "{made}");
    assert!(made.contains("SELECT o.\"group\", o.plain AS \"where\", \"kind\"\nFROM \"order\" AS o;"), "{made}");
    assert_again(&made);
}

#[test]
fn what_is_made_again_has_the_same_schema() {
    for sql in [
        "",
        "CREATE TABLE a (b, c DEFAULT (1 - -1), d DEFAULT +1, e AS (b->>'$.x' || 'y') STORED, CHECK (b <= c OR b != -c AND ~ d))",
        "CREATE TABLE a (b CONSTRAINT x NOT NULL ON CONFLICT IGNORE, FOREIGN KEY (b) REFERENCES c DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TABLE a AS SELECT 1 AS x, 'y' AS \"a b\"",
        "CREATE TABLE a (b); CREATE VIEW v AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9)
            SELECT a.b, CASE WHEN i BETWEEN 1 AND 2 THEN 'x' ELSE NULL END, left(1, b) OVER w FROM n, a
            WINDOW w AS (PARTITION BY b ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
        "CREATE TABLE a (b, c); CREATE TRIGGER t AFTER UPDATE OF b ON a BEGIN
            INSERT INTO a (b) SELECT 1 WHERE TRUE ON CONFLICT DO UPDATE SET b = CASE WHEN 1 THEN 2 END; SELECT RAISE(ABORT, 'x;'); END",
        "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1); CREATE VIRTUAL TABLE \"f t\" USING fts5(a, 'b', content='')",
        "CREATE VIRTUAL TABLE f USING fts5(a); ALTER TABLE f RENAME TO g; CREATE VIRTUAL TABLE v USING fts5vocab('g', 'row')",
        "CREATE TABLE a (b CHECK (b IS DISTINCT FROM \"c\")); CREATE VIEW v AS SELECT b FROM a WHERE b IS NOT DISTINCT FROM \"c\"",
        "CREATE TABLE \u{e4} (\u{f6} TEXT DEFAULT '\u{2603}')",
    ] {
        let connection = database(&sql.replace("left(1, b) OVER w", "sum(b) OVER w"));
        let made = schema_sql(&connection).expect("its schema");
        let again = assert_again(&made);
        let schema = |connection| read_schema(connection).expect("a schema");
        assert_eq!(schema(&connection).differences(&schema(&again)), [], "{made}");
    }
}
