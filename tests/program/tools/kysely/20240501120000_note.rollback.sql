drop table "note";
