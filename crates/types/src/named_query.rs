use std::fmt;

use wheatear_core::sql_text::below;

/// SQL of the application that has a name, so that it can be checked and have types.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedQuery {
    /// Such as `latestReadings`.
    pub name: String,
    /// What SQLite is given: one statement. A value of a template is a `?`.
    pub sql: String,
    /// Path of the file that it is in.
    pub file: String,
    /// Line of that file where the SQL begins, counted from 1.
    pub line: usize,
    /// How the application writes it.
    pub form: QueryForm,
    /// Where in the file pieces of the SQL begin, in order; the first is its beginning.
    pub(crate) places: Vec<Place>,
}

/// How a query is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryForm {
    /// A template in a script: ``db.sql.latestReadings`…` ``.
    Template,
    /// A statement of a `.sql` file, behind `-- name: latestReadings`.
    File,
}

/// Where in a file the SQL goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// In the SQL, in bytes.
    pub offset: usize,
    /// In the file, counted from 1.
    pub line: usize,
    /// In the file's line, in characters, counted from 1.
    pub column: usize,
}

impl NamedQuery {
    /// Line and column of the file, both counted from 1, where a byte of the SQL stands.
    pub fn place_of(&self, offset: usize) -> (usize, usize) {
        let begun = self.places.iter().rev().find(|place| place.offset <= offset);
        let place = begun.copied().unwrap_or(Place { offset: 0, line: self.line, column: 1 });
        let passed = self.sql.get(place.offset..offset.min(self.sql.len())).unwrap_or_default();
        match passed.rsplit_once('\n') {
            Some((before, last)) => (place.line + before.matches('\n').count() + 1, last.chars().count() + 1),
            None => (place.line, place.column + passed.chars().count()),
        }
    }

    /// What is wrong with it, where its SQL begins or at a byte of it.
    pub(crate) fn fault(&self, offset: Option<usize>, message: impl Into<String>) -> QueryFault {
        let (line, column) = self.place_of(offset.unwrap_or(0));
        QueryFault {
            file: self.file.clone(),
            line,
            column,
            query: Some(self.name.clone()),
            message: message.into(),
            excerpt: offset.map(|offset| excerpt(&self.sql, offset, line)),
        }
    }
}

/// The line of the SQL, with the number that it has in its file, and a mark below the place.
fn excerpt(sql: &str, offset: usize, line: usize) -> String {
    let shown = wheatear_core::sql_text::excerpt(sql, offset, true);
    let own = wheatear_core::sql_text::line_at(sql, offset);
    // As wide as the number, so that the mark stays below.
    let (own, line) = (format!("  {own} |"), format!("  {line} |"));
    let wider = " ".repeat(line.len().saturating_sub(own.len()));
    let lines: Vec<String> = shown
        .lines()
        .map(|text| match text.strip_prefix(&own) {
            Some(rest) => format!("{line}{rest}"),
            None => format!("{wider}{text}"),
        })
        .collect();
    lines.join("\n")
}

/// What is wrong with a query of the application, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryFault {
    /// Path of the file.
    pub file: String,
    /// Its line, counted from 1: where SQLite points, else where the SQL begins.
    pub line: usize,
    /// The place in that line, in characters, counted from 1.
    pub column: usize,
    /// The name of the query, if it has one.
    pub query: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The line of the SQL with a mark where SQLite points, if it does.
    pub excerpt: Option<String>,
}

impl fmt::Display for QueryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        if let Some(query) = &self.query {
            write!(f, "the query {query}: ")?;
        }
        write!(f, "{}{}", self.message, below(self.excerpt.as_deref()))
    }
}

impl std::error::Error for QueryFault {}

/// Names that `db.sql` has, or that something may ask every object for.
const OTHERS_NAMES: [&str; 22] = [
    "id",
    "name",
    "length",
    "prototype",
    "arguments",
    "caller",
    "apply",
    "bind",
    "call",
    "constructor",
    "toString",
    "toLocaleString",
    "toJSON",
    "valueOf",
    "then",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "__proto__",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
];

/// Why a query cannot have a name, if it cannot.
pub(crate) fn reason_against(name: &str) -> Option<String> {
    if OTHERS_NAMES.contains(&name) || name.starts_with("__lookup") {
        return Some(format!(
            "a query cannot be called {name}, which is a property of functions in JavaScript; choose another name"
        ));
    }
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '$'))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'));
    (!is_plain).then(|| {
        format!(
            "the name of a query has ASCII letters, digits, _ and $ only, and begins with no digit, unlike {name:?}"
        )
    })
}
