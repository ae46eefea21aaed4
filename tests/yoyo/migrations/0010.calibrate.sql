-- Node 3 shows half a degree too much. What it showed is kept, so that this can be taken back exactly.
-- depends: 0004.frost 0008.decimals

CREATE TABLE shown (id INTEGER PRIMARY KEY REFERENCES weather_node ON DELETE CASCADE, temp_c REAL);
INSERT INTO shown SELECT id, temp_c FROM weather_node WHERE node_addr = 3 AND temp_c IS NOT NULL;
UPDATE weather_node SET temp_c = temp_c - 0.5 WHERE id IN (SELECT id FROM shown);
