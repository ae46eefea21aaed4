//! Names of SQL as TypeScript can have them.

use std::collections::BTreeSet;

/// The name of a type: `weather_node` makes `WeatherNode`.
pub(crate) fn type_name(name: &str) -> String {
    let mut made = String::new();
    let mut begins = true;
    for character in name.chars() {
        let is_letter = is_letter(character);
        match is_letter || character.is_ascii_digit() {
            true if begins => made.extend(character.to_uppercase()),
            true => made.push(character),
            false => {}
        }
        begins = !is_letter && !character.is_ascii_digit();
    }
    let is_fine =
        made.starts_with(|first: char| first.is_ascii_alphabetic() || (first.is_uppercase() && is_letter(first)));
    if is_fine { made } else { format!("Table{made}") }
}

/// A letter that an identifier may have. Letters in circles are none to JavaScript.
fn is_letter(character: char) -> bool {
    let is_circled = matches!(character, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}');
    character.is_alphabetic() && !is_circled
}

/// The name of a property, in quotes if it needs them.
pub(crate) fn property(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '$'))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$'));
    if is_plain { name.to_owned() } else { string(name) }
}

/// A string of TypeScript in quotes.
pub(crate) fn string(text: &str) -> String {
    let mut quoted = String::from("'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\u{2028}' | '\u{2029}' | '\u{feff}' => quoted.push_str(&format!("\\u{:04x}", character as u32)),
            character if character.is_control() => quoted.push_str(&format!("\\u{:04x}", character as u32)),
            character => quoted.push(character),
        }
    }
    quoted + "'"
}

/// Names of types that a file has already.
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    /// With those that are something else there.
    pub fn new(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// A name that can be had, with each of these behind it, too; it has a number if others have the name.
    pub fn take(&mut self, name: &str, ends: &[&str]) -> String {
        let numbered = (1..).map(|number: usize| if number == 1 { name.to_owned() } else { format!("{name}{number}") });
        let is_free = |name: &String| ends.iter().all(|end| !self.0.contains(&format!("{name}{end}")));
        let name = numbered.into_iter().find(is_free).unwrap_or_default();
        self.0.extend(ends.iter().map(|end| format!("{name}{end}")));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_that_typescript_takes() {
        for (name, expected) in [
            ("weather_node", "WeatherNode"),
            ("weather node-2", "WeatherNode2"),
            ("WeatherNode", "WeatherNode"),
            ("2nd", "Table2nd"),
            ("größe", "Größe"),
            ("ärger", "Ärger"),
            ("☀", "Table"),
            ("天気", "Table天気"),
            ("ⓐb", "B"),
        ] {
            assert_eq!(type_name(name), expected);
        }
    }

    #[test]
    fn properties_have_quotes_where_they_need_them() {
        assert_eq!(
            ["a_1$", "class", "1a", "a b", "it's", "a\\\n"].map(property),
            ["a_1$", "class", "'1a'", "'a b'", "'it\\'s'", "'a\\\\\\n'"]
        );
    }

    #[test]
    fn no_two_types_have_one_name() {
        let mut taken = Taken::new(&["Database"]);
        let ends = &["", "Insert"];
        assert_eq!(
            ["A", "A", "AInsert", "Database"].map(|name| taken.take(name, ends)),
            ["A", "A2", "AInsert2", "Database2"]
        );
    }
}
