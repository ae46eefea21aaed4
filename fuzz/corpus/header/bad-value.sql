-- transactional: no
SELECT 1;
