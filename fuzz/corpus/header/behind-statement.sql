SELECT 1; -- depends: a
-- depends: b
