ALTER TABLE weather_node RENAME COLUMN format TO schema;
ALTER TABLE weather_node DROP COLUMN batt_v;
