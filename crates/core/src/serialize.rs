//! Plans and words as plain data, in the shapes of the npm package: `Plan` and `PlannedStep` of
//! client/protocol/migration-operation.ts.

use serde::{Serialize, Serializer};

use crate::{Adopted, ErrorCode, Plan, Step, StepOperation};

#[derive(Serialize)]
struct PlanShape<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    steps: &'a [Step<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    adopted: Option<&'a Adopted>,
}

#[derive(Serialize)]
struct AdoptedShape {
    tool: &'static str,
    by: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct StepShape<'a> {
    operation: StepOperation,
    id: &'a str,
    was: Option<String>,
    late: bool,
    transactional: bool,
    sql: Option<&'a str>,
}

impl Serialize for Plan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { from, to, steps, adopted } = self;
        PlanShape { from: from.as_deref(), to: to.as_deref(), steps, adopted: adopted.as_ref() }.serialize(serializer)
    }
}

/// As `Adopted` of the npm package.
impl Serialize for Adopted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { tool, by, count } = self;
        AdoptedShape { tool, by: by.as_str(), count: *count }.serialize(serializer)
    }
}

impl Serialize for Step<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let was = match self {
            Self::Rename { from, .. } => Some(from.join(", ")),
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
