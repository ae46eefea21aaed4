-- Sorts before what it needs: the decimals of 0008.
-- depends: 0008.decimals

CREATE TABLE frost (
  node_addr INTEGER PRIMARY KEY,
  coldest REAL NOT NULL,
  readings INTEGER NOT NULL
);

INSERT INTO frost
SELECT node_addr, min(temp_c), count(*)
FROM weather_node
WHERE temp_c < 0 AND node_addr IS NOT NULL
GROUP BY node_addr;
