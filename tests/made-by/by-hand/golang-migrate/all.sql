-- Made by hand, from the documentation of golang-migrate and the statements of its driver for SQLite.
PRAGMA foreign_keys = OFF;
CREATE TABLE schema_migrations (version uint64,dirty bool);
INSERT INTO schema_migrations VALUES (3, 0);
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
CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
