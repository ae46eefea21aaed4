//! The folder of a database.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, FileSystemRemoveOptions, WorkerGlobalScope};

use super::browser::{error_name, js_error, patiently};
use crate::storage::{DatabaseName, StorageError, StorageErrorKind};

/// Folder in the origin private file system that holds one folder per database.
const ROOT: &str = "wheatear";

/// Deletes a database; does nothing if there is none.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open.
pub async fn delete(name: &DatabaseName) -> Result<(), StorageError> {
    let Some(root) = child(&origin().await?, ROOT, false).await? else { return Ok(()) };
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    patiently(async || match JsFuture::from(root.remove_entry_with_options(&name.folder(), &options)).await {
        Err(error) if error_name(&error) != "NotFoundError" => Err(js_error(&error)),
        _ => Ok(()),
    })
    .await
}

/// The folder of a database, if there is one.
pub(super) async fn find(name: &DatabaseName) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let Some(root) = child(&origin().await?, ROOT, false).await? else { return Ok(None) };
    child(&root, &name.folder(), false).await
}

/// The folder of a database, which is created if it is not there.
pub(super) async fn create(name: &DatabaseName) -> Result<FileSystemDirectoryHandle, StorageError> {
    let gone = || StorageError::new(StorageErrorKind::Io, "its folder could not be created");
    let root = child(&origin().await?, ROOT, true).await?.ok_or_else(gone)?;
    child(&root, &name.folder(), true).await?.ok_or_else(gone)
}

async fn origin() -> Result<FileSystemDirectoryHandle, StorageError> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let storage = scope.navigator().storage();
    if storage.is_undefined() {
        return Err(StorageError::new(StorageErrorKind::Unsupported, "navigator.storage is missing"));
    }
    let origin = JsFuture::from(storage.get_directory()).await.map_err(|error| js_error(&error))?;
    Ok(origin.unchecked_into())
}

/// The folder of that name in another one, if there is one.
async fn child(
    parent: &FileSystemDirectoryHandle,
    name: &str,
    is_created: bool,
) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(is_created);
    match JsFuture::from(parent.get_directory_handle_with_options(name, &options)).await {
        Ok(handle) => Ok(Some(handle.unchecked_into())),
        Err(error) if error_name(&error) == "NotFoundError" && !is_created => Ok(None),
        Err(error) => Err(js_error(&error)),
    }
}
