-- Beside the demo's migrations: what those have not.
CREATE TABLE node (
  addr INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  place TEXT,
  photo BLOB,
  heard_ms BIGINT,
  is_on BOOLEAN NOT NULL DEFAULT 1,
  added DATETIME NOT NULL DEFAULT (datetime()),
  loud TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL
);
CREATE TABLE "two words" ("an id" INT PRIMARY KEY NOT NULL, anything ANY) STRICT, WITHOUT ROWID;
CREATE VIEW node_readings AS
  SELECT node.addr, node.name, count(weather_node.time_received) AS readings, max(weather_node.temp_c) AS warmest
  FROM node LEFT JOIN weather_node ON weather_node.node_addr = node.addr GROUP BY node.addr;
CREATE VIEW node_names AS SELECT addr, name, place, upper(name) = name AS is_loud FROM node;
CREATE TRIGGER add_name INSTEAD OF INSERT ON node_names BEGIN
  INSERT INTO node (addr, name, place) VALUES (new.addr, new.name, new.place);
END;
CREATE TRIGGER change_name INSTEAD OF UPDATE OF name, place ON node_names BEGIN
  UPDATE node SET name = new.name, place = new.place WHERE addr = new.addr;
END;
