-- name: placesLike
SELECT addr, place FROM node WHERE place LIKE :pattern AND addr > :after;

-- name: rename
UPDATE node SET name = ?, place = ? WHERE addr = ?;

-- name: everyNode
SELECT * FROM node;
