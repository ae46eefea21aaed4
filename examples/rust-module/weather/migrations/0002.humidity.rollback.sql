ALTER TABLE reading DROP COLUMN humidity;
