//! Where other tools record which migrations they have applied, and how that is read.

use crate::foreign_checksum::ForeignChecksum;

/// The record that another tool keeps of its migrations.
#[derive(Debug, PartialEq, Eq)]
pub struct ForeignRecord {
    /// Its table, in lower case.
    table: &'static str,
    tool: &'static str,
    /// Expressions of what [`ForeignRow`] has: name, checksum, and the number of a [`RowState`]. Empty if what it records
    /// does not tell which migrations were applied.
    columns: [&'static str; 3],
    /// What stands behind the table's name: which rows, in which order.
    tail: &'static str,
    checksum: Option<ForeignChecksum>,
}

/// One row of a record, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignRow {
    /// Name or number of the migration; `None` if only its hash is recorded.
    pub name: Option<String>,
    /// Of the text that was applied, as the tool writes it.
    pub checksum: Option<String>,
    /// What it says, as the statement that reads the record numbers it.
    pub state: i64,
}

/// What a row says of its migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowState {
    Applied,
    Failed,
    Dirty,
    Reverted,
    /// Also everything before it is applied.
    UpTo,
    /// The same, and there need not be such a migration.
    Baseline,
}

impl ForeignRow {
    pub(crate) fn state(&self) -> RowState {
        match self.state {
            0 => RowState::Applied,
            2 => RowState::Dirty,
            3 => RowState::Reverted,
            4 => RowState::UpTo,
            5 => RowState::Baseline,
            _ => RowState::Failed,
        }
    }
}

/// A tool whose rows are names of migrations, or their numbers.
const fn named(table: &'static str, tool: &'static str, name: &'static str) -> ForeignRecord {
    ForeignRecord { table, tool, columns: [name, "NULL", "0"], tail: "", checksum: None }
}

/// A tool whose record does not tell which migrations of a set were applied.
const fn unreadable(table: &'static str, tool: &'static str) -> ForeignRecord {
    named(table, tool, "")
}

/// Every record that is known. Of several with the same table the first is meant whose columns the table has.
///
/// Sources: the statements by which each tool makes its table, in <https://hg.sr.ht/~olly/yoyo>,
/// <https://github.com/drizzle-team/drizzle-orm>, <https://github.com/kysely-org/kysely>,
/// <https://github.com/prisma/prisma-engines>, <https://github.com/launchbadge/sqlx>,
/// <https://github.com/rust-db/refinery>, <https://github.com/diesel-rs/diesel>,
/// <https://github.com/golang-migrate/migrate>, <https://github.com/amacneil/dbmate>,
/// <https://github.com/pressly/goose>, <https://github.com/flyway/flyway>, <https://github.com/knex/knex>.
static RECORDS: [ForeignRecord; 23] = [
    named("__diesel_schema_migrations", "diesel", "version"),
    ForeignRecord {
        columns: ["name", "hash", "0"],
        tail: "ORDER BY created_at, rowid",
        checksum: Some(ForeignChecksum::Sha256),
        ..named("__drizzle_migrations", "Drizzle", "")
    },
    ForeignRecord {
        columns: ["NULL", "hash", "0"],
        tail: "ORDER BY created_at, rowid",
        checksum: Some(ForeignChecksum::Sha256),
        ..named("__drizzle_migrations", "Drizzle", "")
    },
    named("__efmigrationshistory", "Entity Framework", "MigrationId"),
    ForeignRecord {
        columns: [
            "migration_name",
            "checksum",
            "CASE WHEN rolled_back_at NOTNULL THEN 3 WHEN finished_at ISNULL THEN 1 ELSE 0 END",
        ],
        tail: "ORDER BY started_at, rowid",
        checksum: Some(ForeignChecksum::Sha256),
        ..named("_prisma_migrations", "Prisma", "")
    },
    ForeignRecord {
        columns: ["version", "lower(hex(checksum))", "NOT success"],
        checksum: Some(ForeignChecksum::Sha384),
        ..named("_sqlx_migrations", "sqlx", "")
    },
    named("_yoyo_migration", "yoyo", "migration_id"),
    // Before version 6.
    named("_yoyo_migration", "yoyo", "id"),
    unreadable("alembic_version", "Alembic"),
    named("d1_migrations", "Cloudflare D1", "name"),
    unreadable("django_migrations", "Django"),
    ForeignRecord {
        columns: [
            "version",
            "CASE type WHEN 'SQL' THEN checksum END",
            "CASE WHEN NOT success THEN 1 WHEN type LIKE 'UNDO%' OR type = 'DELETE' THEN 3
              WHEN type LIKE '%BASELINE' THEN 5 ELSE 0 END",
        ],
        // What can be repeated has no version, and the schema's making is none.
        tail: "WHERE version NOTNULL AND type <> 'SCHEMA' ORDER BY installed_rank",
        checksum: Some(ForeignChecksum::Crc32),
        ..named("flyway_schema_history", "Flyway", "")
    },
    ForeignRecord {
        columns: ["version_id", "NULL", "CASE WHEN is_applied THEN 0 ELSE 3 END"],
        tail: "WHERE version_id > 0 ORDER BY id",
        ..named("goose_db_version", "goose", "")
    },
    named("gorp_migrations", "sql-migrate", "id"),
    named("grdb_migrations", "GRDB", "identifier"),
    named("knex_migrations", "Knex", "name"),
    named("kysely_migration", "Kysely", "name"),
    ForeignRecord {
        columns: ["'V' || version || '__' || name", "checksum", "0"],
        checksum: Some(ForeignChecksum::Sip13),
        ..named("refinery_schema_history", "refinery", "")
    },
    // A migration that was begun has its row at once, marked; of what was applied before there are no rows.
    ForeignRecord {
        columns: ["version", "NULL", "CASE WHEN dirty THEN 2 ELSE 4 END"],
        tail: "WHERE version >= 0",
        ..named("schema_migrations", "golang-migrate", "")
    },
    named("schema_migrations", "dbmate or Rails", "version"),
    named("seaql_migrations", "SeaORM", "version"),
    named("sequelizemeta", "Sequelize", "name"),
    ForeignRecord {
        // Applications have tables of this name, too: all columns of the tool's must be there.
        tail: "WHERE name NOTNULL AND up NOTNULL AND down NOTNULL",
        ..named("migrations", "sqlite for Node.js", "id")
    },
];

impl ForeignRecord {
    /// Those that a table of this name, in lower case, may be.
    pub fn of_table(table: &str) -> impl Iterator<Item = &'static Self> {
        RECORDS.iter().filter(move |record| record.table == table)
    }

    /// Whose it is.
    pub fn tool(&self) -> &'static str {
        self.tool
    }

    /// Whether its table's name says whose it is: so many tables are called `migrations` that this says nothing by itself.
    pub fn is_certain(&self) -> bool {
        self.table != "migrations"
    }

    /// The query for what [`ForeignRow`] has; `None` if the rows do not tell which migrations of a set were applied.
    pub fn sql(&self) -> Option<String> {
        let Self { table, columns: [name, checksum, state], tail, .. } = self;
        let sql = format!("SELECT CAST({name} AS TEXT), CAST({checksum} AS TEXT), {state} FROM main.{table} {tail}");
        (!name.is_empty()).then_some(sql)
    }

    pub(crate) fn checksum(&self) -> Option<ForeignChecksum> {
        self.checksum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_lower_case_and_need_no_quotes() {
        let tables: Vec<&str> = RECORDS.iter().map(|record| record.table).collect();
        let is_bare = |table: &&str| table.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        assert!(tables.iter().all(is_bare), "{tables:?}");
    }
}
