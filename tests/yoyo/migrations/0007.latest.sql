-- The far corner of the diamond 0002, 0005, 0006.
-- depends: 0005.index
-- depends: 0006.days

CREATE VIEW latest AS
SELECT w.node_addr, max(w.time_received) AS heard, d.readings AS "readings; that day"
FROM weather_node w JOIN day d ON d.date = date(w.time_received)
GROUP BY w.node_addr;
