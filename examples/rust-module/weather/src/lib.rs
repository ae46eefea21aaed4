//! The weather station's database: its migrations, and SQLite, in one wasm module. The compiler tries the migrations out.

wheatear::export_migrations!(wheatear::migrations!("migrations"));
