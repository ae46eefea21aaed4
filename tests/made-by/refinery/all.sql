-- Made by refinery (refinery 0.10.0).
PRAGMA foreign_keys = OFF;
CREATE TABLE refinery_schema_history(
             version int4 PRIMARY KEY,
             name VARCHAR(255),
             applied_on VARCHAR(255),
             checksum VARCHAR(255));
INSERT INTO "refinery_schema_history" VALUES (1, 'note', '2026-11-28T11:07:51.518757536Z', '3760962325831041117');
INSERT INTO "refinery_schema_history" VALUES (2, 'author', '2026-11-28T11:07:51.518809123Z', '1031752330074179100');
INSERT INTO "refinery_schema_history" VALUES (3, 'signed', '2026-11-28T11:07:51.587164855Z', '5210179037015548956');
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
