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
    let starts_with_digit = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    let text = name.strip_prefix(['V', 'v', 'U']).filter(starts_with_digit).unwrap_or(name);
    if !starts_with_digit(&text) {
        return None;
    }
    let is_date = matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _, ..]);
    let number = match text.split_once("__") {
        Some((version, _)) if version.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '_') => {
            version.replace('_', ".")
        }
        _ if is_date => text.chars().take_while(|c| c.is_ascii_digit() || *c == '-').filter(|c| *c != '-').collect(),
        _ => {
            // `1.2.create`, and not `1.2nd`.
            let parts = text.split('.').take_while(|part| part.chars().all(|c| c.is_ascii_digit()));
            let whole = parts.collect::<Vec<_>>().join(".");
            let digits = || text.chars().take_while(char::is_ascii_digit).collect();
            if whole.is_empty() { digits() } else { whole }
        }
    };
    let mut parts: Vec<&str> = number.split('.').map(|part| part.trim_start_matches('0')).collect();
    while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Some(parts.iter().map(|part| if part.is_empty() { "0" } else { *part }).collect::<Vec<_>>().join("."))
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
            ("1.10_create", Some("1")),
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
