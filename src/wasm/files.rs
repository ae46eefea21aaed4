#![expect(clippy::missing_errors_doc, reason = "everything here throws `ErrorData`, or what JavaScript threw")]
//! Whole databases, in and out.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::Migrator;
use crate::storage::{BLOCK_SIZE, DatabaseFile, DatabaseName, InvalidDatabaseName, Mirror, StorageError, opfs};
use crate::wasm::{Connection, error_data, panics};

/// What is thrown: an error of ours, or one of a function that JavaScript passed.
struct Thrown(JsValue);

impl From<InvalidDatabaseName> for Thrown {
    fn from(error: InvalidDatabaseName) -> Self {
        Self(error_data::to_js(error))
    }
}

impl From<StorageError> for Thrown {
    fn from(error: StorageError) -> Self {
        Self(error_data::to_js(error))
    }
}

/// Bytes in a block of a mirror. Stored databases depend on it.
#[wasm_bindgen(js_name = blockSize)]
pub fn block_size() -> usize {
    BLOCK_SIZE
}

/// What was imported into memory, and what is wrong with its rows.
#[wasm_bindgen]
pub struct ImportedMirror {
    connection: Connection,
    warnings: Vec<String>,
}

#[wasm_bindgen]
impl ImportedMirror {
    /// One sentence for each.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    /// The database.
    #[wasm_bindgen(js_name = intoConnection)]
    pub fn into_connection(self) -> Connection {
        self.connection
    }
}

/// A database in memory, read from a file of `size` bytes and checked. `read(offset, length)` gives a promise of
/// its bytes. `wal`: the size of the `-wal` beside it, and how to read that; 0 for none; -1: it is a backup, which
/// has none; nothing, if that is not known.
#[wasm_bindgen(js_name = importMirror)]
pub async fn import_mirror(
    size: f64,
    read: Function,
    wal: Option<f64>,
    read_wal: Option<Function>,
) -> Result<ImportedMirror, JsValue> {
    panics::throw();
    let import = async || -> Result<_, Thrown> {
        let (mirror, connection, warnings) = Mirror::import(file(size, &read, wal, read_wal.as_ref())).await?;
        Ok(ImportedMirror { connection: Connection::of_mirror(mirror, connection), warnings })
    };
    import().await.map_err(|Thrown(error)| error)
}

/// Puts a file of `size` bytes in the place of a database in the origin private file system, once it is checked; gives
/// what is wrong with its rows. `wal` as of [`import_mirror`].
#[wasm_bindgen(js_name = importOpfs)]
pub async fn import_opfs(
    name: String,
    size: f64,
    read: Function,
    wal: Option<f64>,
    read_wal: Option<Function>,
) -> Result<Vec<String>, JsValue> {
    panics::throw();
    let import = async || opfs::import(&DatabaseName::new(&name)?, file(size, &read, wal, read_wal.as_ref())).await;
    import().await.map_err(|Thrown(error)| error)
}

/// Hands the file of a database in the origin private file system that is not open to `part`, a mebibyte at a
/// time.
#[wasm_bindgen(js_name = exportOpfs)]
pub async fn export_opfs(name: String, part: Function) -> Result<(), JsValue> {
    panics::throw();
    let tell = |bytes: &[u8]| part.call1(&JsValue::NULL, &Uint8Array::from(bytes)).map(drop).map_err(Thrown);
    let export = async || opfs::export(&DatabaseName::new(&name)?, tell).await;
    export().await.map_err(|Thrown(error)| error)
}

/// Deletes a database in the origin private file system that is not open.
#[wasm_bindgen(js_name = deleteOpfs)]
pub async fn delete_opfs(name: String) -> Result<(), JsValue> {
    panics::throw();
    let delete = async || -> Result<(), Thrown> { Ok(opfs::delete(&DatabaseName::new(&name)?).await?) };
    delete().await.map_err(|Thrown(error)| error)
}

fn file<'function>(
    size: f64,
    read: &'function Function,
    wal: Option<f64>,
    read_wal: Option<&'function Function>,
) -> DatabaseFile<impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, Thrown>> {
    let file = DatabaseFile::new(size as u64, reader(read));
    match (wal, read_wal) {
        (Some(size), Some(read)) if size > 0.0 => file.with_wal(size as u64, reader(read)),
        (Some(size), _) if size < 0.0 => file.from_backup(Migrator::can_use),
        (Some(_), _) => file.without_wal(),
        (None, _) => file,
    }
}

fn reader(read: &Function) -> impl AsyncFnMut(u64, usize) -> Result<Vec<u8>, Thrown> {
    async move |offset, length| {
        let promise = read.call2(&JsValue::NULL, &(offset as f64).into(), &(length as f64).into()).map_err(Thrown)?;
        let bytes = JsFuture::from(Promise::resolve(&promise)).await.map_err(Thrown)?;
        // What is no `Uint8Array` counts as no bytes, and too few bytes are an error of the import.
        Ok(bytes.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default())
    }
}
