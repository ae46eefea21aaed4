-- no-transaction
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE);
CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN
  UPDATE note SET text = trim(text) WHERE id = new.id;
END;
