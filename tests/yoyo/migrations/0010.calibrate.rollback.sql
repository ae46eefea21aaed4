UPDATE weather_node SET temp_c = (SELECT temp_c FROM shown WHERE shown.id = weather_node.id)
WHERE id IN (SELECT id FROM shown);
DROP TABLE shown;
