//! The `migrations!` macro. Use it as `wheatear::migrations!`, where it is documented.

mod expand;
mod input;

use proc_macro::TokenStream;
use syn::parse_macro_input;

use crate::input::Input;

#[allow(missing_docs)] // The re-export in `wheatear` carries the documentation.
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as Input);
    let crate_root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let has_build_script = std::env::var_os("OUT_DIR").is_some();
    let flags = std::env::var("SQLITE_WASM_RS_FLAGS").unwrap_or_default();
    expand::expand(&input, crate_root.as_ref(), has_build_script, &flags)
        .unwrap_or_else(|error| syn::Error::new(input.folder.span(), error).into_compile_error())
        .into()
}
