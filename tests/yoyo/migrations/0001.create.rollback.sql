DROP TABLE weather_node;
