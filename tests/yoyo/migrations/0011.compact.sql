-- The file may shrink from now on. It has to be written anew for that, which no transaction allows.
-- transactional: false
PRAGMA auto_vacuum = INCREMENTAL;
VACUUM;
