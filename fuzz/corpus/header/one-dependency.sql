-- depends: 0001.create
SELECT 1;
