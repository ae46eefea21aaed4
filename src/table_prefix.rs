/// What the names of the ledger's tables begin with: `shop` makes `shop_wheatear_migration`. By default
/// it is empty.
///
/// Two sets of migrations that share a database need two prefixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TablePrefix(String);

/// The names of tables cannot begin like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{prefix:?} cannot be the prefix of a table: use ASCII letters, digits and _, not sqlite_ at the beginning")]
#[non_exhaustive]
pub struct InvalidTablePrefix {
    /// The prefix as it was given.
    pub prefix: String,
}

impl TablePrefix {
    /// Checks a prefix.
    ///
    /// # Errors
    /// If it has anything but ASCII letters, digits and `_`, or is SQLite's own.
    pub fn new(prefix: impl Into<String>) -> Result<Self, InvalidTablePrefix> {
        let prefix = prefix.into();
        let is_plain = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        // `sqlite` would do too: the name goes on with `_`.
        let is_reserved = prefix.to_ascii_lowercase().starts_with("sqlite");
        if is_plain && !is_reserved { Ok(Self(prefix)) } else { Err(InvalidTablePrefix { prefix }) }
    }

    /// The name of a table of the ledger, quoted.
    pub(crate) fn table(&self, name: &str) -> String {
        format!("main.\"{}_wheatear_{name}\"", self.0)
    }

    /// The same without quotes and schema.
    pub(crate) fn bare_table(&self, name: &str) -> String {
        format!("{}_wheatear_{name}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_plain_name_that_is_not_sqlites() {
        for fine in ["", "shop", "_1", "Shop_2"] {
            assert!(TablePrefix::new(fine).is_ok(), "{fine}");
        }
        for bad in ["a b", "a\"b", "ä", "sqlite", "SQLite_x"] {
            assert!(TablePrefix::new(bad).is_err(), "{bad}");
        }
    }
}
