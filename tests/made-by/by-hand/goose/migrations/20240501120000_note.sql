-- +goose Up
CREATE TABLE note (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  text TEXT NOT NULL -- früher: body
);

-- +goose Down
DROP TABLE note;
