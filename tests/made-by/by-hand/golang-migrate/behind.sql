-- Made by hand, from the documentation of golang-migrate and the statements of its driver for SQLite.
PRAGMA foreign_keys = OFF;
CREATE TABLE schema_migrations (version uint64,dirty bool);
INSERT INTO schema_migrations VALUES (2, 0);
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
CREATE UNIQUE INDEX version_unique ON schema_migrations (version);
