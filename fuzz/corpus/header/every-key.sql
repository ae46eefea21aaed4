-- Why: a comment
-- depends: a
-- transactional: true
-- foreign_keys: on
-- compatible: true
-- accepted-checksums: 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f
SELECT 1;
