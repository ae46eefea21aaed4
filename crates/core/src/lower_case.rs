/// Text in lower case, in every alphabet. In a page JavaScript does it: Rust's tables are five kilobytes of the download.
///
/// For names in SQL `to_ascii_lowercase` is right: SQLite knows upper and lower case of ASCII only.
pub(crate) fn lower_case(text: &str) -> String {
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    text.to_lowercase()
}
