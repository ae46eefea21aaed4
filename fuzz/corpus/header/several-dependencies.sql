-- depends: 0001.create  0002.alter-table
--depends:	0003.index
-- depends:
SELECT 1;
