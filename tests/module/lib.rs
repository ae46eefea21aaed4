//! The weather station's migrations, inside of a module: what an application in Rust hands to `serve`.

wheatear::export_migrations!(wheatear::migrations!("../../migrations"));
