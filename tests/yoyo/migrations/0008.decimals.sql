-- Temperatures were whole degrees; SQLite cannot change a column's type, so the table is built anew.
-- depends: 0007.latest

DROP VIEW latest;

CREATE TABLE weather_node_new (
  id INTEGER PRIMARY KEY,
  time_received TIMESTAMP NOT NULL,
  schema INTEGER,
  node_addr INTEGER,
  uptime_ms BIGINT,
  batt_mv INTEGER,
  temp_c REAL
);

INSERT INTO weather_node_new (time_received, schema, node_addr, uptime_ms, batt_mv, temp_c)
SELECT time_received, schema, node_addr, uptime_ms, batt_mv, temp_c FROM weather_node ORDER BY rowid;

DROP TABLE weather_node;
ALTER TABLE weather_node_new RENAME TO weather_node;

CREATE INDEX weather_node_by_time ON weather_node (node_addr, time_received DESC);
CREATE INDEX weather_node_measured ON weather_node (temp_c) WHERE temp_c IS NOT NULL;

CREATE VIEW latest AS
SELECT node_addr, max(time_received) AS heard FROM weather_node GROUP BY node_addr;
