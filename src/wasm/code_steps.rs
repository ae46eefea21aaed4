//! Migrations that are written in JavaScript.

use std::cell::RefCell;

use js_sys::{Array, Reflect};
use rusqlite::Transaction;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::session::Inside;
use crate::wasm::object::run_result;
use crate::wasm::value::{self, RowReader};
use crate::wasm::{error_data, thrown};
use crate::{CodeError, CodeStep, Error, QueryError};

#[wasm_bindgen]
extern "C" {
    /// `CodeObject` of client/worker/code-steps.ts.
    #[derive(Clone)]
    type CodeObject;

    /// Runs the step, or takes it back; gives what its function has thrown, if it did: `Thrown` of the same file. `ask`
    /// works until this returns. What this itself throws is a fault, and nothing here is called any more.
    #[wasm_bindgen(method, structural)]
    fn run(this: &CodeObject, is_down: bool, ask: &Ask<'_>) -> JsValue;
}

/// Does what a function asks of its transaction: `query`, `run` or `exec`, with SQL text and parameters.
type Ask<'a> = dyn Fn(String, String, JsValue) -> Result<JsValue, JsValue> + 'a;

thread_local! {
    /// The objects of all steps. Not captured by the steps, which must be able to move between threads.
    static OBJECTS: RefCell<Vec<CodeObject>> = const { RefCell::new(Vec::new()) };
}

/// The steps of these objects; `None` if a field is of another kind than the client sends.
pub(crate) fn read(objects: Option<Array>) -> Option<Vec<CodeStep>> {
    objects.unwrap_or_default().iter().map(|object| read_one(object.unchecked_into())).collect()
}

fn read_one(object: CodeObject) -> Option<CodeStep> {
    let field = |name: &str| Reflect::get(&object, &name.into()).unwrap_or_default();
    let texts = |name| Array::from(&field(name)).iter().map(|text| text.as_string()).collect::<Option<Vec<_>>>();
    let (id, version) = (field("id").as_string()?, field("version").as_string()?);
    let (depends, was) = (texts("depends")?, texts("was")?);
    let (compatible, has_down) = (field("compatible").is_truthy(), field("hasDown").is_truthy());
    let number = OBJECTS.with_borrow_mut(|objects| {
        objects.push(object);
        objects.len() - 1
    });
    let step = CodeStep::new(id, version, move |transaction| run(number, false, transaction)).depends(depends).was(was);
    let step = if compatible { step.compatible() } else { step };
    Some(if has_down { step.down(move |transaction| run(number, true, transaction)) } else { step })
}

fn run(number: usize, is_down: bool, transaction: &Transaction<'_>) -> Result<(), CodeError> {
    let Some(object) = OBJECTS.with_borrow(|objects| objects.get(number).cloned()) else {
        return Err("its function is gone".into());
    };
    // What is no fault of the function, although it has thrown it.
    let failure = RefCell::new(None);
    let ask = |what: String, sql: String, parameters: JsValue| {
        answer(&Inside(transaction), &what, &sql, &parameters).map_err(|error| {
            let data = error_data::of(&error);
            if matches!(error, Error::Storage(_) | Error::Query(QueryError::Cancelled)) {
                failure.replace(Some(error));
            }
            data
        })
    };
    let failed = object.run(is_down, &ask);
    if failed.is_undefined() {
        return Ok(());
    }
    let property = |name: &str| Reflect::get(&failed, &name.into()).unwrap_or_default();
    match failure.take() {
        Some(failure) => Err(Box::new(failure)),
        None => Err(thrown::error(property("cause"), property("message").as_string().unwrap_or_default())),
    }
}

fn answer(inside: &Inside<'_>, what: &str, sql: &str, parameters: &JsValue) -> Result<JsValue, Error> {
    match what {
        "exec" => inside.exec(sql).map(|()| JsValue::UNDEFINED),
        "run" => Ok(run_result(inside.run(sql, &value::parameters(parameters)?)?)),
        _ => {
            let mut reader = RowReader::default();
            let rows = inside.query(sql, &value::parameters(parameters)?, |names, row| reader.read(names, row))?;
            Ok(rows.into_iter().collect::<Array>().into())
        }
    }
}
