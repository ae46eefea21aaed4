//! `Progress` of client/protocol/progress.ts.

use serde::{Serialize, Serializer};
use wheatear_core::StepOperation;

use super::report::milliseconds;
use crate::progress::Progress;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum ProgressShape<'a> {
    Phase { phase: &'static str },
    Step { operation: StepOperation, migration_id: &'a str, number: usize, count: usize },
    Statement { migration_id: &'a str, statement: usize, line: usize },
    Working { migration_id: &'a str, statement: usize, elapsed_ms: f64 },
}

/// As `Progress` of the npm package, told apart by `type`.
impl Serialize for Progress<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Phase(phase) => ProgressShape::Phase { phase: phase.as_str() },
            Self::Step { operation, id, number, count } => {
                ProgressShape::Step { operation, migration_id: id, number, count }
            }
            Self::Statement { id, statement, line } => ProgressShape::Statement { migration_id: id, statement, line },
            Self::Working { id, statement, elapsed } => {
                ProgressShape::Working { migration_id: id, statement, elapsed_ms: milliseconds(elapsed) }
            }
        }
        .serialize(serializer)
    }
}
