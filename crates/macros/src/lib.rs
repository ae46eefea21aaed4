//! The `migrations!` macro. Use it as `wheatear::migrations!`, where it is documented.

mod expand;
mod folder;

use proc_macro::TokenStream;
use syn::{LitStr, parse_macro_input};

#[allow(missing_docs)] // The re-export in `wheatear` carries the documentation.
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    let folder = parse_macro_input!(input as LitStr);
    let crate_root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let has_build_script = std::env::var_os("OUT_DIR").is_some();
    expand::expand(&folder.value(), crate_root.as_ref(), has_build_script)
        .unwrap_or_else(|error| syn::Error::new(folder.span(), error).into_compile_error())
        .into()
}
