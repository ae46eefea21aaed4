//! What browsers say when the file system refuses something, and waiting until they do not.

use std::time::Duration;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::WorkerGlobalScope;
use web_time::Instant;

use crate::storage::{StorageError, StorageErrorKind};

/// How long to wait for handles that a closed tab or a dead worker has not let go of yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// Tries again while another tab or worker still uses the files.
pub(super) async fn patiently<T>(attempt: impl AsyncFn() -> Result<T, StorageError>) -> Result<T, StorageError> {
    let start = Instant::now();
    let mut delays = back_off();
    loop {
        match (attempt().await, delays.next()) {
            (Err(StorageError { kind: StorageErrorKind::Busy, .. }), Some(delay)) if start.elapsed() < PATIENCE => {
                sleep(delay).await;
            }
            (result, _) => return result,
        }
    }
}

/// Browsers had the file system before they had these: handles that wait for nothing, and renaming.
pub(super) fn check_support() -> Result<(), StorageError> {
    let property = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
    let prototype = property(&property(&js_sys::global(), "FileSystemFileHandle"), "prototype");
    for method in ["createSyncAccessHandle", "move"] {
        if !property(&prototype, method).is_function() {
            let reason = format!("this worker has no FileSystemFileHandle.{method}");
            return Err(StorageError::new(StorageErrorKind::Unsupported, reason));
        }
    }
    Ok(())
}

/// Source: <https://webidl.spec.whatwg.org/#idl-DOMException-error-names>
pub(super) fn js_error(error: &JsValue) -> StorageError {
    let name = error_name(error);
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let text = format!("{name}: {}", message.unwrap_or_default());
    let kind = match name.as_str() {
        // A file cannot be read any more once another tab or worker has written to it since its size was asked for.
        "NoModificationAllowedError" | "InvalidStateError" | "NotReadableError" => StorageErrorKind::Busy,
        "QuotaExceededError" => StorageErrorKind::Full,
        "SecurityError" | "TypeError" => StorageErrorKind::Unsupported,
        _ => StorageErrorKind::Io,
    };
    StorageError::new(kind, text)
}

/// Such as `NotFoundError`.
pub(super) fn error_name(error: &JsValue) -> String {
    Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// Pauses between tries: 5 ms, doubled up to 200 ms.
fn back_off() -> impl Iterator<Item = Duration> {
    (0..).map(|tries: u32| Duration::from_millis((5 << tries.min(6)).min(200)))
}

async fn sleep(duration: Duration) {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let millis = i32::try_from(duration.as_millis()).unwrap_or(i32::MAX);
    let mut wait = |resolve: Function, _| {
        // A scope without timers could not have run this far; without one the wait is over at once.
        if scope.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis).is_err() {
            let _ = resolve.call0(&JsValue::NULL);
        }
    };
    let _ = JsFuture::from(Promise::new(&mut wait)).await;
}
