-- depends: a
/* -- depends: b
