//! Functions that pages have and the SQLite of a build may lack, so that a set which uses them can be tried out.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

const IS_THERE: &str = "SELECT 1 FROM pragma_function_list WHERE name = ?1";

/// Names of the mathematical functions.
///
/// Source: <https://www.sqlite.org/lang_mathfunc.html>
pub(super) const NAMES: &[&str] = &[
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh", "degrees", "exp",
    "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow", "power", "radians", "sin", "sinh", "sqrt", "tan",
    "tanh", "trunc",
];

/// Adds `sqlite_offset`, if a connection lacks it; returns its name. Where a value lies in a file is not known here.
pub(super) fn add_offset(connection: &Connection) -> rusqlite::Result<Option<&'static str>> {
    const NAME: &str = "sqlite_offset";
    let is_there = connection.query_row(IS_THERE, [NAME], |_| Ok(())).optional()?.is_some();
    if is_there {
        return Ok(None);
    }
    connection.create_scalar_function(NAME, 1, FunctionFlags::SQLITE_UTF8, |_| Ok(Value::Null))?;
    Ok(Some(NAME))
}

/// Adds those of mathematics that a connection lacks; returns their names.
pub(super) fn add(connection: &Connection) -> rusqlite::Result<Vec<&'static str>> {
    let is_there = |name: &str| connection.query_row(IS_THERE, [name], |_| Ok(())).optional();
    let mut added = Vec::new();
    for name in NAMES {
        if is_there(name)?.is_some() {
            continue;
        }
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
        let arguments: &[i32] = match *name {
            "pi" => &[0],
            "log" => &[1, 2],
            "atan2" | "mod" | "pow" | "power" => &[2],
            _ => &[1],
        };
        for count in arguments {
            connection.create_scalar_function(*name, *count, flags, |context| Ok(value(name, context)))?;
        }
        added.push(*name);
    }
    Ok(added)
}

/// NULL for what is no number, and where there is no result.
fn value(name: &str, context: &Context<'_>) -> Value {
    let number = |index| match context.get_raw(index) {
        ValueRef::Integer(integer) => Some(integer as f64),
        ValueRef::Real(real) => Some(real),
        ValueRef::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
        _ => None,
    };
    if let ("ceil" | "ceiling" | "floor" | "trunc", ValueRef::Integer(integer)) = (name, first(context)) {
        return Value::Integer(integer);
    }
    let numbers: Option<Vec<f64>> = (0..context.len()).map(number).collect();
    let result = match numbers.as_deref() {
        Some([]) => Some(std::f64::consts::PI),
        Some([x]) => of_one(name, *x),
        Some([x, y]) => of_two(name, *x, *y),
        _ => None,
    };
    result.filter(|result| !result.is_nan()).map_or(Value::Null, Value::Real)
}

fn first<'a>(context: &'a Context<'_>) -> ValueRef<'a> {
    if context.is_empty() { ValueRef::Null } else { context.get_raw(0) }
}

fn of_one(name: &str, x: f64) -> Option<f64> {
    let log = |base: fn(f64) -> f64| (x > 0.0).then(|| base(x));
    match name {
        "acos" => Some(x.acos()),
        "acosh" => Some(x.acosh()),
        "asin" => Some(x.asin()),
        "asinh" => Some(x.asinh()),
        "atan" => Some(x.atan()),
        "atanh" => Some(x.atanh()),
        "ceil" | "ceiling" => Some(x.ceil()),
        "cos" => Some(x.cos()),
        "cosh" => Some(x.cosh()),
        "degrees" => Some(x.to_degrees()),
        "exp" => Some(x.exp()),
        "floor" => Some(x.floor()),
        "ln" => log(f64::ln),
        "log" | "log10" => log(f64::log10),
        "log2" => log(f64::log2),
        "radians" => Some(x.to_radians()),
        "sin" => Some(x.sin()),
        "sinh" => Some(x.sinh()),
        "sqrt" => Some(x.sqrt()),
        "tan" => Some(x.tan()),
        "tanh" => Some(x.tanh()),
        "trunc" => Some(x.trunc()),
        _ => None,
    }
}

fn of_two(name: &str, x: f64, y: f64) -> Option<f64> {
    match name {
        "atan2" => Some(x.atan2(y)),
        "log" => (x > 0.0 && y > 0.0).then(|| y.ln() / x.ln()),
        "mod" => Some(x % y),
        "pow" | "power" => Some(x.powf(y)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_give_what_sqlite_documents() {
        let connection = Connection::open_in_memory().expect("a database");
        add(&connection).expect("functions");
        for (expression, expected) in [
            ("ceil(1.5)", Value::Real(2.0)),
            ("ceiling(-7)", Value::Integer(-7)),
            ("floor('2.5')", Value::Real(2.0)),
            ("trunc(-1.5)", Value::Real(-1.0)),
            ("pow(2, 10)", Value::Real(1024.0)),
            ("log(100)", Value::Real(2.0)),
            ("log(2, 8)", Value::Real(3.0)),
            ("log10(0)", Value::Null),
            ("ln(-1)", Value::Null),
            ("mod(11, 3.5)", Value::Real(0.5)),
            ("sqrt(-1)", Value::Null),
            ("acos(2)", Value::Null),
            ("sin(NULL)", Value::Null),
            ("cos('x')", Value::Null),
            ("degrees(pi())", Value::Real(180.0)),
        ] {
            let value: Value =
                connection.query_row(&format!("SELECT {expression}"), [], |row| row.get(0)).expect(expression);
            assert_eq!(value, expected, "{expression}");
        }
        for name in NAMES {
            let is_there = "SELECT count(*) > 0 FROM pragma_function_list WHERE name = ?1";
            assert!(connection.query_row(is_there, [name], |row| row.get::<_, bool>(0)).expect("an answer"), "{name}");
        }
        connection.execute_batch("CREATE TABLE a (b, c AS (pow(b, 2)) STORED)").expect("deterministic");
        assert_eq!(add(&connection).expect("none"), Vec::<&str>::new());
    }
}
