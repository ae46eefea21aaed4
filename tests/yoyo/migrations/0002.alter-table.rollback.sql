ALTER TABLE weather_node DROP COLUMN temp_c;
