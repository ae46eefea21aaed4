use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::Digest;

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
        objects.sort_unstable();
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

    /// How `found` differs from this schema, by kind and name; empty if it does not.
    pub fn differences(&self, found: &Self) -> Vec<SchemaDifference> {
        type Key<'a> = (&'a str, &'a str);
        let mut objects: BTreeMap<Key<'_>, [Option<Digest>; 2]> = BTreeMap::new();
        for (side, schema) in [self, found].into_iter().enumerate() {
            for object in schema.objects() {
                objects.entry((&object.kind, &object.name)).or_default()[side] = Some(object.checksum);
            }
        }
        let difference = |((kind, name), [expected, found]): (Key<'_>, [Option<Digest>; 2])| {
            let change = match (expected, found) {
                (Some(_), None) => SchemaChange::Missing,
                (None, _) => SchemaChange::Unexpected,
                (expected, found) if expected != found => SchemaChange::Different,
                _ => return None,
            };
            Some(SchemaDifference { kind: kind.to_owned(), name: name.to_owned(), change })
        };
        objects.into_iter().filter_map(difference).collect()
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
    fn order_comments_and_white_space_do_not_matter() {
        let one = schema(&[("table", "a", "CREATE TABLE a (b)"), ("index", "i", "CREATE INDEX i ON a (b)")]);
        let same = schema(&[("index", "i", "CREATE INDEX i\nON a(b)"), ("table", "a", "CREATE TABLE a (b /* c */)")]);
        assert_eq!(one.differences(&same), []);
        assert_eq!(one.fingerprint(), same.fingerprint());
    }
}
