CREATE TABLE weather_node (
  time_received TIMESTAMP NOT NULL,
  schema INTEGER,
  node_addr INTEGER,
  uptime_ms BIGINT,
  batt_mv INTEGER
);
