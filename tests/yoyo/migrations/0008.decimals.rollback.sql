DROP VIEW latest;

CREATE TABLE weather_node_old (
  time_received TIMESTAMP NOT NULL,
  schema INTEGER,
  node_addr INTEGER,
  uptime_ms BIGINT,
  batt_mv INTEGER,
  temp_c INTEGER
);

INSERT INTO weather_node_old
SELECT time_received, schema, node_addr, uptime_ms, batt_mv, CAST(round(temp_c) AS INTEGER)
FROM weather_node
ORDER BY id;

DROP TABLE weather_node;
ALTER TABLE weather_node_old RENAME TO weather_node;

CREATE INDEX weather_node_by_time ON weather_node (node_addr, time_received DESC);
CREATE INDEX weather_node_measured ON weather_node (temp_c) WHERE temp_c IS NOT NULL;

CREATE VIEW latest AS
SELECT w.node_addr, max(w.time_received) AS heard, d.readings AS "readings; that day"
FROM weather_node w JOIN day d ON d.date = date(w.time_received)
GROUP BY w.node_addr;
