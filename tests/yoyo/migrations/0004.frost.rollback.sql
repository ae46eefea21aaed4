DROP TABLE frost;
