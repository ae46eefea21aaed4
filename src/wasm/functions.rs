//! SQL functions and collations that are written in JavaScript.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;

use js_sys::{Array, Reflect};
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::Value;
use rusqlite::{Connection, Error};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::wasm::{thrown, value};

#[wasm_bindgen]
extern "C" {
    /// `FunctionObject` of client/worker/sql-functions.ts.
    #[derive(Clone)]
    type FunctionObject;

    /// Does a part of what the function does: `Part` of the same file. Gives `value`, or `message` and `cause` of what it has
    /// thrown. What this itself throws is a fault.
    #[wasm_bindgen(method, structural)]
    fn call(this: &FunctionObject, part: &str, state: u32, given: &Array) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn name(this: &FunctionObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn kind(this: &FunctionObject) -> String;
    #[wasm_bindgen(method, getter)]
    fn arity(this: &FunctionObject) -> i32;
    #[wasm_bindgen(method, getter, js_name = isDeterministic)]
    fn is_deterministic(this: &FunctionObject) -> bool;
    #[wasm_bindgen(method, getter, js_name = isDirectOnly)]
    fn is_direct_only(this: &FunctionObject) -> bool;
}

thread_local! {
    /// Those of every connection. Not captured by what SQLite gets, which must be able to move between threads.
    static OBJECTS: RefCell<Vec<FunctionObject>> = const { RefCell::new(Vec::new()) };
    /// The last number of a state of an aggregate, which JavaScript keeps.
    static LAST_STATE: Cell<u32> = const { Cell::new(0) };
}

/// From now on every connection that is opened has these functions and collations.
#[wasm_bindgen(js_name = defineFunctions)]
pub fn define_functions(objects: &Array) {
    OBJECTS.set(objects.iter().map(JsCast::unchecked_into).collect());
}

/// The same of one more, on this connection too.
pub(crate) fn define_one_more(connection: &Connection, object: &JsValue) -> rusqlite::Result<()> {
    let object: FunctionObject = object.clone().unchecked_into();
    let number = OBJECTS.with_borrow_mut(|objects| {
        objects.push(object.clone());
        objects.len() - 1
    });
    define(connection, number, &object)
}

/// Gives a connection the functions and collations that are defined.
pub(crate) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    let objects = OBJECTS.with_borrow(Clone::clone);
    objects.iter().enumerate().try_for_each(|(number, object)| define(connection, number, object))
}

fn define(connection: &Connection, number: usize, object: &FunctionObject) -> rusqlite::Result<()> {
    let (name, arity) = (object.name(), object.arity());
    let name = name.as_str();
    let flag = |flag, is_set| if is_set { flag } else { FunctionFlags::empty() };
    let flags = FunctionFlags::SQLITE_UTF8
        | flag(FunctionFlags::SQLITE_DETERMINISTIC, object.is_deterministic())
        | flag(FunctionFlags::SQLITE_DIRECTONLY, object.is_direct_only());
    let function = InJavaScript(number);
    match object.kind().as_str() {
        "aggregate" => connection.create_aggregate_function(name, arity, flags, function),
        "window" => connection.create_window_function(name, arity, flags, function),
        "collation" => connection.create_collation(name, move |one, other| function.compare(one, other)),
        _ => connection
            .create_scalar_function(name, arity, flags, move |context| function.result("scalar", 0, &given(context))),
    }
}

/// A function, by its number.
#[derive(Clone, Copy)]
struct InJavaScript(usize);

impl InJavaScript {
    fn call(self, part: &str, state: u32, given: &Array) -> rusqlite::Result<JsValue> {
        let Some(object) = OBJECTS.with_borrow(|objects| objects.get(self.0).cloned()) else {
            return Err(Error::UserFunctionError("its function is gone".into()));
        };
        let answer = object.call(part, state, given);
        let property = |name: &str| Reflect::get(&answer, &name.into()).unwrap_or_default();
        match property("message").as_string() {
            Some(words) => Err(Error::UserFunctionError(thrown::error(property("cause"), words))),
            None => Ok(property("value")),
        }
    }

    fn result(self, part: &str, state: u32, given: &Array) -> rusqlite::Result<Value> {
        let given = self.call(part, state, given)?;
        value::to_sql(&given, "").or_else(|error| {
            // The client knows what to call it.
            let refusal = Array::of1(&value::refusal(&error).into());
            self.call("refused", state, &refusal).and(Ok(Value::Null))
        })
    }

    /// Of one that fails nothing can be told to SQLite, so JavaScript throws a fault: what is sorted otherwise than an index
    /// has it would damage that.
    fn compare(self, one: &str, other: &str) -> Ordering {
        let given = Array::of2(&one.into(), &other.into());
        let order = self.call("compare", 0, &given).ok().and_then(|order| order.as_f64()).unwrap_or_default();
        order.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
    }

    fn begin(self) -> rusqlite::Result<u32> {
        let state = LAST_STATE.get().wrapping_add(1);
        LAST_STATE.set(state);
        self.call("start", state, &Array::new()).map(|_| state)
    }
}

fn given(context: &Context<'_>) -> Array {
    (0..context.len()).map(|index| value::from_sql(context.get_raw(index))).collect()
}

impl Aggregate<u32, Value> for InJavaScript {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<u32> {
        self.begin()
    }

    fn step(&self, context: &mut Context<'_>, state: &mut u32) -> rusqlite::Result<()> {
        self.call("step", *state, &given(context)).map(drop)
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<u32>) -> rusqlite::Result<Value> {
        let state = state.map_or_else(|| self.begin(), Ok)?;
        self.result("end", state, &Array::new())
    }
}

impl WindowAggregate<u32, Value> for InJavaScript {
    fn value(&self, state: Option<&mut u32>) -> rusqlite::Result<Value> {
        let state = state.map_or_else(|| self.begin(), |state| Ok(*state))?;
        self.result("value", state, &Array::new())
    }

    fn inverse(&self, context: &mut Context<'_>, state: &mut u32) -> rusqlite::Result<()> {
        self.call("inverse", *state, &given(context)).map(drop)
    }
}
