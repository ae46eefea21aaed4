DROP VIEW IF EXISTS signed;
CREATE VIEW signed AS SELECT note.text, author.name FROM note JOIN author ON author.id = note.author;
