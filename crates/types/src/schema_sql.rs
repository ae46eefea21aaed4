use std::collections::BTreeSet;

use rusqlite::Connection;
use wheatear_core::schema_statements::mentioned_names;
use wheatear_sqlite::{CreatedObject, read_created};

use crate::Error;
use crate::format::Formatter;

/// The schema of a database as one formatted SQL file: tables by name, each with its indexes and triggers, then virtual
/// tables, then views, each behind those that it reads, with their triggers. Wheatear's own tables and SQLite's are left out.
///
/// Databases with the same schema give the same text, whatever made it what it is: comments, white space and quotes that
/// a name does not need are not kept. Run on an empty database, it makes that schema.
///
/// ```
/// let database = rusqlite::Connection::open_in_memory()?;
/// database.execute_batch("CREATE TABLE node(addr INT);  ALTER TABLE node ADD name TEXT; CREATE INDEX i ON node(name)")?;
/// assert_eq!(
///     wheatear_types::schema_sql(&database)?,
///     "CREATE TABLE node (\n  addr INT,\n  name TEXT\n);\n\nCREATE INDEX i ON node(name);\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What SQLite says if the schema cannot be read.
pub fn schema_sql(connection: &Connection) -> Result<String, Error> {
    let objects = read_created(connection)?;
    let formatter = Formatter::new(connection);
    let mut statements = Vec::new();
    for owner in in_order(&objects) {
        statements.push(formatter.format(owner)?);
        for kind in ["index", "trigger"] {
            let is_its = |object: &&CreatedObject| object.kind == kind && is_same(&object.table, &owner.name);
            for object in by_name(objects.iter().filter(is_its).collect()) {
                statements.push(formatter.format(object)?);
            }
        }
    }
    Ok(statements.join("\n\n") + if statements.is_empty() { "" } else { "\n" })
}

/// What has rows, in the order in which it can be created.
fn in_order(objects: &[CreatedObject]) -> Vec<&CreatedObject> {
    let of = |kind: &'static str, is_virtual| {
        let is_one = move |object: &&CreatedObject| object.kind == kind && object.is_virtual_table() == is_virtual;
        by_name(objects.iter().filter(is_one).collect())
    };
    let mut ordered: Vec<&CreatedObject> = of("table", false).chain(of("table", true)).collect();
    let mut views: Vec<&CreatedObject> = of("view", false).collect();
    while !views.is_empty() {
        let names: BTreeSet<String> = views.iter().map(|view| view.name.to_lowercase()).collect();
        let waits = |view: &CreatedObject| {
            let mut mentioned = mentioned_names(&view.sql);
            mentioned.remove(&view.name.to_lowercase());
            mentioned.iter().any(|name| names.contains(name))
        };
        // A name that is mentioned may be a column's, so that two seem to wait for each other.
        let next = views.iter().position(|view| !waits(view)).unwrap_or(0);
        ordered.push(views.remove(next));
    }
    ordered
}

fn by_name(mut objects: Vec<&CreatedObject>) -> impl Iterator<Item = &CreatedObject> {
    objects.sort_by_cached_key(|object| (object.name.to_lowercase(), &object.name));
    objects.into_iter()
}

/// Whether two names are the same to SQLite.
fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
