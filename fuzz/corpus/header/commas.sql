
-- depends: a, b
SELECT 1;
