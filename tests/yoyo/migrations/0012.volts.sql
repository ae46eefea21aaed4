-- depends: 0009.count-readings 0010.calibrate
ALTER TABLE weather_node ADD COLUMN batt_v REAL AS (batt_mv / 1000.0);
ALTER TABLE weather_node RENAME COLUMN schema TO format;
DELETE FROM weather_node WHERE batt_mv < 0;
