DROP TABLE alarm;
