#![expect(clippy::missing_errors_doc, reason = "everything here throws `ErrorData`, as `Connection` says")]
//! Rows part by part, and the tables that a statement reads.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::Call;
use crate::wasm::Connection;
use crate::wasm::object::object;
use crate::wasm::value::{self, RowReader};

/// How much the rows of one part take, in bytes, and the one that made them more.
const PART_LIMIT: u64 = 1_000_000;

#[wasm_bindgen]
impl Connection {
    /// The next `count` rows of the cursor of this number, `{ rows, isLast }`, each an array or an object; the first call
    /// opens it.
    pub fn fetch(
        &mut self,
        cursor: u32,
        sql: &str,
        parameters: &JsValue,
        count: u32,
        is_array: bool,
    ) -> Result<JsValue, JsValue> {
        // A part that fails cannot be read again without a row lost or doubled, so that no block may be missing.
        self.require_all()?;
        let mut reader = RowReader::default();
        let result = value::parameters(parameters).and_then(|parameters| {
            self.session.fetch(cursor, sql, &parameters, (count as usize, PART_LIMIT), |names, row| {
                if is_array { JsValue::from(value::array(names, row)) } else { reader.read(names, row).into() }
            })
        });
        let part = self.outcome(result)?;
        let rows: Array = part.rows.into_iter().collect();
        Ok(object([("rows", rows.into()), ("isLast", part.is_last.into())]))
    }

    /// Closes a cursor, if it is open.
    #[wasm_bindgen(js_name = closeCursor)]
    pub fn close_cursor(&mut self, cursor: u32) {
        self.session.close_cursor(cursor);
    }

    /// Names of the tables that a statement reads.
    #[wasm_bindgen(js_name = tablesRead)]
    pub fn tables_read(&mut self, sql: &str) -> Result<Vec<String>, JsValue> {
        let tables = self.call(Call::Query(sql), |session| session.tables_read(sql))?;
        Ok(tables.into_iter().collect())
    }
}
