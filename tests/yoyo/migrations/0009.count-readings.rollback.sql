DROP TRIGGER reading_counts;
ALTER TABLE station DROP COLUMN last_heard;
