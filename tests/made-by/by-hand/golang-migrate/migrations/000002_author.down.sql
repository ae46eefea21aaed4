DROP TRIGGER note_trimmed;
DROP TABLE author;
