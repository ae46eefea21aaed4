use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use crate::wasm::Migrations;
use crate::wasm::object::object;
use crate::{Migrator, NoImage};

impl Migrations {
    /// The digest of the set.
    pub fn digest(&self) -> String {
        self.set().digest().to_string()
    }

    /// `{ digest, image, reason, isFault }`: as [`Migrator::image`], and whether the reason is that the set cannot be applied.
    pub fn image(&self) -> JsValue {
        let made = Migrator::new(self.set()).image();
        let is_fault = matches!(made, Err(NoImage::Failed(_)));
        let (image, reason) = match made {
            Ok(image) => (Uint8Array::from(image.as_slice()).into(), JsValue::UNDEFINED),
            Err(reason) => (JsValue::UNDEFINED, reason.to_string().into()),
        };
        object([("digest", self.digest().into()), ("image", image), ("reason", reason), ("isFault", is_fault.into())])
    }
}
