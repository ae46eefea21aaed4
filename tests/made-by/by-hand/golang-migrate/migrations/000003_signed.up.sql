ALTER TABLE note ADD COLUMN author INTEGER REFERENCES author (id);
CREATE INDEX note_author ON note (author);
INSERT INTO author (name) VALUES ('Ada');
UPDATE note SET author = (SELECT id FROM author WHERE name = 'ada');
CREATE VIEW signed AS SELECT note.text, author.name FROM note JOIN author ON author.id = note.author;
