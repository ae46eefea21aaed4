/* */ ; -- x
COMMIT;/**/ROLLBACK/* TO */;/*
*/END/**/TRANSACTION--x