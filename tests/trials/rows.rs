//! Rows that a run meets: 07, 22, 23.
