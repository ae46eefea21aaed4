-- depends: 0004.frost 0012.volts

CREATE TABLE alarm (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  node_addr INTEGER NOT NULL REFERENCES station ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('frost', 'battery'))
);

INSERT INTO alarm (node_addr, kind) SELECT node_addr, 'frost' FROM frost
WHERE node_addr IN (SELECT node_addr FROM station)
ORDER BY node_addr;

INSERT INTO alarm (node_addr, kind)
SELECT DISTINCT node_addr, 'battery' FROM weather_node
WHERE batt_v < 3.3 AND node_addr IN (SELECT node_addr FROM station)
ORDER BY node_addr;
