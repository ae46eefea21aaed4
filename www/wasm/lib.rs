//! The weather station's migrations, for the worker of its page.
#![cfg(target_family = "wasm")]

wheatear::export_migrations!(wheatear::migrations!("../migrations"));
