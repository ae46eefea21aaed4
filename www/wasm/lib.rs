//! The weather station's migrations, for the worker of its page.

wheatear::export_migrations!(wheatear::migrations!("../migrations"));
