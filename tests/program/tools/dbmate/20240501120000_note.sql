-- migrate:up
CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL);
INSERT INTO note (text) VALUES ('welcome; -- migrate:down comes later');

-- migrate:down
DROP TABLE note;
