-- migrate:up transaction:false
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN
  UPDATE note SET text = trim(text) WHERE id = new.id;
END;

-- migrate:down transaction:false
DROP TRIGGER note_trimmed;
DROP TABLE author;
