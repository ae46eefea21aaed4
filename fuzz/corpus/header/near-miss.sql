-- a comment
-- Depend-on: a
SELECT 1;
