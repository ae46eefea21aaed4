-- depends: 0002.alter-table
CREATE TABLE day (
  date TEXT PRIMARY KEY,
  readings INTEGER NOT NULL,
  warmest INTEGER
) WITHOUT ROWID;

INSERT INTO day
SELECT date(time_received), count(*), max(temp_c)
FROM weather_node
GROUP BY 1;
