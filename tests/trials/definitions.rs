//! What is found while a set is built from its files: 05, 09, 12, 15, 16, crlf-literal, python-migrations.
