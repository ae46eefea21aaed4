use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use crate::Digest;
use crate::schema_text::schema_text_difference;
use crate::sorted::sort_by;

/// What a database consists of: its tables, indexes, triggers and views, each with a checksum of the
/// SQL that `sqlite_schema` has of it. Wheatear's own tables and SQLite's are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    objects: Cow<'static, [SchemaObject]>,
}

/// One table, index, trigger or view. Equal are those of the same kind, name and checksum.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SchemaObject {
    /// `table`, `index`, `trigger` or `view`.
    pub kind: Cow<'static, str>,
    /// Its name.
    pub name: Cow<'static, str>,
    /// Checksum of the SQL that creates it.
    pub checksum: Digest,
    /// That SQL; `None` in a set that the compiler made, which has the checksums alone.
    pub sql: Option<String>,
}

/// An object that is not as the migrations make it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaDifference {
    /// `table`, `index`, `trigger` or `view`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is the matter with it.
    pub change: SchemaChange,
    /// Of one that is [`SchemaChange::Different`], the lines that differ, in unified format: `-` is what the migrations
    /// make, `+` what is there. `None` where the SQL of both is not known.
    pub lines: Option<String>,
}

/// How an object differs from what the migrations make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SchemaChange {
    /// The migrations make it, and it is not there.
    Missing,
    /// It is there, made by other SQL.
    Different,
    /// It is there, and no migration makes it.
    Unexpected,
}

impl SchemaObject {
    /// An object and the SQL that creates it, which is compared without comments and needless white space.
    pub fn new(kind: String, name: String, sql: &str) -> Self {
        Self { kind: kind.into(), name: name.into(), checksum: Digest::of_schema(sql), sql: Some(sql.to_owned()) }
    }

    /// What `migrations!` expands to.
    #[doc(hidden)]
    pub const fn embedded(kind: &'static str, name: &'static str, checksum: [u8; 32]) -> Self {
        Self { kind: Cow::Borrowed(kind), name: Cow::Borrowed(name), checksum: Digest::from_bytes(checksum), sql: None }
    }

    fn key(&self) -> (&str, &str, Digest) {
        (&self.kind, &self.name, self.checksum)
    }
}

impl PartialEq for SchemaObject {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for SchemaObject {}

impl PartialOrd for SchemaObject {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SchemaObject {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Schema {
    /// A schema of these objects.
    pub fn new(mut objects: Vec<SchemaObject>) -> Self {
        sort_by(&mut objects, Ord::cmp);
        Self { objects: objects.into() }
    }

    /// What `migrations!` expands to: sorted objects.
    #[doc(hidden)]
    pub const fn embedded(objects: &'static [SchemaObject]) -> Self {
        Self { objects: Cow::Borrowed(objects) }
    }

    /// The objects, by kind and name.
    pub fn objects(&self) -> &[SchemaObject] {
        &self.objects
    }

    /// Equal fingerprints mean equal schemas.
    pub fn fingerprint(&self) -> Digest {
        let keys: Vec<String> = self.objects.iter().map(|object| format!("{}\0{}", object.kind, object.name)).collect();
        Digest::of_applied(keys.iter().map(String::as_str).zip(self.objects.iter().map(|object| object.checksum)))
    }

    /// How `found` differs from this schema, by kind and name; empty if it does not. Upper and lower case of names
    /// count as the same, as they do in SQLite.
    pub fn differences<'a>(&'a self, found: &'a Self) -> Vec<SchemaDifference> {
        let key = |object: &'a SchemaObject| (&*object.kind, object.name.to_ascii_lowercase());
        let of =
            |schema: &'a Self, is_found| schema.objects().iter().map(move |object| (key(object), is_found, object));
        let mut objects: Vec<_> = of(self, false).chain(of(found, true)).collect();
        sort_by(&mut objects, |(one, ..), (other, ..)| one.cmp(other));
        let difference = |same: &[(_, bool, &SchemaObject)]| {
            let last =
                |wanted| same.iter().rev().find(|(_, is_found, _)| *is_found == wanted).map(|(.., object)| *object);
            let (object, change, lines) = match (last(false), last(true)) {
                (Some(expected), None) => (expected, SchemaChange::Missing, None),
                (None, found) => (found?, SchemaChange::Unexpected, None),
                (Some(expected), Some(found)) if expected.checksum != found.checksum => {
                    let texts = expected.sql.as_deref().zip(found.sql.as_deref());
                    let lines = texts.map(|(old, new)| schema_text_difference(&expected.kind, old, new));
                    (expected, SchemaChange::Different, lines)
                }
                _ => return None,
            };
            Some(SchemaDifference { kind: object.kind.to_string(), name: object.name.to_string(), change, lines })
        };
        objects.chunk_by(|(one, ..), (other, ..)| one == other).filter_map(difference).collect()
    }
}

impl SchemaDifference {
    /// All of these in words, and on lines below, what differs in those that are there and other than they should be.
    pub fn list(differences: &[Self]) -> String {
        let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
        let lines = differences.iter().filter_map(|difference| {
            let (Self { kind, name, .. }, lines) = (difference, difference.lines.as_ref()?.trim_end());
            Some(format!("\n--- {kind} \"{name}\" as the migrations make it\n+++ {kind} \"{name}\" as it is\n{lines}"))
        });
        words.join(", ") + &lines.collect::<String>()
    }
}

/// What is the matter, in a sentence; [`SchemaDifference::list`] shows the lines, too.
impl fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = match self.change {
            SchemaChange::Missing => "is missing",
            SchemaChange::Different => "is not as the migrations make it",
            SchemaChange::Unexpected => "is made by none of these migrations",
        };
        write!(f, "{} \"{}\" {change}", self.kind, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(objects: &[(&str, &str, &str)]) -> Schema {
        let object = |(kind, name, sql): &(&str, &str, &str)| SchemaObject::new((*kind).into(), (*name).into(), sql);
        Schema::new(objects.iter().map(object).collect())
    }

    #[test]
    fn differences_name_what_is_missing_changed_and_unexpected() {
        let expected = schema(&[("table", "a", "CREATE TABLE a (b)"), ("index", "i", "CREATE INDEX i ON a (b)")]);
        let found = schema(&[("table", "a", "CREATE TABLE a (b, c)"), ("view", "v", "CREATE VIEW v AS SELECT 1")]);
        let differences: Vec<String> = expected.differences(&found).iter().map(ToString::to_string).collect();
        assert_eq!(
            differences,
            [
                "index \"i\" is missing",
                "table \"a\" is not as the migrations make it",
                "view \"v\" is made by none of these migrations"
            ]
        );
        assert_ne!(expected.fingerprint(), found.fingerprint());
    }

    #[test]
    fn differences_in_a_list_show_the_lines_of_both_where_they_are_known() {
        let expected = schema(&[("table", "a", "CREATE TABLE a (b)"), ("index", "i", "CREATE INDEX i ON a (b)")]);
        let found = schema(&[("table", "a", "CREATE TABLE a (b, c)")]);
        let list = SchemaDifference::list(&expected.differences(&found));
        let words = "index \"i\" is missing, table \"a\" is not as the migrations make it";
        let lines = "--- table \"a\" as the migrations make it\n+++ table \"a\" as it is\n@@ -1,3 +1,4 @@\n \
                     CREATE TABLE a (\n-  b\n+  b,\n+  c\n )";
        assert_eq!(list, format!("{words}\n{lines}"));
        let object = SchemaObject { sql: None, ..SchemaObject::new("table".into(), "a".into(), "CREATE TABLE a (c)") };
        let embedded = Schema::new(vec![object]);
        let list = SchemaDifference::list(&embedded.differences(&found));
        assert_eq!(list, "table \"a\" is not as the migrations make it");
    }

    #[test]
    fn upper_and_lower_case_of_names_and_keywords_do_not_matter_but_in_strings() {
        let one = schema(&[("table", "w", "CREATE TABLE w (a TEXT DEFAULT 'x')")]);
        let same = schema(&[("table", "W", "CREATE TABLE \"W\" (A text default 'x')")]);
        assert_eq!((one.differences(&same), same.differences(&one)), (vec![], vec![]));
        let other = schema(&[("table", "W", "CREATE TABLE W (a TEXT DEFAULT 'X')")]);
        let expected = "table \"w\" is not as the migrations make it";
        assert_eq!(one.differences(&other).iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn order_comments_and_white_space_do_not_matter() {
        let one = schema(&[("table", "a", "CREATE TABLE a (b)"), ("index", "i", "CREATE INDEX i ON a (b)")]);
        let same = schema(&[("index", "i", "CREATE INDEX i\nON a(b)"), ("table", "a", "CREATE TABLE a (b /* c */)")]);
        assert_eq!(one.differences(&same), []);
        assert_eq!(one.fingerprint(), same.fingerprint());
    }
}
