//! What a migrated schema says: as SQL, as TypeScript types, and of queries that are compiled against it.
//!
//! | to | see |
//! | --- | --- |
//! | write the schema as one SQL file | [`schema_sql`] |
//! | write TypeScript types of rows | [`row_types`] |
//! | find queries that have a name, check them, and write types of their rows and parameters | [`queries_in`], [`query_types`] |
//!
//! It is for programs that build an application, and never in a page's module.

mod catalog;
mod columns;
mod compiled;
mod described;
mod error;
mod format;
mod lexemes;
mod named_query;
mod names;
mod parameter_uses;
mod placeholders;
mod program;
mod queries_in;
mod query_file;
mod query_types;
mod row_types;
mod schema_sql;
mod script;
mod stand_ins;
mod table_keys;
mod template;
mod value_type;

pub use error::Error;
pub use named_query::{NamedQuery, QueryFault, QueryForm};
pub use queries_in::queries_in;
pub use query_types::{QueryTypes, query_types};
pub use row_types::{Flavor, row_types};
pub use schema_sql::schema_sql;
