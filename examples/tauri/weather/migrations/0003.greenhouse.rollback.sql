UPDATE place SET name = 'Shed' WHERE name = 'Greenhouse';
