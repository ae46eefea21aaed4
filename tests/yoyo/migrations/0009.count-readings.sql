-- A reading counts itself.
-- depends: 0003.stations 0006.days 0008.decimals

ALTER TABLE station ADD COLUMN last_heard TIMESTAMP;

CREATE TRIGGER reading_counts AFTER INSERT ON weather_node
WHEN new.node_addr IS NOT NULL
BEGIN
  -- The first of a day makes the day; one that is there stays.
  INSERT INTO day (date, readings, warmest) VALUES (date(new.time_received), 0, NULL)
    ON CONFLICT (date) DO NOTHING;
  UPDATE day SET
    readings = readings + 1,
    warmest = CASE WHEN warmest IS NULL OR new.temp_c > warmest THEN new.temp_c ELSE warmest END
  WHERE date = date(new.time_received);
  INSERT OR IGNORE INTO station (node_addr, name) VALUES (new.node_addr, 'new; ' || new.node_addr);
  UPDATE station SET last_heard = new.time_received WHERE node_addr = new.node_addr;
END;

UPDATE station SET last_heard =
  (SELECT max(time_received) FROM weather_node WHERE weather_node.node_addr = station.node_addr);
