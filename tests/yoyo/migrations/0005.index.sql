-- depends: 0002.alter-table
CREATE INDEX weather_node_by_time ON weather_node (node_addr, time_received DESC);
CREATE INDEX weather_node_measured ON weather_node (temp_c) WHERE temp_c IS NOT NULL;
