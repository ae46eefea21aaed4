//! Passes what a run is doing on to JavaScript.

use std::cell::RefCell;
use std::ops::ControlFlow;

use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::Progress;
use crate::wasm::wire;

thread_local! {
    /// Who listens. Not captured by the observer, which must be able to move between threads.
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
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
    let Ok(progress) = wire::progress(progress) else { return ControlFlow::Continue(()) };
    let listener = LISTENER.with_borrow(Clone::clone);
    match listener.map(|listener| listener.call1(&JsValue::NULL, &progress)) {
        Some(Err(_)) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}
