//! Headers of a migration file: the comment lines before its first statement that say `-- key: value`.
//!
//! | header | says |
//! | --- | --- |
//! | `-- depends: 0001.create 0002.users` | these must be applied before; may be repeated |
//! | `-- was: 0002.users` | ids that it had before, by which `rename.rs` finds it in a ledger; may be repeated |
//! | `-- was: 0001.create, 0002.users` | ids of the migrations that it replaces, all of them; may be repeated |
//! | `-- transactional: false` | runs outside of a transaction, for `VACUUM` and its like; again if it is cut short |
//! | `-- foreign_keys: on` | foreign keys are enforced while it runs |
//! | `-- compatible: true` | code that does not know this migration may go on using the database |
//! | `-- accepted-checksums: 2f30…` | databases that applied it with this checksum need not apply it again; may be repeated |
//!
//! `depends` and `transactional` are yoyo's. A comment whose key is nearly a known one is an error, because a
//! misspelt `depends` would go unnoticed until an upgrade runs in the wrong order; any other comment
//! is a comment. So is `-- lint: allow ID reason`, which the lints read.

use crate::sql_text::{leading_comments, line_at};
use crate::{DefinitionErrorKind, Digest};

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Depends,
    Was,
    Transactional,
    ForeignKeys,
    Compatible,
    AcceptedChecksums,
}

impl Key {
    const ALL: [Self; 6] =
        [Self::Depends, Self::Was, Self::Transactional, Self::ForeignKeys, Self::Compatible, Self::AcceptedChecksums];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Depends => "depends",
            Self::Was => "was",
            Self::Transactional => "transactional",
            Self::ForeignKeys => "foreign_keys",
            Self::Compatible => "compatible",
            Self::AcceptedChecksums => "accepted-checksums",
        }
    }
}

/// What the headers of one file say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Ids this migration depends on, in the order written, each with its line (counted from 1).
    pub depends: Vec<(String, usize)>,
    /// Ids under which databases may have recorded this migration, each with its line. With commas in it: the ids of
    /// those that it replaces, of which a database has all.
    pub was: Vec<(String, usize)>,
    /// Whether it runs in a transaction. By default it does.
    pub transactional: bool,
    /// Whether foreign keys are enforced while it runs. By default they are not.
    pub foreign_keys: bool,
    /// Whether code that does not know this migration may go on using the database. By default it may not.
    pub compatible: bool,
    /// Checksums of earlier texts of this migration that count as applied too.
    pub accepted_checksums: Vec<Digest>,
    /// The headers there are, each with its line.
    pub(crate) keys: Vec<(Key, usize)>,
}

impl Default for Header {
    /// What a file without headers says.
    fn default() -> Self {
        Self {
            depends: Vec::new(),
            was: Vec::new(),
            transactional: true,
            foreign_keys: false,
            compatible: false,
            accepted_checksums: Vec::new(),
            keys: Vec::new(),
        }
    }
}

impl Header {
    /// Reads the headers of a migration file's text.
    ///
    /// # Errors
    /// The line (counted from 1) and what is wrong with it: an unknown key that looks like a known
    /// one, a value that cannot be read, a switch that is there twice.
    pub fn parse(text: &str) -> Result<Self, (usize, DefinitionErrorKind)> {
        let mut header = Self::default();
        for (offset, comment) in leading_comments(text) {
            let line = line_at(text, offset);
            let Some((key, value)) = comment.split_once(':') else {
                check_separator(comment).map_err(|why| (line, DefinitionErrorKind::InvalidHeader(why)))?;
                continue;
            };
            header
                .read(key.trim(), value.trim(), line)
                .map_err(|why| (line, DefinitionErrorKind::InvalidHeader(why)))?;
        }
        Ok(header)
    }

    fn read(&mut self, name: &str, value: &str, line: usize) -> Result<(), String> {
        let Some(key) = Key::ALL.into_iter().find(|key| key.as_str() == name) else {
            return match Key::ALL.into_iter().find(|key| is_near_miss(name, key.as_str())) {
                Some(key) => Err(format!(
                    "`-- {name}:` looks like the header `-- {}:`; write it so, or reword the comment",
                    key.as_str()
                )),
                None => Ok(()),
            };
        };
        let is_list = matches!(key, Key::Depends | Key::Was | Key::AcceptedChecksums);
        if !is_list && self.keys.iter().any(|(other, _)| *other == key) {
            return Err(format!("`-- {name}:` is there twice; remove one"));
        }
        if is_list && key != Key::Was && value.contains(',') {
            return Err(format!("`-- {name}: {value}`: separate them by spaces, not commas"));
        }
        self.keys.push((key, line));
        let wrong = |needed: &str| format!("`-- {name}: {value}`: the value must be {needed}");
        let switch = |on: &str, off: &str| match value {
            _ if value == on => Ok(true),
            _ if value == off => Ok(false),
            _ => Err(wrong(&format!("`{on}` or `{off}`"))),
        };
        match key {
            Key::Depends => self.depends.extend(value.split_whitespace().map(|id| (id.to_owned(), line))),
            Key::Was if value.is_empty() => return Err(wrong("the id that it had before")),
            Key::Was if value.contains(',') => {
                let ids: Vec<&str> = value.split(',').map(str::trim).collect();
                if ids.iter().any(|id| id.is_empty() || id.contains(char::is_whitespace)) {
                    return Err(wrong(
                        "an id; several that it had, with spaces between them; or those that it replaces, with a comma between each two",
                    ));
                }
                self.was.push((ids.join(","), line));
            }
            Key::Was => self.was.extend(value.split_whitespace().map(|id| (id.to_owned(), line))),
            Key::Transactional => self.transactional = switch("true", "false")?,
            Key::ForeignKeys => self.foreign_keys = switch("on", "off")?,
            Key::Compatible => self.compatible = switch("true", "false")?,
            Key::AcceptedChecksums => {
                for checksum in value.split_whitespace() {
                    let checksum = checksum.parse().map_err(|_| wrong("checksums of 64 hexadecimal digits"))?;
                    self.accepted_checksums.push(checksum);
                }
            }
        }
        Ok(())
    }
}

/// Refuses `-- compatible = true`.
fn check_separator(comment: &str) -> Result<(), String> {
    let name = comment.split('=').next().unwrap_or_default().trim();
    match Key::ALL.into_iter().find(|key| comment.contains('=') && key.as_str() == name) {
        Some(_) => Err(format!("`-- {}` looks like a header; write `-- {name}: …`", comment.trim())),
        None => Ok(()),
    }
}

/// `depend`, `Depends`, `depends on` for `depends`; but not `details`, and no sentence.
fn is_near_miss(key: &str, known: &str) -> bool {
    let words: Vec<&str> = key.split_whitespace().collect();
    let key = words.join("_").to_ascii_lowercase();
    // Of short words too many others are near.
    if known.len() <= 3 {
        return key == known;
    }
    let stem = &known[..known.len() - 2];
    words.len() <= 2 && (key.starts_with(stem) || strsim::osa_distance(&key, known) <= 2)
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
    fn old_ids_stand_for_themselves_or_with_commas_for_all_of_them() {
        let header = Header::parse("-- was: a b\n-- was: c ,d,  e\nSELECT 1").expect("a readable header");
        assert_eq!(header.was, [("a".into(), 1), ("b".into(), 1), ("c,d,e".into(), 2)]);
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
        assert_eq!(
            depends(
                "-- Adds what depends on: nothing\n-- see: RFC 3339\n--\n-- details: none\n-- why: has: is: as\nSELECT 1"
            ),
            []
        );
    }

    #[test]
    fn near_misses_name_the_header_that_was_meant() {
        for text in ["-- depend: a", "-- Depends: a", "-- depens: a", "-- depends-on: a", "-- dpeends: a"] {
            let (line, message) = refusal(&format!("\n{text}\nSELECT 1"));
            assert_eq!(line, 2, "{text}");
            assert!(message.contains("`-- depends:`"), "{message}");
        }
        for (text, known) in [
            ("-- transaction: false", "transactional"),
            ("-- foreign-keys: on", "foreign_keys"),
            ("-- foreign_key: on", "foreign_keys"),
            ("-- foreign keys: on", "foreign_keys"),
            ("-- depends on: a", "depends"),
            ("-- Was: 1", "was"),
            ("-- compatibility: true", "compatible"),
            ("-- accepted-checksum: 00", "accepted-checksums"),
        ] {
            assert!(refusal(text).1.contains(&format!("`-- {known}:`")), "{text}");
        }
    }

    #[test]
    fn unreadable_values_are_refused() {
        assert!(refusal("-- depends: a, b").1.contains("spaces"));
        assert!(refusal("-- was: a, b c").1.contains("with a comma between each two"));
        assert!(refusal("-- was: a,").1.contains("with a comma between each two"));
        assert!(refusal("-- was:").1.contains("the id that it had before"));
        assert!(refusal("-- transactional: no").1.contains("`true` or `false`"));
        assert!(refusal("-- compatible: yes").1.contains("`true` or `false`"));
        assert!(refusal("-- foreign_keys: true").1.contains("`on` or `off`"));
        assert!(refusal("-- accepted-checksums: 12").1.contains("64 hexadecimal digits"));
        assert!(refusal("-- compatible = true").1.contains("write `-- compatible: …`"));
        assert_eq!(
            refusal("-- compatible: true\n-- compatible: false"),
            (2, "`-- compatible:` is there twice; remove one".to_owned())
        );
    }

    #[test]
    fn switches_have_a_default_and_can_be_set() {
        let header = Header::parse("SELECT 1").expect("no headers");
        assert_eq!((header.transactional, header.foreign_keys, header.compatible), (true, false, false));
        let checksum = Digest::of_code("1");
        let text = format!(
            "-- transactional: false\n-- foreign_keys: on\n-- compatible: true\n-- accepted-checksums: {checksum}"
        );
        let header = Header::parse(&text).expect("headers");
        assert_eq!((header.transactional, header.foreign_keys, header.compatible), (false, true, true));
        assert_eq!(header.accepted_checksums, [checksum]);
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
