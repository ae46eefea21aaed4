-- transactional: false
VACUUM;
