-- Made by diesel (diesel_migrations 2.3.2).
PRAGMA foreign_keys = OFF;
CREATE TABLE __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "__diesel_schema_migrations" VALUES ('20240501120000', '2026-11-28 11:07:51');
INSERT INTO "__diesel_schema_migrations" VALUES ('20240502120000', '2026-11-28 11:07:51');
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
