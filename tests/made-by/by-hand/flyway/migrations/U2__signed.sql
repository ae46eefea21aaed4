DROP VIEW IF EXISTS signed;
DROP INDEX note_author;
ALTER TABLE note DROP COLUMN author;
DELETE FROM author WHERE name = 'Ada';
