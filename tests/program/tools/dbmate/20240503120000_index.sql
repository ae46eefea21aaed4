-- migrate:up
ALTER TABLE note ADD COLUMN author INTEGER REFERENCES author (id);
CREATE INDEX note_author ON note (author);

-- migrate:down
DROP INDEX note_author;
ALTER TABLE note DROP COLUMN author;
