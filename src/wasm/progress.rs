//! Passes what a run, or a query, is doing on to JavaScript.

use std::cell::RefCell;
use std::ops::ControlFlow;

use js_sys::Function;
use rusqlite::Connection;
use wasm_bindgen::JsValue;

use crate::Progress;
use crate::wasm::wire;

thread_local! {
    /// Who listens. Not captured by the observer, which must be able to move between threads.
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
    /// Who hears that a statement still runs.
    static LOOK: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Instructions of SQLite's virtual machine between two calls of `look`: a few milliseconds.
const INSTRUCTIONS_PER_LOOK: i32 = 100_000;

/// From now on, until something else is attached to the connection, calls `look` now and then while a statement runs.
pub(crate) fn look(connection: &mut Connection, look: Function) -> rusqlite::Result<()> {
    LOOK.set(Some(look));
    let tell = || {
        // The statement goes on, also if `look` throws.
        let _ = LOOK.with_borrow(Clone::clone).map(|look| look.call0(&JsValue::NULL));
        false
    };
    connection.progress_handler(INSTRUCTIONS_PER_LOOK, Some(tell))
}

/// Runs `work` with a listener.
pub(crate) fn listening<T>(listener: Function, work: impl FnOnce() -> T) -> T {
    LISTENER.set(Some(listener));
    let result = work();
    LISTENER.set(None);
    result
}

/// Tells the listener. One that throws cancels the run.
pub(crate) fn tell(progress: &Progress<'_>) -> ControlFlow<()> {
    let Ok(progress) = wire::to_js(progress) else { return ControlFlow::Continue(()) };
    let listener = LISTENER.with_borrow(Clone::clone);
    match listener.map(|listener| listener.call1(&JsValue::NULL, &progress)) {
        Some(Err(_)) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}
