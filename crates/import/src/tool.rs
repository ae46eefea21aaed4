use std::fmt;
use std::str::FromStr;

/// A tool whose folder can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tool {
    /// <https://orm.drizzle.team>
    Drizzle,
    /// <https://www.prisma.io>
    Prisma,
    /// <https://ollycope.com/software/yoyo/latest/>
    Yoyo,
    /// <https://github.com/launchbadge/sqlx>
    Sqlx,
    /// <https://github.com/rust-db/refinery>
    Refinery,
    /// <https://diesel.rs>
    Diesel,
    /// <https://github.com/amacneil/dbmate>
    Dbmate,
    /// <https://pressly.github.io/goose/>
    Goose,
    /// <https://github.com/golang-migrate/migrate>
    GolangMigrate,
    /// <https://documentation.red-gate.com/flyway>
    Flyway,
    /// <https://knexjs.org>
    Knex,
}

impl Tool {
    /// Every tool, each once.
    pub const ALL: [Self; 11] = [
        Self::Drizzle,
        Self::Prisma,
        Self::Yoyo,
        Self::Sqlx,
        Self::Refinery,
        Self::Diesel,
        Self::Dbmate,
        Self::Goose,
        Self::GolangMigrate,
        Self::Flyway,
        Self::Knex,
    ];

    /// Its name, such as `golang-migrate`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drizzle => "drizzle",
            Self::Prisma => "prisma",
            Self::Yoyo => "yoyo",
            Self::Sqlx => "sqlx",
            Self::Refinery => "refinery",
            Self::Diesel => "diesel",
            Self::Dbmate => "dbmate",
            Self::Goose => "goose",
            Self::GolangMigrate => "golang-migrate",
            Self::Flyway => "flyway",
            Self::Knex => "knex",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// No tool has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no way to import from \"{name}\"; it can be from {}", Tool::ALL.map(Tool::as_str).join(", "))]
pub struct UnknownTool {
    /// The name as it was given.
    pub name: String,
}

impl FromStr for Tool {
    type Err = UnknownTool;

    fn from_str(name: &str) -> Result<Self, UnknownTool> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name).ok_or_else(|| UnknownTool { name: name.to_owned() })
    }
}
