-- Every node that was ever heard becomes a station, named after its address.
-- depends: 0001.create

CREATE TABLE station (
  node_addr INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE, -- for people; may change
  note TEXT DEFAULT 'none; yet'
);

INSERT INTO station (node_addr, name)
SELECT DISTINCT node_addr, 'it''s station ' || node_addr
FROM weather_node
WHERE node_addr IS NOT NULL
ORDER BY node_addr;
