use std::fmt;

use wheatear_core::{DefinitionError, DefinitionErrorKind};

/// The name of a database within a web page's origin. Case counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DatabaseName(String);

impl DatabaseName {
    /// Longest name, in bytes of UTF-8: percent-encoded it still fits the 255 bytes of a file name.
    pub const MAX_BYTES: usize = 80;

    /// Checks a name.
    ///
    /// # Errors
    /// `invalid_name` if it is empty, longer than [`Self::MAX_BYTES`], or has control characters.
    pub fn new(name: &str) -> Result<Self, DefinitionError> {
        let why = if name.is_empty() {
            "it is empty"
        } else if name.len() > Self::MAX_BYTES {
            "it is longer than 80 bytes of UTF-8"
        } else if name.contains(char::is_control) {
            "it contains a control character"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(DefinitionError {
            file: format!("database {name:?}"),
            line: 1,
            kind: DefinitionErrorKind::InvalidName(format!("this name cannot be used: {why}")),
        })
    }

    /// The name as a folder: all but ASCII letters, digits, `-` and `_` is percent-encoded, so that
    /// no name can lead elsewhere and no file system folds two into one by Unicode rules.
    pub fn folder(&self) -> String {
        self.0
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    }
}

impl fmt::Display for DatabaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> String {
        DatabaseName::new(name).expect("a valid name").folder()
    }

    #[test]
    fn no_name_leads_out_of_its_folder() {
        assert_eq!(folder("weather"), "weather");
        assert_eq!(folder(".."), "%2E%2E");
        assert_eq!(folder("a/b\\c%"), "a%2Fb%5Cc%25");
        assert_eq!(folder("Wetter ☀"), "Wetter%20%E2%98%80");
    }

    #[test]
    fn the_longest_name_fits_a_file_name() {
        assert_eq!(folder(&"ß".repeat(40)).len(), 240);
    }

    #[test]
    fn unusable_names_are_refused_with_the_reason() {
        for (name, why) in [("", "empty"), ("a\nb", "control"), (&"x".repeat(81), "80 bytes")] {
            let message = DatabaseName::new(name).expect_err("an unusable name").to_string();
            assert!(message.contains(why), "{message}");
        }
    }
}
