-- depends: größe.ändern x  y
-- Ärger: ß
SELECT 1;
