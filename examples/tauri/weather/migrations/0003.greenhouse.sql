-- The shed has become a greenhouse. What was measured there stays.
UPDATE place SET name = 'Greenhouse' WHERE name = 'Shed';
