//! Migrations in the order of their numbers.

use wheatear_core::natural_order;

use crate::error::ImportError;
use crate::found::Found;

/// Sorts by number, and refuses two with the same one.
pub(crate) fn in_order(mut numbered: Vec<(String, Found)>) -> Result<Vec<Found>, ImportError> {
    numbered.sort_by(|(a, _), (b, _)| natural_order(a, b));
    if let Some([(number, first), (_, second)]) = numbered.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let message = format!("has the number {number}, as {} has; give it another one", first.up.file);
        return Err(ImportError::new(&second.up.file, 1, message));
    }
    Ok(numbered.into_iter().map(|(_, found)| found).collect())
}

/// The number that a name begins with, without zeros in front, and what stands behind it.
pub(crate) fn number(name: &str) -> Option<(String, &str)> {
    let (digits, rest) = name.split_at(name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len()));
    (!digits.is_empty()).then(|| (normal(digits), rest))
}

/// A version of several numbers, such as `1.02.0`, as `1.2`.
pub(crate) fn normal(version: &str) -> String {
    let mut parts: Vec<&str> = version.split('.').map(|part| part.trim_start_matches('0')).collect();
    while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts.iter().map(|part| if part.is_empty() { "0" } else { *part }).collect::<Vec<_>>().join(".")
}
