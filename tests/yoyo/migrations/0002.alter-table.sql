-- depends: 0001.create
ALTER TABLE weather_node ADD COLUMN temp_c INTEGER;
