SELECT 1 /* ; */ + -- ;
 2;--;
/**/SELECT/*;*/3;/* a -- */SELECT 4;