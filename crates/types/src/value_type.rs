/// What the values of a column are, by the type that it is declared with. Only STRICT tables make sure of it: elsewhere a
/// column keeps what cannot be converted, and it is those who write that keep to their types.
///
/// Source: <https://www.sqlite.org/datatype3.html#determination_of_column_affinity>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ValueType {
    Integer,
    /// Declared for integers that a `number` does not hold.
    BigInteger,
    Real,
    Text,
    Blob,
    Boolean,
    /// Text that looks like a number is kept as one: `DATE`, `JSON`, `STRING`.
    Numeric,
    Unknown,
}

impl ValueType {
    /// By the type that a column is declared with.
    pub fn of_declared(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
        match () {
            () if declared.trim().is_empty() || declared == "ANY" => Self::Unknown,
            () if has(&["INT"]) && has(&["BIG", "INT8", "INT64"]) => Self::BigInteger,
            () if has(&["INT"]) => Self::Integer,
            () if has(&["CHAR", "CLOB", "TEXT"]) => Self::Text,
            () if has(&["BLOB"]) => Self::Blob,
            () if has(&["REAL", "FLOA", "DOUB"]) || declared.starts_with("DEC") || declared.starts_with("NUM") => {
                Self::Real
            }
            () if has(&["BOOL"]) => Self::Boolean,
            () => Self::Numeric,
        }
    }

    /// What a row has, but for NULL.
    pub fn read(self) -> &'static str {
        match self {
            Self::Integer | Self::Real | Self::Boolean => "number",
            Self::BigInteger => "number | bigint",
            Self::Text => "string",
            Self::Blob => "Uint8Array",
            Self::Numeric => "number | string",
            Self::Unknown => "unknown",
        }
    }

    /// What is written, but for NULL.
    pub fn written(self) -> &'static str {
        match self {
            Self::Boolean => "number | boolean",
            other => other.read(),
        }
    }
}

/// The type, or NULL.
pub(crate) fn nullable(kind: &str, is_nullable: bool) -> String {
    if is_nullable && kind != "unknown" { format!("{kind} | null") } else { kind.to_owned() }
}

/// The types of several values, each named once.
pub(crate) fn union_of<'a>(kinds: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in kinds.flat_map(|kind| kind.split(" | ")) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_types_are_read_as_sqlite_reads_them() {
        for (declared, expected) in [
            ("INTEGER", "number"),
            ("int", "number"),
            ("BIGINT", "number | bigint"),
            ("UNSIGNED BIG INT", "number | bigint"),
            ("VARCHAR(255)", "string"),
            ("NATIVE CHARACTER(70)", "string"),
            ("CHARINT", "number"),
            ("BLOB", "Uint8Array"),
            ("DOUBLE PRECISION", "number"),
            ("DECIMAL(10,5)", "number"),
            ("BOOLEAN", "number"),
            ("DATETIME", "number | string"),
            ("STRING", "number | string"),
            ("ANY", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(ValueType::of_declared(declared).read(), expected, "{declared}");
        }
    }
}
