INSERT INTO `place` (`name`) VALUES ('Roof'), ('Shed');
