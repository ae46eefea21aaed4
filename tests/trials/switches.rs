//! What migrations do to the connection: 04, 05, 08.
