//! Values that a column may have.

use rusqlite::types::Value;

use super::kind::Kind;
use super::shape::Column;

/// A value that a constraint may ask for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Candidate {
    Fixed(Value),
    /// The number of the row.
    Number,
    /// The number of the row as text of so many characters, where values must differ.
    Text(usize),
    /// So many bytes, the last of which tell the number of the row.
    Bytes(usize),
}

impl Candidate {
    pub fn value(&self, number: i64) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Number => Value::Integer(number),
            Self::Text(length) => {
                let text = format!("{number:0>length$}");
                Value::Text(text[text.len() - length..].to_owned())
            }
            Self::Bytes(length) => {
                let bytes = [vec![0; *length], number.to_be_bytes().to_vec()].concat();
                Value::Blob(bytes[bytes.len() - length..].to_vec())
            }
        }
    }
}

/// What SQLite makes of a type: the first of these words that it has.
///
/// Source: <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
#[derive(Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    /// Of none of them, such as `DATETIME`.
    Moment,
    Any,
}

/// Whether a column is for texts.
pub(super) fn is_text(column: &Column) -> bool {
    affinity(&column.kind) == Affinity::Text
}

fn affinity(kind: &str) -> Affinity {
    let has = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
    match () {
        () if has(&["INT"]) => Affinity::Integer,
        () if has(&["CHAR", "CLOB", "TEXT"]) => Affinity::Text,
        () if has(&["BLOB"]) => Affinity::Blob,
        () if has(&["REAL", "FLOA", "DOUB"]) => Affinity::Real,
        () if has(&["DATE", "TIME"]) => Affinity::Moment,
        () => Affinity::Any,
    }
}

/// The value of a column, unless a constraint wants another. As text it is a number, a date and valid JSON.
pub(super) fn usual(column: &Column, kind: Kind, number: i64) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let affinity = affinity(&column.kind);
    // As many as the number has, so that none is cut off.
    let length = if column.is_unique { number.to_string().len() + 1 } else { 1 };
    if let Some(letters) = kind.letters(number, length).filter(|_| affinity == Affinity::Text) {
        return Value::Text(letters);
    }
    if column.is_unique {
        return match affinity {
            Affinity::Text | Affinity::Moment => text(&number.to_string()),
            Affinity::Blob => Value::Blob(number.to_string().into_bytes()),
            Affinity::Integer | Affinity::Real | Affinity::Any => Value::Integer(number),
        };
    }
    match (affinity, kind) {
        (Affinity::Integer, Kind::Odd) => Value::Integer(-1),
        (Affinity::Text, Kind::Odd) => text(""),
        (Affinity::Blob, Kind::Odd) => Value::Blob(Vec::new()),
        (Affinity::Real, Kind::Odd) => Value::Real(-0.5),
        (Affinity::Integer | Affinity::Any, _) => Value::Integer(1),
        (Affinity::Text, _) => text("1"),
        (Affinity::Blob, _) => Value::Blob(b"1".to_vec()),
        (Affinity::Real, _) => Value::Real(1.5),
        (Affinity::Moment, _) => text("2001-02-03 04:05:06"),
    }
}

/// What else a column may have: what its table's statement names, and what is often asked for.
pub(super) fn candidates(column: &Column, literals: &[String], kind: Kind, number: i64) -> Vec<Candidate> {
    // Longer texts are no constraint's.
    const LONGEST: usize = 256;
    let mut all = Vec::new();
    let text = |text: &str| Candidate::Fixed(Value::Text(text.to_owned()));
    let integer = |integer| Candidate::Fixed(Value::Integer(integer));
    if column.is_unique {
        all.push(Candidate::Number);
    }
    for literal in literals {
        match literal.parse::<i64>() {
            Ok(named) => {
                all.extend([named, named.saturating_add(1), named.saturating_sub(1)].map(integer));
                if let Some(length) = usize::try_from(named).ok().filter(|length| (1..=LONGEST).contains(length)) {
                    all.extend(kind.letters(number, length).map(|letters| text(&letters)));
                    all.extend([Candidate::Text(length), Candidate::Bytes(length)]);
                }
            }
            Err(_) => all.extend(literal.parse().ok().map(|real| Candidate::Fixed(Value::Real(real)))),
        }
        all.push(text(literal));
    }
    all.extend([0, 1, 2].map(integer));
    all.extend(["a", "A", "", "{}", "[]", "2001-02-03", "2001-02-03T04:05:06Z", "a@b.cd", "https://a.bc"].map(text));
    all.extend([Candidate::Fixed(Value::Real(0.5)), Candidate::Fixed(Value::Blob(Vec::new()))]);
    if !column.is_needed {
        all.push(Candidate::Fixed(Value::Null));
    }
    if kind == Kind::Capital {
        let capital = |candidate: &Candidate| match candidate {
            Candidate::Fixed(Value::Text(small)) => Some(text(&small.to_ascii_uppercase())),
            _ => None,
        };
        let capitals: Vec<Candidate> = all.iter().filter_map(capital).collect();
        all.splice(0..0, capitals);
    }
    let mut different: Vec<Candidate> = Vec::with_capacity(all.len());
    for candidate in all {
        if !different.contains(&candidate) {
            different.push(candidate);
        }
    }
    different
}
