use std::fmt;

/// The name of a database within a web page's origin. Case counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DatabaseName(String);

/// A database cannot be called this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database cannot be called {name:?}: {reason}")]
#[non_exhaustive]
pub struct InvalidDatabaseName {
    /// The name as it was given.
    pub name: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl DatabaseName {
    /// Longest name, in bytes of UTF-8: percent-encoded it still fits the 255 bytes of a file name.
    pub const MAX_BYTES: usize = 80;

    /// Checks a name.
    ///
    /// # Errors
    /// If it is empty, longer than [`Self::MAX_BYTES`], or has control characters.
    pub fn new(name: &str) -> Result<Self, InvalidDatabaseName> {
        let reason = if name.is_empty() {
            "the name is empty"
        } else if name.len() > Self::MAX_BYTES {
            "the name is longer than 80 bytes of UTF-8"
        } else if name.contains(char::is_control) {
            "the name contains a control character"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(InvalidDatabaseName { name: name.to_owned(), reason })
    }

    /// The name as a folder: all but lower-case ASCII letters, digits, `-` and `_` is percent-encoded,
    /// so that no name can lead elsewhere, and no file system that ignores case (macOS's) or folds
    /// Unicode makes one folder of two names.
    pub fn folder(&self) -> String {
        self.0
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
                _ => format!("%{byte:02x}"),
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

    /// The databases of users lie in these folders: another encoding would lose them.
    #[test]
    fn the_folders_of_known_names_never_change() {
        for (name, expected) in [
            ("weather", "weather"),
            ("Weather-2_b", "%57eather-2_b"),
            ("..", "%2e%2e"),
            ("a/b\\c%", "a%2fb%5cc%25"),
            ("Wetter ☀", "%57etter%20%e2%98%80"),
        ] {
            assert_eq!(folder(name), expected);
        }
    }

    #[test]
    fn names_that_differ_only_by_case_have_folders_that_differ_by_more() {
        assert_ne!(folder("A").to_lowercase(), folder("a").to_lowercase());
        assert_ne!(folder("%41").to_lowercase(), folder("A").to_lowercase());
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
