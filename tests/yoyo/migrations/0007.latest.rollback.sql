DROP VIEW latest;
