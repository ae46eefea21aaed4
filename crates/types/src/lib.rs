//! What a migrated schema says: as SQL, as TypeScript types, and of queries that are compiled against it.
//!
//! | to | see |
//! | --- | --- |
//! | write the schema as one SQL file | [`schema_sql`] |
//! | write TypeScript types of rows | [`row_types`] |
//!
//! It is for programs that build an application, and never in a page's module.

mod columns;
mod error;
mod format;
mod lexemes;
mod names;
mod row_types;
mod schema_sql;
mod value_type;

pub use error::Error;
pub use row_types::{Flavor, row_types};
pub use schema_sql::schema_sql;
