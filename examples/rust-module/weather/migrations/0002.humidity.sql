-- A second sensor. Readings from before it have no humidity.
ALTER TABLE reading ADD COLUMN humidity INTEGER;
