-- Made by hand, from the documentation of Flyway; the checksums are those of Python's zlib, line by line.
PRAGMA foreign_keys = OFF;
CREATE TABLE "flyway_schema_history" (
  "installed_rank" INT NOT NULL PRIMARY KEY,
  "version" VARCHAR(50),
  "description" VARCHAR(200) NOT NULL,
  "type" VARCHAR(20) NOT NULL,
  "script" VARCHAR(1000) NOT NULL,
  "checksum" INT,
  "installed_by" VARCHAR(100) NOT NULL,
  "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
  "execution_time" INT NOT NULL,
  "success" BOOLEAN NOT NULL
);
INSERT INTO flyway_schema_history VALUES (1, '1', 'note', 'SQL', 'V1__note.sql', 2047037800, '', '2024-05-04 12:00:00.000', 1, 1);
INSERT INTO flyway_schema_history VALUES (2, '1.1', 'author', 'SQL', 'V1.1__author.sql', 1582259724, '', '2024-05-04 12:00:00.000', 1, 1);
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
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
