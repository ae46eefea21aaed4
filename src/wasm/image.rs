use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use crate::Migrator;
use crate::wasm::Migrations;
use crate::wasm::object::object;

impl Migrations {
    /// The digest of the set.
    pub fn digest(&self) -> String {
        self.set().digest().to_string()
    }

    /// `{ digest, image, reason }`: as [`Migrator::image`].
    pub fn image(&self) -> JsValue {
        let (image, reason) = match Migrator::new(self.set()).image() {
            Ok(image) => (Uint8Array::from(image.as_slice()).into(), JsValue::UNDEFINED),
            Err(reason) => (JsValue::UNDEFINED, reason.to_string().into()),
        };
        object([("digest", self.digest().into()), ("image", image), ("reason", reason)])
    }
}
