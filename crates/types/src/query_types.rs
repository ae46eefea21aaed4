use std::collections::BTreeMap;

use rusqlite::Connection;
use wheatear_core::sql_text::next_statement;
use wheatear_core::tokens::{Token, TokenKind, tokens};

use crate::catalog::Catalog;
use crate::described::{Described, ResultColumn, describe};
use crate::named_query::{NamedQuery, QueryFault, QueryForm};
use crate::names::property;
use crate::placeholders::{Piece, pieces};
use crate::stand_ins::StandIns;

/// What is said of the queries of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryTypes {
    /// Types in TypeScript; empty without queries.
    pub text: String,
    /// Queries that call functions or compare by collations which SQLite lacks, by file and line: the application may give it
    /// those, so that only a page can tell whether they run. Everything else of them is checked, and what such a function
    /// gives is `unknown`.
    pub untried: Vec<QueryFault>,
}

/// TypeScript types of the rows and values of queries, of all files together: those of templates as members of the
/// interface `Queries` of the npm package, by which ``db.sql.name`…` `` knows them; for those of `.sql` files an object
/// `queries` of functions that make fragments.
///
/// ```
/// use wheatear_core::SourceFile;
/// use wheatear_types::{queries_in, query_types};
///
/// let database = rusqlite::Connection::open_in_memory()?;
/// database.execute_batch("CREATE TABLE node (addr INTEGER PRIMARY KEY, name TEXT)")?;
/// let file = SourceFile { path: "src/app.ts".into(), text: "db.sql.names`SELECT name FROM node WHERE addr > ${17}`".into() };
/// let types = query_types(&database, &queries_in(&file)?).map_err(|mut faults| faults.remove(0))?;
/// assert!(types.text.contains("    names: {\n      row: { name: string | null };\n      values: [number];\n    };\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Every query that SQLite does not compile against the schema of the database, whatever functions there are; that is several
/// statements or none, or has the name of another; by file and line.
pub fn query_types(connection: &Connection, queries: &[NamedQuery]) -> Result<QueryTypes, Vec<QueryFault>> {
    let Some(first) = queries.first() else { return Ok(QueryTypes::default()) };
    let catalog = Catalog::read(connection)
        .map_err(|error| vec![first.fault(None, format!("the schema of the database cannot be read: {error}"))])?;
    let mut faults = same_names(queries);
    let (mut templates, mut functions, mut untried) = (String::new(), String::new(), Vec::new());
    let mut sorted: Vec<&NamedQuery> = queries.iter().collect();
    sorted.sort_by_key(|query| &query.name);
    for query in sorted {
        let mut stand_ins = StandIns::on(connection);
        let text = check(connection, &catalog, query, &mut stand_ins).and_then(|(described, missed)| {
            untried.extend(missed);
            match query.form {
                QueryForm::Template => Ok((&mut templates, member(query, &described))),
                QueryForm::File => Ok((&mut functions, function(connection, query, &described)?)),
            }
        });
        match text {
            Ok((all, text)) => *all += &text,
            Err(fault) => faults.push(fault),
        }
    }
    sort(&mut faults);
    sort(&mut untried);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut text = String::new();
    if !functions.is_empty() {
        text += "import { sql } from 'wheatear';\n\n";
    }
    if !templates.is_empty() {
        // Without an import the compiler would not know what the declaration adds to.
        text += if functions.is_empty() { "import type {} from 'wheatear';\n\n" } else { "" };
        text += &format!("declare module 'wheatear' {{\n  interface Queries {{\n{templates}  }}\n}}\n");
    }
    if !functions.is_empty() {
        text += if templates.is_empty() { "" } else { "\n" };
        text += &format!("export const queries = {{\n{functions}}};\n");
    }
    Ok(QueryTypes { text, untried })
}

fn sort(faults: &mut [QueryFault]) {
    faults.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
}

/// Faults of queries that have the name of one before them.
fn same_names(queries: &[NamedQuery]) -> Vec<QueryFault> {
    let mut first: BTreeMap<&str, &NamedQuery> = BTreeMap::new();
    let mut faults = Vec::new();
    for query in queries {
        match first.get(query.name.as_str()) {
            Some(other) => {
                let (file, line) = (&other.file, other.line);
                faults.push(
                    query.fault(
                        None,
                        format!("{file}:{line} has a query of this name, too; give each a name of its own"),
                    ),
                );
            }
            None => drop(first.insert(&query.name, query)),
        }
    }
    faults
}

/// Compiles a query against the schema; and tells of what SQLite lacks for it, and the application may have.
fn check(
    connection: &Connection,
    catalog: &Catalog,
    query: &NamedQuery,
    stand_ins: &mut StandIns<'_>,
) -> Result<(Described, Option<QueryFault>), QueryFault> {
    if let Some(at) = query.sql.find('\0') {
        return Err(query.fault(Some(at), "there is a NUL character in it, at which SQLite would stop reading"));
    }
    let mut missed_at = None;
    let described = loop {
        match describe(connection, catalog, &query.sql) {
            Ok(described) => break described,
            Err(refused) if stand_ins.supply(&refused.message) => missed_at = missed_at.or(refused.offset),
            Err(refused) => {
                let offset = refused.offset.or_else(|| place_of_name(&query.sql, &refused.message));
                return Err(query.fault(offset, refused.message));
            }
        }
    };
    let next = next_statement(&query.sql, described.end);
    if next_statement(&query.sql, 0) == query.sql.len() {
        return Err(query.fault(None, "there is no statement in it"));
    }
    if next < query.sql.len() {
        return Err(query
            .fault(Some(next), "a second statement begins here; a query is one statement, and db.exec runs several"));
    }
    let named = described.parameters.iter().filter(|parameter| is_named(parameter.name.as_deref())).count();
    if query.form == QueryForm::Template && described.parameters.iter().any(|parameter| parameter.name.is_some()) {
        return Err(
            query.fault(None, "the values of a template stand in it, as ${value}; it can have no other parameters")
        );
    }
    if named > 0 && named < described.parameters.len() {
        return Err(query.fault(None, "it has parameters with names and without; give all of them names"));
    }
    let missed = stand_ins.told().map(|what| {
        let message = format!("only a page can tell whether it runs, for SQLite itself has not {what}");
        query.fault(missed_at, message)
    });
    Ok((described, missed))
}

/// Where the name stands that a message ends with, such as `no such table: main.node`: SQLite does not point to that of a
/// table.
fn place_of_name(sql: &str, message: &str) -> Option<usize> {
    let name = message.strip_prefix("no such table: ")?;
    let name = name.rsplit('.').next().unwrap_or(name);
    let is_it = |token: &Token<'_>| {
        token.text.trim_matches(['"', '`', '[', ']']).eq_ignore_ascii_case(name) && token.kind != TokenKind::Other
    };
    tokens(sql).find(is_it).map(|token| token.start)
}

/// Whether a parameter is given by its name: `?2` and `$2` are by number.
fn is_named(name: Option<&str>) -> bool {
    name.is_some_and(|name| !name[1..].starts_with(|first: char| first.is_ascii_digit()))
}

/// The row of a query; of those columns that have the same name, the last counts.
fn row(columns: &[ResultColumn]) -> String {
    let is_last =
        |(at, column): &(usize, &ResultColumn)| !columns[at + 1..].iter().any(|other| other.name == column.name);
    let kept = columns
        .iter()
        .enumerate()
        .filter(is_last)
        .map(|(_, column)| format!("{}: {}", property(&column.name), column.kind));
    let members: Vec<String> = kept.collect();
    if members.is_empty() { "never".to_owned() } else { format!("{{ {} }}", members.join("; ")) }
}

/// What may be given for a parameter.
fn value(kind: Option<&str>) -> &str {
    kind.unwrap_or("import('wheatear').SqlParameter")
}

fn member(query: &NamedQuery, described: &Described) -> String {
    let values: Vec<&str> = described.parameters.iter().map(|parameter| value(parameter.kind.as_deref())).collect();
    let (row, values) = (row(&described.columns), values.join(", "));
    format!("    {}: {{\n      row: {row};\n      values: [{values}];\n    }};\n", property(&query.name))
}

fn function(connection: &Connection, query: &NamedQuery, described: &Described) -> Result<String, QueryFault> {
    let parameters = &described.parameters;
    let named = parameters.iter().any(|parameter| is_named(parameter.name.as_deref()));
    let types: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            let kind = value(parameter.kind.as_deref());
            let name = parameter.name.as_deref().filter(|_| named).map(|name| property(&name[1..]));
            name.map_or_else(|| kind.to_owned(), |name| format!("{name}: {kind}"))
        })
        .collect();
    let arguments = match (types.is_empty(), named) {
        (true, _) => String::new(),
        (_, true) => format!("values: {{ {} }}", types.join("; ")),
        (_, false) => format!("values: [{}]", types.join(", ")),
    };
    let pieces = pieces(connection, &query.sql, parameters)
        .ok_or_else(|| query.fault(None, "its parameters cannot be told apart; write them as :name"))?;
    let mut template = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => template += &text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${"),
            Piece::Parameter(index) => {
                let name = parameters.get(index).and_then(|parameter| parameter.name.as_deref()).filter(|_| named);
                template += &match name.map(|name| property(&name[1..])) {
                    Some(name) if name.starts_with('\'') => format!("${{values[{name}]}}"),
                    Some(name) => format!("${{values.{name}}}"),
                    None => format!("${{values[{index}]}}"),
                };
            }
        }
    }
    let row = row(&described.columns);
    Ok(format!("  {}: ({arguments}) => sql<{row}>`{template}`,\n", property(&query.name)))
}
