-- Made by refinery-int8 (refinery 0.10.0).
PRAGMA foreign_keys = OFF;
CREATE TABLE refinery_schema_history(
             version int8 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES (20240501120000, 'note', '2026-11-28T11:07:52.914968243Z', '15022741487042055850');
INSERT INTO "refinery_schema_history" VALUES (20240502120000, 'author', '2026-11-28T11:07:52.915002447Z', '2737791484296184309');
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
