//! What is told of runs and errors, as plain data: for a page through its module, and for everybody by the feature `serde`.
//! They differ only in how a moment is told: to a page as a `Date`, to others as text, which is what JSON has of a `Date`.

mod error;
mod progress;
mod report;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) use error::{ErrorData, error_data};
pub(crate) use report::milliseconds;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) use report::{LogEntryShape, ReportShape, StatusShape};
