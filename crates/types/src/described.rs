//! What a statement takes and gives, as SQLite compiles it.

use rusqlite::Connection;
use wheatear_sqlite::{all_rows, lossy_text};

use crate::catalog::Catalog;
use crate::compiled::{Refused, compile};
use crate::parameter_uses::uses_of;
use crate::program::{Found, Program};
use crate::value_type::{ValueType, union_of};

/// A statement that compiles.
pub(crate) struct Described {
    pub columns: Vec<ResultColumn>,
    pub parameters: Vec<Parameter>,
    /// Where in the text the statement ends.
    pub end: usize,
}

/// A column of a result.
pub(crate) struct ResultColumn {
    pub name: String,
    /// Its type in TypeScript, with `null`.
    pub kind: String,
}

/// A parameter of a statement.
pub(crate) struct Parameter {
    /// Such as `:addr`; `None` for `?`.
    pub name: Option<String>,
    /// Its type in TypeScript; `None` if nothing is known of it.
    pub kind: Option<String>,
}

/// Compiles the first statement of a text, and says what it takes and gives.
pub(crate) fn describe(connection: &Connection, catalog: &Catalog, sql: &str) -> Result<Described, Refused> {
    let compiled = compile(connection, sql)?;
    let statement = &sql[..compiled.end];
    // What cannot be explained, such as EXPLAIN itself, gives what nobody knows.
    let program = Program::read(connection, catalog, statement).ok();
    let affinities = affinities(connection, statement).filter(|found| found.len() == compiled.columns.len());
    let column = |(at, (name, declared)): (usize, (String, Option<String>))| {
        let found = i64::try_from(at).ok().and_then(|at| Some(program.as_ref()?.result(at))).unwrap_or_default();
        let declared = match affinities.as_ref().map(|found| found[at].as_str()) {
            Some("") => None,
            Some(affinity) => declared.or(Some(affinity.to_owned())),
            // What is not selected has one source at most.
            None => declared,
        };
        ResultColumn { name, kind: kind_of(&found, declared.as_deref(), program.is_some()) }
    };
    let columns = compiled.columns.into_iter().enumerate().map(column).collect();
    let parameter = |(at, name): (usize, Option<String>)| {
        let uses = i64::try_from(at + 1).ok().and_then(|number| Some(uses_of(program.as_ref()?, number)));
        Parameter { name, kind: uses.and_then(|uses| written(&uses)) }
    };
    let parameters = compiled.parameters.into_iter().enumerate().map(parameter).collect();
    Ok(Described { columns, parameters, end: compiled.end })
}

/// The type of a result's column: by what its values are traced to, else by what SQLite declares the column of a table with
/// that is made of the result, which a CAST decides.
fn kind_of(found: &Found, declared: Option<&str>, is_traced: bool) -> String {
    let kinds: Vec<ValueType> = found.kinds.iter().copied().collect();
    let is_known = !kinds.is_empty() && !kinds.contains(&ValueType::Unknown);
    let kind = match (&kinds[..], declared.map(ValueType::of_declared)) {
        ([one], _) if is_known => one.read().to_owned(),
        (_, Some(kind)) if kind != ValueType::Unknown => kind.read().to_owned(),
        _ if is_known => union_of(kinds.iter().map(|kind| kind.read())),
        // Only NULL.
        ([], _) if is_traced && found.is_nullable => return "null".to_owned(),
        _ => return "unknown".to_owned(),
    };
    let is_nullable = found.is_nullable || !is_traced;
    if is_nullable { format!("{kind} | null") } else { kind }
}

/// What may be given for a parameter, if that is of one kind.
fn written(uses: &Found) -> Option<String> {
    let mut kinds: Vec<&str> = uses.kinds.iter().map(|kind| kind.written()).collect();
    kinds.dedup();
    let [kind] = kinds[..] else { return None };
    Some(if uses.is_nullable { format!("{kind} | null") } else { kind.to_owned() })
}

/// What SQLite declares the columns of a table with that is made of a SELECT: `INT`, `NUM`, `REAL`, `TEXT`, or nothing.
/// `None` of any other statement.
fn affinities(connection: &Connection, statement: &str) -> Option<Vec<String>> {
    const TABLE: &str = "\"wheatear types\"";
    let select = statement.trim_end().trim_end_matches(';');
    let create = format!("CREATE TEMP TABLE {TABLE} AS SELECT * FROM (\n{select}\n) LIMIT 0");
    // Its parameters are NULL.
    connection.prepare(&create).ok()?.raw_execute().ok()?;
    let types = "SELECT type FROM pragma_table_info('wheatear types', 'temp') ORDER BY cid";
    let types = all_rows(connection, types, &[], |row| lossy_text(row, 0)).ok();
    connection.execute_batch(&format!("DROP TABLE temp.{TABLE}")).ok()?;
    types
}
