//! Headers of a migration file: the comment lines before its first statement that say `-- key: value`.
//!
//! The format is yoyo's: `-- depends: 0001.create 0002.users`, once or repeated. A comment whose key
//! is nearly a known one is an error, because a misspelt `depends` would go unnoticed until an
//! upgrade runs in the wrong order; any other comment is a comment.

use crate::DefinitionErrorKind;
use crate::sql_text::{leading_comments, line_at};

const DEPENDS: &str = "depends";
const TRANSACTIONAL: &str = "transactional";

/// What the headers of one file say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Ids this migration depends on, in the order written, each with its line (counted from 1).
    pub depends: Vec<(String, usize)>,
}

impl Header {
    /// Reads the headers of a migration file's text.
    ///
    /// # Errors
    /// The line (counted from 1) and what is wrong with it: an unknown key that looks like a known
    /// one, or a value that cannot be read.
    pub fn parse(text: &str) -> Result<Self, (usize, DefinitionErrorKind)> {
        let mut header = Self::default();
        for (offset, comment) in leading_comments(text) {
            let Some((key, value)) = comment.split_once(':') else { continue };
            let line = line_at(text, offset);
            header
                .read(key.trim(), value.trim(), line)
                .map_err(|why| (line, DefinitionErrorKind::InvalidHeader(why)))?;
        }
        Ok(header)
    }

    fn read(&mut self, key: &str, value: &str, line: usize) -> Result<(), String> {
        match key {
            DEPENDS => {
                if value.contains(',') {
                    return Err(format!("`-- depends: {value}`: separate ids by spaces, not commas"));
                }
                self.depends.extend(value.split_whitespace().map(|id| (id.to_owned(), line)));
                Ok(())
            }
            TRANSACTIONAL => match value {
                "true" => Ok(()),
                "false" => Err("`-- transactional: false` is not supported yet: every migration runs in a transaction; remove the line".to_owned()),
                _ => Err(format!("`-- transactional: {value}`: the value must be `true` or `false`")),
            },
            _ => match [DEPENDS, TRANSACTIONAL].into_iter().find(|known| is_near_miss(key, known)) {
                Some(known) => Err(format!("`-- {key}:` looks like the header `-- {known}:`; write it so, or reword the comment")),
                None => Ok(()),
            },
        }
    }
}

/// `depend`, `Depends`, `depends-on` for `depends`; but not `details`.
fn is_near_miss(key: &str, known: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let stem = &known[..known.len() - 1];
    let is_one_word = !key.contains(char::is_whitespace);
    is_one_word && (key.starts_with(stem) || strsim::damerau_levenshtein(&key, known) <= 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn depends(text: &str) -> Vec<(String, usize)> {
        Header::parse(text).expect("a readable header").depends
    }

    fn refusal(text: &str) -> (usize, String) {
        let (line, kind) = Header::parse(text).expect_err("an unreadable header");
        (line, kind.to_string())
    }

    #[test]
    fn depends_is_a_list_and_may_be_repeated() {
        let text = "-- depends: a  b\n\n  --depends:c\r\n-- depends:\nSELECT 1;";
        assert_eq!(depends(text), [("a".into(), 1), ("b".into(), 1), ("c".into(), 3)]);
    }

    #[test]
    fn headers_end_at_the_first_statement() {
        assert_eq!(depends("SELECT 1;\n-- depends: a"), []);
        assert_eq!(depends("SELECT 1 -- depends: a"), []);
    }

    #[test]
    fn nothing_but_a_statement_ends_the_headers() {
        for before in ["", "\n\n", "/* licence,\n two lines */\n", ";\n", "\u{feff}", "-- a comment\r\n"] {
            let text = format!("{before}-- depends: a\r\nSELECT 1");
            let line = 1 + before.matches('\n').count();
            assert_eq!(depends(&text), [("a".to_owned(), line)], "{text:?}");
        }
    }

    #[test]
    fn any_other_comment_is_a_comment() {
        assert_eq!(depends("-- Adds what depends on: nothing\n-- see: RFC 3339\n--\n-- details: none\nSELECT 1"), []);
    }

    #[test]
    fn near_misses_name_the_header_that_was_meant() {
        for text in ["-- depend: a", "-- Depends: a", "-- depens: a", "-- depends-on: a", "-- dpeends: a"] {
            let (line, message) = refusal(&format!("\n{text}\nSELECT 1"));
            assert_eq!(line, 2, "{text}");
            assert!(message.contains("`-- depends:`"), "{message}");
        }
        assert!(refusal("-- transaction: false").1.contains("`-- transactional:`"));
    }

    #[test]
    fn unreadable_values_are_refused() {
        assert!(refusal("-- depends: a, b").1.contains("spaces"));
        assert!(refusal("-- transactional: no").1.contains("`true` or `false`"));
        assert!(refusal("-- transactional: false").1.contains("not supported yet"));
        assert_eq!(depends("-- transactional: true"), []);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = Header::parse(&text);
        }

        #[test]
        fn reads_back_what_was_written(ids in proptest::collection::vec("[a-z0-9.ä-]{1,8}", 0..6)) {
            let text: String = ids.iter().map(|id| format!("-- depends: {id}\n")).collect();
            let read: Vec<String> = depends(&text).into_iter().map(|(id, _)| id).collect();
            prop_assert_eq!(read, ids);
        }
    }
}
