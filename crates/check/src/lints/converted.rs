//! Texts that a rebuilt table takes for numbers.

use rusqlite::types::Value;
use rusqlite::{Connection, ToSql};
use wheatear_sqlite::{attempt, one_row, quoted};

use crate::Lint;
use crate::copied::copy;
use crate::report::Report;
use crate::rows::{rows_of, set};
use crate::story::Rebuild;
use crate::subject::Subject;

const REMEDY: &str = "Let the column stay TEXT, or copy it by CAST(… AS INTEGER) if numbers are meant.";

/// What is text with a zero before it, and less as a number. It is in no row that is made up elsewhere.
const NUMBER: i64 = 1234;

/// Tells of columns in which a text of digits becomes a number by the type of the new column. Where no text stays one, as behind a
/// CAST, numbers are meant.
///
/// Source: <https://www.sqlite.org/datatype3.html#type_affinity>
pub(super) fn look(
    subject: &Subject<'_>,
    rebuild: &Rebuild<'_>,
    line: usize,
    report: &mut Report<'_>,
) -> rusqlite::Result<()> {
    let (old, new) = (rebuild.before, rebuild.after);
    let is_written =
        |column: &&String| new.has_column(column) && !old.is_generated(column) && !new.is_generated(column);
    for column in old.columns.iter().filter(is_written) {
        let texts = |database, table| has(database, table, column, "typeof(it) = 'text'", &[]);
        if !texts(&subject.before, &old.name)? || !texts(&subject.after, &new.name)? {
            continue;
        }
        let database = copy(&subject.before, subject.options)?;
        let digits = Value::Text(format!("0{NUMBER}"));
        for row in rows_of(&database, &old.name)? {
            set(&database, &row, column, digits.clone())?;
        }
        let is_text = has(&database, &old.name, column, "it IS ?1", &[&digits])?;
        if is_text
            && attempt(&database, subject.up, &mut |_, _| {}).is_ok()
            && has(&database, &new.name, column, "typeof(it) IN ('integer', 'real') AND it = ?1", &[&NUMBER])?
            && !has(&database, &new.name, column, "it IS ?1", &[&digits])?
        {
            let message = format!(
                "the rebuild of table \"{}\" takes texts of \"{column}\" for numbers: '0{NUMBER}' is {NUMBER} behind it",
                old.name
            );
            report.add(Lint::LosesValues, subject.up, line, message, REMEDY);
        }
    }
    Ok(())
}

/// Whether a value of a column satisfies a condition, which calls it `it`. Compared as it is, and not by the type of its column.
fn has(
    database: &Connection,
    table: &str,
    column: &str,
    condition: &str,
    parameters: &[&dyn ToSql],
) -> rusqlite::Result<bool> {
    let values = format!("SELECT +{} AS it FROM main.{}", quoted(column), quoted(table));
    one_row(database, &format!("SELECT EXISTS (SELECT 1 FROM ({values}) WHERE {condition})"), parameters, |row| {
        row.get(0)
    })
}
