DROP TABLE reading;
DROP TABLE place;
