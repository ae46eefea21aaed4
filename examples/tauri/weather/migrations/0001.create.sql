-- Places where it is measured, and what was measured there.
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE reading (
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place (id),
  temp_c REAL NOT NULL
) STRICT;

CREATE INDEX reading_place ON reading (place_id);

INSERT INTO place (name) VALUES ('Roof'), ('Shed');
