//! Files from elsewhere: 30, 33, 38 and those in `files`.
