/// Makes a crate the wasm module of a web page's database: exports its migrations to the worker of the
/// npm package.
///
/// ```
/// wheatear::export_migrations!(wheatear::migrations!("migrations"));
/// # fn main() {}
/// ```
///
/// That line is all such a crate needs; it must be a `cdylib`. Compiled natively, it only checks the
/// migrations.
#[macro_export]
macro_rules! export_migrations {
    ($set:expr) => {
        const _: () = {
            #[cfg(all(target_family = "wasm", target_os = "unknown"))]
            use $crate::wasm::__wasm_bindgen as wasm_bindgen;

            #[cfg(all(target_family = "wasm", target_os = "unknown"))]
            #[wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen = wasm_bindgen, js_name = migrations)]
            pub fn wheatear_migrations() -> $crate::wasm::Migrations {
                const MIGRATIONS: $crate::MigrationSet = $set;
                $crate::wasm::Migrations::new(MIGRATIONS)
            }

            #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
            const _: $crate::MigrationSet = $set;
        };
    };
}
