use std::sync::Once;

/// Makes panics throw, in words, so that the worker's end has a reason.
pub(crate) fn throw() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|info| wasm_bindgen::throw_str(&info.to_string()))));
}
