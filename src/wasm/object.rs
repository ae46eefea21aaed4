//! Objects of JavaScript that are made here.

use js_sys::{Object, Reflect};
use rusqlite::types::ValueRef;
use wasm_bindgen::JsValue;

use crate::RunResult;
use crate::wasm::value;

pub(super) fn run_result(RunResult { changes, last_insert_rowid }: RunResult) -> JsValue {
    let last = last_insert_rowid.map_or(JsValue::NULL, |rowid| value::from_sql(ValueRef::Integer(rowid)));
    object([("changes", JsValue::from_f64(changes as f64)), ("lastInsertRowid", last)])
}

pub(super) fn object<const COUNT: usize>(properties: [(&str, JsValue); COUNT]) -> JsValue {
    let object = Object::new().into();
    for (name, value) in properties {
        set(&object, name, value);
    }
    object
}

pub(super) fn set(object: &JsValue, name: &str, value: JsValue) {
    // Setting a property of a new object cannot fail.
    let _ = Reflect::set(object, &name.into(), &value);
}
