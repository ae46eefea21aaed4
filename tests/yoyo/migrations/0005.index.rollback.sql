DROP INDEX weather_node_measured;
DROP INDEX weather_node_by_time;
