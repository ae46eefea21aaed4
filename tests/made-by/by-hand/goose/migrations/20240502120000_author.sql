-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE);
-- +goose StatementBegin
CREATE TRIGGER note_trimmed AFTER INSERT ON note BEGIN
  UPDATE note SET text = trim(text) WHERE id = new.id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER note_trimmed;
DROP TABLE author;
