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
CREATE TABLE note (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL -- früher: body
);
INSERT INTO "note" VALUES (1, 'kept');
INSERT INTO "note" VALUES (2, 'l''été');
DELETE FROM sqlite_sequence;
INSERT INTO "sqlite_sequence" VALUES ('note', 2);
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE);
CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN
  UPDATE note SET text = trim(text) WHERE id = new.id;
END;
