-- depends: a
-- transactional: true

SELECT 1;
