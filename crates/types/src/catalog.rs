//! Which column a statement's program means: it knows tables and indexes by the page where they begin.

use std::collections::BTreeMap;

use rusqlite::Connection;
use wheatear_sqlite::{all_rows, lossy_text};

use crate::table_keys::row_key;
use crate::value_type::ValueType;

/// What a stored value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub kind: ValueType,
    pub is_nullable: bool,
}

/// What of a row is stored, in this order; `None` for what is no column, such as an expression of an index.
type Layout = Vec<Option<Stored>>;

pub(crate) struct Catalog(BTreeMap<i64, Layout>);

/// The row's own number.
const ROW_NUMBER: Stored = Stored { kind: ValueType::Integer, is_nullable: false };

impl Catalog {
    /// Source: <https://www.sqlite.org/fileformat2.html#representation_of_sql_tables>
    pub fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let roots = "SELECT type, name, tbl_name, rootpage FROM main.sqlite_schema WHERE rootpage > 0";
        let roots = all_rows(connection, roots, &[], |row| {
            Ok((lossy_text(row, 0)?, lossy_text(row, 1)?, lossy_text(row, 2)?, row.get::<_, i64>(3)?))
        })?;
        let mut layouts = BTreeMap::new();
        for (kind, name, table, root) in roots {
            let columns = stored_columns(connection, &table)?;
            let without_rowid = "SELECT name FROM pragma_index_list(?1, 'main') WHERE origin = 'pk'
                AND (SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1)";
            let layout = match kind.as_str() {
                "index" => index(connection, &name, &columns)?,
                _ => match all_rows(connection, without_rowid, &[&table], |row| lossy_text(row, 0))?.pop() {
                    Some(key) => index(connection, &key, &columns)?,
                    // What is computed when it is read is not stored.
                    None => {
                        columns.iter().filter(|(_, is_stored)| *is_stored).map(|(stored, _)| Some(*stored)).collect()
                    }
                },
            };
            layouts.insert(root, layout);
        }
        Ok(Self(layouts))
    }

    /// Whether a table or index of the schema begins there.
    pub fn has(&self, root: i64) -> bool {
        self.0.contains_key(&root)
    }

    /// What is stored at a place of its rows.
    pub fn stored(&self, root: i64, place: i64) -> Option<Stored> {
        *self.0.get(&root)?.get(usize::try_from(place).ok()?)?
    }
}

/// The columns of a table by number, and whether each is stored.
fn stored_columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(Stored, bool)>> {
    let row_key = row_key(connection, table)?;
    let columns = "SELECT name, type, \"notnull\", hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid";
    all_rows(connection, columns, &[&table], |row| {
        let is_row_key = row_key.as_deref() == Some(&*lossy_text(row, 0)?);
        let kind = ValueType::of_declared(&lossy_text(row, 1)?);
        Ok((Stored { kind, is_nullable: !row.get::<_, bool>(2)? && !is_row_key }, row.get::<_, i64>(3)? != 2))
    })
}

fn index(connection: &Connection, name: &str, columns: &[(Stored, bool)]) -> rusqlite::Result<Layout> {
    let places = "SELECT cid FROM pragma_index_xinfo(?1, 'main') ORDER BY seqno";
    all_rows(connection, places, &[&name], |row| {
        let column = row.get::<_, i64>(0)?;
        Ok(match usize::try_from(column) {
            Ok(column) => columns.get(column).map(|(stored, _)| *stored),
            Err(_) => (column == -1).then_some(ROW_NUMBER),
        })
    })
}
