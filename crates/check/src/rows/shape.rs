//! Tables, as far as their rows must be like them.

use std::collections::HashMap;

use rusqlite::Connection;
use wheatear_core::schema_statements::literals;
use wheatear_sqlite::{all_rows, lossy_text};

/// A table that rows can be put into.
pub(super) struct Shape {
    pub name: String,
    pub sql: String,
    /// Those that can be written.
    pub columns: Vec<Column>,
    pub keys: Vec<ForeignKey>,
    /// Strings and numbers in the statement that makes it: what a CHECK asks for is often among them.
    pub literals: Vec<String>,
}

/// A column of it.
pub(super) struct Column {
    pub name: String,
    /// In upper case.
    pub kind: String,
    /// Whether it must not be NULL.
    pub is_needed: bool,
    /// Whether it is here that two rows differ.
    pub is_unique: bool,
}

/// A key that leads to a row of another table, or of the same.
pub(super) struct ForeignKey {
    pub parent: String,
    /// Place of the column, and name of the parent's.
    pub columns: Vec<(usize, String)>,
}

/// A primary key without an index is the rowid, which is never NULL; any other may be, but where the table says otherwise, as one
/// that is STRICT or WITHOUT ROWID does.
///
/// Source: <https://www.sqlite.org/lang_createtable.html#the_primary_key>
const COLUMNS: &str = "
    SELECT owner.name, owner.sql, info.name, upper(info.type),
           info.\"notnull\" OR info.pk > 0 AND NOT EXISTS
             (SELECT 1 FROM pragma_index_list(owner.name, 'main') AS list WHERE list.origin = 'pk'), info.pk
      FROM main.sqlite_schema AS owner, pragma_table_xinfo(owner.name, 'main') AS info
     WHERE owner.type = 'table' AND owner.sql IS NOT NULL AND info.hidden = 0
       AND owner.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND owner.sql NOT LIKE 'CREATE VIRTUAL TABLE%'
       AND (NOT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%')
            OR owner.name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'))
     ORDER BY owner.rowid, info.cid";

const UNIQUE: &str = "
    SELECT owner.name, list.name, info.name
      FROM main.sqlite_schema AS owner, pragma_index_list(owner.name, 'main') AS list,
           pragma_index_info(list.name, 'main') AS info
     WHERE owner.type = 'table' AND list.\"unique\" AND info.name IS NOT NULL ORDER BY owner.rowid, list.seq, info.seqno";

const KEYS: &str = "
    SELECT owner.name, key.id, key.\"table\", key.\"from\", coalesce(key.\"to\",
             (SELECT name FROM pragma_table_info(key.\"table\", 'main') WHERE pk = key.seq + 1))
      FROM main.sqlite_schema AS owner, pragma_foreign_key_list(owner.name, 'main') AS key
     WHERE owner.type = 'table' ORDER BY owner.rowid, key.id, key.seq";

impl Shape {
    /// Those of a database, in the order in which they were made.
    pub fn all(database: &Connection) -> rusqlite::Result<Vec<Self>> {
        let mut shapes: Vec<Self> = Vec::new();
        let mut primary: HashMap<String, Vec<usize>> = HashMap::new();
        let columns = all_rows(database, COLUMNS, &[], |row| {
            let column = Column {
                name: lossy_text(row, 2)?,
                kind: lossy_text(row, 3)?,
                is_needed: row.get(4)?,
                is_unique: false,
            };
            Ok((lossy_text(row, 0)?, lossy_text(row, 1)?, column, row.get::<_, i64>(5)? > 0))
        })?;
        for (table, sql, column, is_primary) in columns {
            if shapes.last().is_none_or(|last| last.name != table) {
                let literals = literals(&sql);
                shapes.push(Self { name: table.clone(), sql, columns: Vec::new(), keys: Vec::new(), literals });
            }
            let Some(shape) = shapes.last_mut() else { continue };
            if is_primary {
                primary.entry(table).or_default().push(shape.columns.len());
            }
            shape.columns.push(column);
        }
        let places: HashMap<String, usize> =
            shapes.iter().enumerate().map(|(place, shape)| (shape.name.clone(), place)).collect();
        read_keys(database, &mut shapes, &places)?;
        read_unique(database, &mut shapes, &places, &primary)?;
        Ok(shapes)
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Lets rows differ in one of these columns: rather in one that leads nowhere.
    fn differ_in(&mut self, columns: &[usize]) {
        if columns.iter().any(|column| self.columns[*column].is_unique) {
            return;
        }
        let leads = |column: &usize| self.keys.iter().any(|key| key.columns.iter().any(|(from, _)| from == column));
        let own = columns.iter().find(|column| !leads(column)).or(columns.last()).copied();
        if let Some(column) = own {
            self.columns[column].is_unique = true;
        }
    }
}

fn read_keys(database: &Connection, shapes: &mut [Shape], places: &HashMap<String, usize>) -> rusqlite::Result<()> {
    let keys = all_rows(database, KEYS, &[], |row| {
        let to: Option<String> = row.get(4)?;
        Ok((lossy_text(row, 0)?, row.get::<_, i64>(1)?, lossy_text(row, 2)?, lossy_text(row, 3)?, to))
    })?;
    let mut last = None;
    for (table, id, parent, from, to) in keys {
        let Some(shape) = places.get(&table).and_then(|place| shapes.get_mut(*place)) else { continue };
        let (Some(from), Some(to)) = (shape.column(&from), to) else { continue };
        if last.as_ref() != Some(&(table.clone(), id)) {
            shape.keys.push(ForeignKey { parent, columns: Vec::new() });
            last = Some((table, id));
        }
        if let Some(key) = shape.keys.last_mut() {
            key.columns.push((from, to));
        }
    }
    Ok(())
}

fn read_unique(
    database: &Connection,
    shapes: &mut [Shape],
    places: &HashMap<String, usize>,
    primary: &HashMap<String, Vec<usize>>,
) -> rusqlite::Result<()> {
    let rows =
        all_rows(database, UNIQUE, &[], |row| Ok((lossy_text(row, 0)?, lossy_text(row, 1)?, lossy_text(row, 2)?)))?;
    let mut sets: Vec<(usize, Vec<usize>)> = Vec::new();
    for same in rows.chunk_by(|(one, index, _), (other, next, _)| (one, index) == (other, next)) {
        let Some(place) = same.first().and_then(|(table, ..)| places.get(table)) else { continue };
        sets.push((*place, same.iter().filter_map(|(.., column)| shapes[*place].column(column)).collect()));
    }
    sets.extend(primary.iter().filter_map(|(table, columns)| Some((*places.get(table)?, columns.clone()))));
    // Those of one column leave no choice, and may decide for others.
    sets.sort_by_key(|(_, columns)| columns.len());
    sets.iter().for_each(|(place, columns)| shapes[*place].differ_in(columns));
    Ok(())
}

/// Each behind those that its keys lead to, as far as they do not go round in circles.
pub(super) fn parents_first(shapes: &[Shape]) -> Vec<&Shape> {
    fn visit<'a>(shapes: &'a [Shape], place: usize, seen: &mut [bool], order: &mut Vec<&'a Shape>) {
        if std::mem::replace(&mut seen[place], true) {
            return;
        }
        for key in &shapes[place].keys {
            let parent = shapes.iter().position(|shape| shape.name.eq_ignore_ascii_case(&key.parent));
            if let Some(parent) = parent {
                visit(shapes, parent, seen, order);
            }
        }
        order.push(&shapes[place]);
    }
    let (mut seen, mut order) = (vec![false; shapes.len()], Vec::with_capacity(shapes.len()));
    (0..shapes.len()).for_each(|place| visit(shapes, place, &mut seen, &mut order));
    order
}
