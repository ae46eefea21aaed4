//! Plans and words as plain data, in the shapes of the npm package: `Plan` and `PlannedStep` of
//! client/protocol/migration-operation.ts.

use serde::{Serialize, Serializer};

use crate::{ErrorCode, Plan, Step, StepOperation};

#[derive(Serialize)]
struct PlanShape<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    steps: &'a [Step<'a>],
}

#[derive(Serialize)]
struct StepShape<'a> {
    operation: StepOperation,
    id: &'a str,
    was: Option<&'a str>,
    late: bool,
    transactional: bool,
    sql: Option<&'a str>,
}

impl Serialize for Plan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PlanShape { from: self.from.as_deref(), to: self.to.as_deref(), steps: &self.steps }.serialize(serializer)
    }
}

impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let was = match self {
            Self::Rename { from, .. } => Some(from.as_str()),
            _ => None,
        };
        let late = matches!(self, Self::Apply { late: true, .. });
        let sql = self.script().map(|script| &*script.sql);
        let (operation, id, transactional) = (self.operation(), self.id(), self.is_transactional());
        StepShape { operation, id, was, late, transactional, sql }.serialize(serializer)
    }
}

/// As its word.
impl Serialize for StepOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// As it is written, such as `database_ahead`.
impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
