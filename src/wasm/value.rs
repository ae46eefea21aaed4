//! Values between JavaScript and SQLite: `SqlValue` and `SqlParameters` of client/protocol/values.ts.

use js_sys::{Array, BigInt, JsString, Object, Reflect, Uint8Array};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};
use wasm_bindgen::{JsCast, JsValue};

use crate::{Error, Parameters, QueryError, StorageError, StorageErrorKind};

/// Beyond this a JavaScript number cannot tell neighbouring integers apart: `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// Parameters from an array or an object.
pub(crate) fn parameters(given: &JsValue) -> Result<Parameters, Error> {
    if Array::is_array(given) {
        let values = Array::from(given);
        let values = values.iter().enumerate().map(|(index, value)| to_sql(&value, &(index + 1).to_string()));
        return Ok(Parameters::Positional(values.collect::<Result<_, _>>()?));
    }
    let entries = given.dyn_ref::<Object>().map(Object::entries).unwrap_or_default();
    let named = entries.iter().map(|entry| {
        let entry: Array = entry.unchecked_into();
        let name = entry.get(0).as_string().unwrap_or_default();
        to_sql(&entry.get(1), &name).map(|value| (name, value))
    });
    Ok(Parameters::Named(named.collect::<Result<_, _>>()?))
}

pub(crate) fn to_sql(value: &JsValue, parameter: &str) -> Result<Value, Error> {
    let refuse = |reason: &str| {
        Err(QueryError::InvalidValue { parameter: parameter.to_owned(), reason: reason.to_owned() }.into())
    };
    // Without it the module would end where the value is copied.
    let require_memory = |bytes: usize| {
        let reason = || format!("there is no memory for parameter {parameter}, which has {bytes} bytes");
        Vec::<u8>::new()
            .try_reserve_exact(bytes)
            .map_err(|_| StorageError::new(StorageErrorKind::OutOfMemory, reason()))
    };
    if value.is_null() {
        return Ok(Value::Null);
    }
    // Most often a misspelt property: stored as NULL, what was meant would be lost in silence.
    if value.is_undefined() {
        return refuse("it is undefined; use null for NULL");
    }
    if let Some(text) = value.dyn_ref::<JsString>() {
        require_memory(text.length() as usize)?;
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text));
    }
    if let Some(number) = value.as_f64() {
        return match number {
            number if number.is_nan() => refuse("it is NaN, which SQLite would turn into NULL"),
            number if is_safe_integer(number) => Ok(Value::Integer(number as i64)),
            number => Ok(Value::Real(number)),
        };
    }
    if let Some(flag) = value.as_bool() {
        return Ok(Value::Integer(flag.into()));
    }
    if value.is_bigint() {
        return match i64::try_from(value.clone()) {
            Ok(integer) => Ok(Value::Integer(integer)),
            Err(_) => refuse("it is a bigint beyond 64 bits"),
        };
    }
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        require_memory(bytes.length() as usize)?;
        return Ok(Value::Blob(bytes.to_vec()));
    }
    refuse(&format!("{} is not null, a number, bigint, string, boolean or Uint8Array", kind_of(value)))
}

/// Why a value that is no parameter cannot be stored.
pub(crate) fn refusal(error: &Error) -> String {
    match error {
        Error::Query(QueryError::InvalidValue { reason, .. }) => reason.clone(),
        error => error.to_string(),
    }
}

/// Such as `a Date`. Asks the value nothing that could run code of its own.
fn kind_of(value: &JsValue) -> String {
    let property = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
    match property(&property(value, "constructor"), "name").as_string() {
        Some(class) => format!("a value of class {class}"),
        None => format!("a value of type {}", value.js_typeof().as_string().unwrap_or_default()),
    }
}

fn is_safe_integer(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER as f64
}

pub(crate) fn from_sql(value: ValueRef<'_>) -> JsValue {
    match value {
        ValueRef::Null => JsValue::NULL,
        ValueRef::Integer(integer) if integer.unsigned_abs() <= MAX_SAFE_INTEGER as u64 => {
            JsValue::from_f64(integer as f64)
        }
        ValueRef::Integer(integer) => BigInt::from(integer).into(),
        ValueRef::Real(real) => JsValue::from_f64(real),
        ValueRef::Text(text) => JsValue::from_str(&String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => Uint8Array::from(bytes).into(),
    }
}

/// Turns the rows of one query into objects; the names of their columns cross to JavaScript once.
#[derive(Default)]
pub(crate) struct RowReader {
    names: Vec<JsValue>,
}

impl RowReader {
    pub(crate) fn read(&mut self, names: &[String], row: &Row<'_>) -> Object {
        if self.names.is_empty() {
            self.names = names.iter().map(|name| JsValue::from_str(name)).collect();
        }
        // Without a prototype, a column called __proto__ is a property like any other. The object that
        // arrives in the page is an ordinary one.
        let object = Object::create(JsValue::NULL.unchecked_ref());
        for (index, name) in self.names.iter().enumerate() {
            // Setting a property of a new object cannot fail.
            let _ = Reflect::set(&object, name, &column(row, index));
        }
        object
    }
}

/// The values of a row, in the order of its columns.
pub(crate) fn array(names: &[String], row: &Row<'_>) -> Array {
    (0..names.len()).map(|index| column(row, index)).collect()
}

fn column(row: &Row<'_>, index: usize) -> JsValue {
    row.get_ref(index).map_or(JsValue::NULL, from_sql)
}
