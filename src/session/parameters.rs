use rusqlite::Statement;
use rusqlite::types::Value;

/// Values for a statement's parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// For `?`, in order, and for `?NNN` and `$NNN`, by number from 1 on. A statement with other names takes none:
    /// SQLite numbers those as they come, which is seldom what a list means.
    Positional(Vec<Value>),
    /// For `:name`, `@name` and `$name`; the first character may be left out.
    Named(Vec<(String, Value)>),
}

pub(super) fn bind(statement: &mut Statement<'_>, parameters: &Parameters) -> rusqlite::Result<()> {
    let (given, expected) = match parameters {
        Parameters::Positional(values) => {
            let mut expected = 0;
            for index in 1..=statement.parameter_count() {
                let number = number_of(statement.parameter_name(index), index)?;
                expected = expected.max(number);
                if let Some(value) = values.get(number - 1) {
                    statement.raw_bind_parameter(index, value)?;
                }
            }
            (values.len(), expected)
        }
        Parameters::Named(values) => {
            // A parameter that is given twice, as `a` and as `:a`, must not stand in for one that is missing.
            let mut is_bound = vec![false; statement.parameter_count() + 1];
            for (name, value) in values {
                let index = parameter_index(statement, name)?;
                statement.raw_bind_parameter(index, value)?;
                is_bound[index] = true;
            }
            (is_bound.into_iter().filter(|is| *is).count(), statement.parameter_count())
        }
    };
    if given == expected { Ok(()) } else { Err(rusqlite::Error::InvalidParameterCount(given, expected)) }
}

/// Which value of a list a parameter takes, counted from 1. `index` is SQLite's own number of it.
fn number_of(name: Option<&str>, index: usize) -> rusqlite::Result<usize> {
    let Some(name) = name.filter(|name| !name.starts_with('?')) else { return Ok(index) };
    let number = name.strip_prefix('$').and_then(|digits| digits.parse().ok()).filter(|number| *number > 0);
    number
        .ok_or_else(|| rusqlite::Error::InvalidParameterName(format!("{name}, of a list; give values by their names")))
}

fn parameter_index(statement: &Statement<'_>, name: &str) -> rusqlite::Result<usize> {
    let candidates = match name.starts_with([':', '@', '$']) {
        true => vec![name.to_owned()],
        false => [':', '@', '$'].map(|prefix| format!("{prefix}{name}")).to_vec(),
    };
    for candidate in candidates {
        if let Some(index) = statement.parameter_index(&candidate)? {
            return Ok(index);
        }
    }
    Err(rusqlite::Error::InvalidParameterName(name.to_owned()))
}
