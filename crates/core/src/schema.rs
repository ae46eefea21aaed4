use std::borrow::Cow;
use std::fmt;

use crate::Digest;
use crate::sorted::sort_by;

/// What a database consists of: its tables, indexes, triggers and views, each with a checksum of the
/// SQL that `sqlite_schema` has of it. Wheatear's own tables and SQLite's are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    objects: Cow<'static, [SchemaObject]>,
}

/// One table, index, trigger or view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SchemaObject {
    /// `table`, `index`, `trigger` or `view`.
    pub kind: Cow<'static, str>,
    /// Its name.
    pub name: Cow<'static, str>,
    /// Checksum of the SQL that creates it.
    pub checksum: Digest,
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
        Self { kind: kind.into(), name: name.into(), checksum: Digest::of_schema(sql) }
    }

    /// What `migrations!` expands to.
    #[doc(hidden)]
    pub const fn embedded(kind: &'static str, name: &'static str, checksum: [u8; 32]) -> Self {
        Self { kind: Cow::Borrowed(kind), name: Cow::Borrowed(name), checksum: Digest::from_bytes(checksum) }
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
            let (object, change) = match (last(false), last(true)) {
                (Some(expected), None) => (expected, SchemaChange::Missing),
                (None, found) => (found?, SchemaChange::Unexpected),
                (Some(expected), Some(found)) if expected.checksum != found.checksum => {
                    (expected, SchemaChange::Different)
                }
                _ => return None,
            };
            Some(SchemaDifference { kind: object.kind.to_string(), name: object.name.to_string(), change })
        };
        objects.chunk_by(|(one, ..), (other, ..)| one == other).filter_map(difference).collect()
    }
}

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
