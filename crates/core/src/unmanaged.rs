//! Whether something other than the migrations has made a database that records none of them: its tables may be
//! those that the migrations would create once more, or drop.

use std::collections::BTreeSet;
use std::fmt;
use std::iter::Peekable;

use crate::SetDefinition;
use crate::foreign_record::ForeignRecord;
use crate::migration::Body;
use crate::sorted::set_of;
use crate::statements::statements;
use crate::tokens::{Token, TokenKind, tokens};

/// What a database that records no applied migration has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Names of its tables and views.
    pub names: Vec<String>,
    /// Columns of the table `migrations`, if there is one: so many call it so that its name does not tell whose it is.
    pub columns_of_migrations: Vec<String>,
    /// `PRAGMA user_version`.
    pub user_version: i64,
}

/// What shows that something other than the migrations has made a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trace {
    /// A table or view that these migrations make, or drop.
    Table(String),
    /// The record that another tool keeps of its migrations.
    Record {
        /// Whose.
        tool: &'static str,
        /// The table it is in.
        table: String,
    },
    /// `PRAGMA user_version` is above 0: where some tools keep the version of the schema.
    UserVersion(i64),
}

/// The last parts of the names of Wheatear's tables: any prefix may come before.
const OUR_TABLES: [&str; 4] = ["_wheatear_ledger", "_wheatear_migration", "_wheatear_log", "_wheatear_request"];

fn is_ours(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("_wheatear_") || OUR_TABLES.iter().any(|table| lower.ends_with(table))
}

impl Contents {
    /// What of it these migrations would do again, or undo, and what says that other ones were applied; nothing if
    /// they may begin. Tables that they do not speak of are no reason.
    pub fn traces(&self, set: &SetDefinition) -> Vec<Trace> {
        let is_shared = self.names.iter().any(|name| is_ours(name));
        let made = names_made(set);
        let mut traces = Vec::new();
        let mut is_empty = true;
        for name in self.names.iter().filter(|name| !is_ours(name)) {
            is_empty = false;
            let lower = name.to_ascii_lowercase();
            if made.contains(&lower) {
                traces.push(Trace::Table(name.clone()));
            } else if let Some(tool) = self.tool(&lower) {
                traces.push(Trace::Record { tool, table: name.clone() });
            }
        }
        // Another set of migrations that shares the database may have set it.
        if self.user_version > 0 && !is_empty && !is_shared {
            traces.push(Trace::UserVersion(self.user_version));
        }
        traces
    }

    /// Whose record a table is, by its name in lower case.
    fn tool(&self, name: &str) -> Option<&'static str> {
        if name == "migrations" {
            let columns: Vec<String> =
                self.columns_of_migrations.iter().map(|name| name.to_ascii_lowercase()).collect();
            if columns != ["id", "name", "up", "down"] {
                return None;
            }
        }
        ForeignRecord::of_table(name).next().map(ForeignRecord::tool)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(name) => write!(f, "\"{name}\", which these migrations make"),
            Self::Record { tool, table } => write!(f, "\"{table}\", the record of {tool}"),
            Self::UserVersion(version) => write!(f, "the user_version {version}"),
        }
    }
}

/// The tables and views that the migrations create, rename to or drop, also those that later ones drop again; in
/// lower case. Those that code makes cannot be known.
fn names_made(set: &SetDefinition) -> BTreeSet<String> {
    let ups = set.iter().filter_map(|migration| match migration.body() {
        Body::Sql { up, .. } => Some(up),
        Body::Code { .. } => None,
    });
    let scripts = ups.chain(set.hooks().iter().map(|hook| &hook.script));
    set_of(scripts.flat_map(|script| statements(&script.sql)).filter_map(|(_, statement)| name_made(statement)))
}

/// The name of the table or view that a statement creates, renames to or drops, in lower case. To alter one does not
/// count: that fails where it was done before.
///
/// Source: <https://www.sqlite.org/lang_createtable.html>, <https://www.sqlite.org/lang_altertable.html>,
/// <https://www.sqlite.org/lang_droptable.html>
fn name_made(statement: &str) -> Option<String> {
    let mut tokens = tokens(statement).peekable();
    let verb = tokens.next()?;
    if verb.is_word("ALTER") {
        tokens.next_if(|token| token.is_word("TABLE"))?;
        qualified_name(&mut tokens)?;
        tokens.next_if(|token| token.is_word("RENAME"))?;
        tokens.next_if(|token| token.is_word("TO"))?;
        return name(&mut tokens);
    }
    if !(verb.is_word("CREATE") || verb.is_word("DROP")) {
        return None;
    }
    tokens.next_if(|token| token.is_word("VIRTUAL"));
    // Not what is temporary.
    tokens.next_if(|token| token.is_word("TABLE") || token.is_word("VIEW"))?;
    if tokens.next_if(|token| token.is_word("IF")).is_some() {
        tokens.next_if(|token| token.is_word("NOT"));
        tokens.next_if(|token| token.is_word("EXISTS"));
    }
    qualified_name(&mut tokens)
}

/// A name of the main database, that of the schema left out.
fn qualified_name<'sql>(tokens: &mut Peekable<impl Iterator<Item = Token<'sql>>>) -> Option<String> {
    let first = name(tokens)?;
    if tokens.next_if(|token| token.kind == TokenKind::Dot).is_none() {
        return Some(first);
    }
    name(tokens).filter(|_| first == "main")
}

/// A bare or quoted name. One with doubled quotes in it comes in pieces.
fn name<'sql>(tokens: &mut Peekable<impl Iterator<Item = Token<'sql>>>) -> Option<String> {
    let first = tokens.next_if(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))?;
    if first.kind == TokenKind::Word {
        return Some(first.text.to_ascii_lowercase());
    }
    let (mut end, mut name) = (first.end(), unquoted(first.text).to_owned());
    while let Some(piece) = tokens.next_if(|token| token.kind == TokenKind::Quoted && token.start == end) {
        name.push_str(&piece.text[..1]);
        name.push_str(unquoted(piece.text));
        end = piece.end();
    }
    Some(name.to_ascii_lowercase())
}

fn unquoted(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceFile;

    fn set(texts: &[&str]) -> SetDefinition {
        let file =
            |(index, text): (usize, &&str)| SourceFile { path: format!("{index}.sql"), text: (*text).to_owned() };
        SetDefinition::from_files(texts.iter().enumerate().map(file)).expect("a valid set")
    }

    fn traces(texts: &[&str], names: &[&str], user_version: i64) -> Vec<String> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let contents = Contents { names, user_version, ..Contents::default() };
        contents.traces(&set(texts)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_table_called_migrations_is_a_record_if_it_has_the_columns_of_one() {
        let traces = |columns: &[&str], create: &str| {
            let columns_of_migrations = columns.iter().map(|name| (*name).to_owned()).collect();
            let names = vec!["Migrations".to_owned()];
            let traces = Contents { names, columns_of_migrations, user_version: 0 }.traces(&set(&[create]));
            traces.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let record = ["id", "name", "up", "down"];
        let found = ["\"Migrations\", the record of sqlite for Node.js"];
        assert_eq!(traces(&record, "CREATE TABLE todo (id);"), found);
        assert_eq!(traces(&["id", "bird", "month"], "CREATE TABLE todo (id);"), Vec::<String>::new());
        let ours = ["\"Migrations\", which these migrations make"];
        assert_eq!(traces(&record, "CREATE TABLE migrations (id);"), ours);
    }

    #[test]
    fn a_table_that_has_our_name_in_its_middle_is_the_applications() {
        let create = ["CREATE TABLE w_wheatear_x (a);"];
        assert_eq!(traces(&create, &["w_wheatear_x"], 0), ["\"w_wheatear_x\", which these migrations make"]);
        assert_eq!(traces(&create, &["other_wheatear_x"], 3), ["the user_version 3"]);
    }

    #[test]
    fn statements_tell_which_table_they_make_or_drop_and_others_none() {
        for (statement, expected) in [
            ("CREATE TABLE Weather (t)", Some("weather")),
            ("-- c\ncreate table if not exists \"Wea\"\"ther\" (t)", Some("wea\"ther")),
            ("CREATE TABLE main.[a b] AS SELECT 1", Some("a b")),
            ("CREATE VIRTUAL TABLE IF NOT EXISTS `f` USING fts5 (d)", Some("f")),
            ("CREATE VIEW 'v' AS SELECT 1", Some("v")),
            ("DROP TABLE IF EXISTS weather", Some("weather")),
            ("drop view v", Some("v")),
            ("ALTER TABLE a RENAME TO B", Some("b")),
            ("ALTER TABLE main.a RENAME TO b", Some("b")),
            ("ALTER TABLE a RENAME COLUMN b TO c", None),
            ("ALTER TABLE a RENAME b TO c", None),
            ("ALTER TABLE a ADD COLUMN b", None),
            ("CREATE TEMP TABLE a (b)", None),
            ("CREATE TABLE temp.a (b)", None),
            ("CREATE INDEX i ON a (b)", None),
            ("DROP INDEX i", None),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DROP TABLE b; END", None),
            ("SELECT 'CREATE TABLE a (b)'", None),
            ("CREATE TABLE", None),
            ("CREATE TABLE \"", Some("")),
        ] {
            assert_eq!(name_made(statement).as_deref(), expected, "{statement}");
        }
    }

    #[test]
    fn tables_that_the_migrations_make_are_found_also_those_that_later_ones_drop() {
        let texts = [
            "CREATE TABLE weather (t);",
            "CREATE TABLE new (t, u); INSERT INTO new SELECT t, 0 FROM weather; DROP TABLE weather;
             ALTER TABLE new RENAME TO station;",
        ];
        assert_eq!(traces(&texts, &["Weather", "other"], 0), ["\"Weather\", which these migrations make"]);
        assert_eq!(traces(&texts, &["station"], 0), ["\"station\", which these migrations make"]);
        assert_eq!(traces(&texts, &["other", "weather_old"], 0), Vec::<String>::new());
        assert_eq!(traces(&texts, &[], 0), Vec::<String>::new());
    }

    #[test]
    fn records_of_other_tools_are_found_and_our_own_tables_are_none() {
        let create = ["CREATE TABLE todo (id);"];
        assert_eq!(
            traces(
                &create,
                &["todo", "__drizzle_migrations", "SequelizeMeta", "gorp_migrations", "_wheatear_request"],
                0
            ),
            [
                "\"todo\", which these migrations make",
                "\"__drizzle_migrations\", the record of Drizzle",
                "\"SequelizeMeta\", the record of Sequelize",
                "\"gorp_migrations\", the record of sql-migrate",
            ]
        );
        assert_eq!(traces(&create, &["_wheatear_ledger", "_wheatear_migration", "_wheatear_request"], 0).len(), 0);
    }

    #[test]
    fn a_user_version_counts_where_there_are_tables_and_no_other_set_that_may_have_set_it() {
        let create = ["CREATE TABLE todo (id);"];
        assert_eq!(traces(&create, &["other"], 3), ["the user_version 3"]);
        assert_eq!(traces(&create, &[], 3).len(), 0);
        assert_eq!(traces(&create, &["other"], -1).len(), 0);
        assert_eq!(traces(&create, &["other", "shop_wheatear_ledger"], 3).len(), 0);
    }
}
