-- Made by hand, from the documentation of goose and the statements of its dialect for SQLite.
PRAGMA foreign_keys = OFF;
CREATE TABLE goose_db_version (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  version_id INTEGER NOT NULL,
  is_applied INTEGER NOT NULL,
  tstamp TIMESTAMP DEFAULT (datetime('now'))
);
INSERT INTO goose_db_version VALUES (1, 0, 1, '2024-05-04 12:00:00');
INSERT INTO goose_db_version VALUES (2, 20240501120000, 1, '2024-05-04 12:00:00');
INSERT INTO goose_db_version VALUES (3, 20240502120000, 1, '2024-05-04 12:00:00');
INSERT INTO goose_db_version VALUES (4, 20240503120000, 1, '2024-05-04 12:00:00');
CREATE TABLE note (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL -- früher: body
, author INTEGER REFERENCES author (id));
INSERT INTO "note" VALUES (1, 'kept', 1);
INSERT INTO "note" VALUES (2, 'l''été', 1);
DELETE FROM sqlite_sequence;
INSERT INTO "sqlite_sequence" VALUES ('note', 2);
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE);
INSERT INTO "author" VALUES (1, 'Ada');
CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN
  UPDATE note SET text = trim(text) WHERE id = new.id;
END;
CREATE INDEX note_author ON note (author);
CREATE VIEW signed AS SELECT note.text, author.name FROM note JOIN author ON author.id = note.author;
