use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use wheatear::rusqlite;

/// What went wrong, as the page gets it: `{ code, message }`, and of Wheatear whatever else it tells.
#[derive(Debug)]
pub enum Failure {
    /// The database was not opened, or not upgraded.
    Wheatear(wheatear::Error),
    /// A query failed.
    Query(rusqlite::Error),
}

impl From<wheatear::Error> for Failure {
    fn from(error: wheatear::Error) -> Self {
        Self::Wheatear(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Query(error)
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Wheatear(error) => error.serialize(serializer),
            Self::Query(error) => {
                let mut told = serializer.serialize_struct("Failure", 2)?;
                told.serialize_field("code", "query_failed")?;
                told.serialize_field("message", &error.to_string())?;
                told.end()
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wheatear(error) => error.fmt(f),
            Self::Query(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Wheatear(error) => error.source(),
            Self::Query(error) => error.source(),
        }
    }
}
