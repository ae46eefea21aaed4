//! How each tool keeps its migrations: one file for each, which says where the fact comes from.

mod dbmate;
mod diesel;
mod drizzle;
mod flyway;
mod golang_migrate;
mod goose;
mod knex;
mod numbers;
mod prisma;
mod refinery;
mod sqlx;
mod yoyo;

use crate::error::ImportError;
use crate::found::Folder;
use crate::input::{Input, nothing_found};
use crate::tool::Tool;

/// What a tool's folder holds.
pub(crate) fn read(tool: Tool, inputs: &[Input]) -> Result<Folder, ImportError> {
    let (folder, form) = match tool {
        Tool::Drizzle => (drizzle::read(inputs)?, "0000_name.sql, with meta/_journal.json"),
        Tool::Prisma => (prisma::read(inputs)?, "20240501120000_name/migration.sql"),
        Tool::Yoyo => (yoyo::read(inputs)?, "name.sql or name.py"),
        Tool::Sqlx => (sqlx::read(inputs)?, "1_name.sql or 1_name.up.sql"),
        Tool::Refinery => (refinery::read(inputs)?, "V1__name.sql"),
        Tool::Diesel => (diesel::read(inputs)?, "2024-05-01-120000_name/up.sql"),
        Tool::Dbmate => (dbmate::read(inputs)?, "20240501120000_name.sql"),
        Tool::Goose => (goose::read(inputs)?, "00001_name.sql"),
        Tool::GolangMigrate => (golang_migrate::read(inputs)?, "1_name.up.sql"),
        Tool::Flyway => (flyway::read(inputs)?, "V1__name.sql"),
        Tool::Knex => (knex::read(inputs)?, "20240501120000_name.js"),
    };
    if folder.migrations.is_empty() && folder.hooks.is_empty() {
        return Err(nothing_found(tool, inputs, form));
    }
    Ok(folder)
}
