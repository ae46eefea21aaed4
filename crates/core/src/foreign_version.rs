//! The number of a migration, as other tools read it from the name of its file.

/// The number that a name begins with, without zeros in front; `None` if it begins with none.
///
/// | name | number |
/// | --- | --- |
/// | `0001_create`, `0001.create`, `1` | `1` |
/// | `V1.2__create`, `V1_2__create`, `1.2.create` | `1.2` |
/// | `V1.0__create` | `1` |
/// | `2024-05-01-120000_create` | `20240501120000` |
pub(crate) fn version_of(name: &str) -> Option<String> {
    let bytes = name.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_flyways = matches!(bytes, [b'V' | b'v' | b'U', ..]);
    let is_date = matches!(bytes, [_, _, _, _, b'-', _, _, b'-', ..]);
    let mut at = usize::from(is_flyways);
    let mut version = String::new();
    while is_digit(at) {
        let start = at;
        while is_digit(at) {
            at += 1;
        }
        // `1.2.create`, and not `1.2nd`.
        if !version.is_empty() && bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            break;
        }
        let digits = &name[start..at];
        if is_date {
            version.push_str(digits);
        } else {
            version.push('.');
            let number = digits.trim_start_matches('0');
            version.push_str(if number.is_empty() { "0" } else { number });
        }
        match bytes.get(at) {
            Some(b'-') if is_date => at += 1,
            Some(b'.') if !is_date => at += 1,
            Some(b'_') if is_flyways => at += 1,
            _ => break,
        }
    }
    let mut version = version.trim_start_matches('.');
    while let Some(shorter) = version.strip_suffix(".0") {
        version = shorter;
    }
    (!version.is_empty()).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_the_tools_read() {
        for (name, expected) in [
            ("0001_create", Some("1")),
            ("0001.create", Some("1")),
            ("00010", Some("10")),
            ("0000_init", Some("0")),
            ("1", Some("1")),
            ("V1__create", Some("1")),
            ("V1.2__create", Some("1.2")),
            ("V1_2__create", Some("1.2")),
            ("V1.0__create", Some("1")),
            ("1.2", Some("1.2")),
            ("1.2.create", Some("1.2")),
            ("1.10_create", Some("1.10")),
            ("1.2nd", Some("1")),
            ("2024-05-01-120000_create", Some("20240501120000")),
            ("2024-05-01-120000-0000_create", Some("202405011200000000")),
            ("0001-2-things", Some("1")),
            ("20240501120000_create__again", Some("20240501120000")),
            ("create", None),
            ("Vcreate", None),
            ("", None),
        ] {
            assert_eq!(version_of(name).as_deref(), expected, "{name}");
        }
    }
}
