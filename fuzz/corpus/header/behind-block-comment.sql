/* licence:
 two lines */ -- depends: a
SELECT 1;
