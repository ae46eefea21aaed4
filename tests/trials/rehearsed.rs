//! What is found by trying a set out: 01, 02, 03, 06.
