//! The folder of a database.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, FileSystemRemoveOptions, WorkerGlobalScope};

use super::browser::{error_name, js_error, patiently};
use crate::storage::{DatabaseName, StorageError, StorageErrorKind};

/// Folder in the origin private file system that holds one folder per database.
pub(super) const ROOT: &str = "wheatear";

/// Deletes a database; does nothing if there is none.
///
/// # Errors
/// [`StorageErrorKind::Busy`] while it is open.
pub async fn delete(name: &DatabaseName) -> Result<(), StorageError> {
    let Some(root) = parent_of(name).await? else { return Ok(()) };
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    let remove = async || JsFuture::from(root.remove_entry_with_options(&name.folder(), &options)).await;
    patiently(async || remove().await.map(drop).map_err(|error| js_error(&error))).await
}

/// The folder that holds the database's folder, if the latter exists.
pub(super) async fn parent_of(name: &DatabaseName) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let storage = scope.navigator().storage();
    if storage.is_undefined() {
        return Err(StorageError::new(StorageErrorKind::Unsupported, "navigator.storage is missing"));
    }
    let root = JsFuture::from(storage.get_directory()).await.map_err(|error| js_error(&error))?;
    let Some(root) = child(&root.unchecked_into(), ROOT).await? else { return Ok(None) };
    Ok(child(&root, &name.folder()).await?.map(|_| root))
}

/// The folder of that name in another one, if there is one.
pub(super) async fn child(
    parent: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<Option<FileSystemDirectoryHandle>, StorageError> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(false);
    match JsFuture::from(parent.get_directory_handle_with_options(name, &options)).await {
        Ok(handle) => Ok(Some(handle.unchecked_into())),
        Err(error) if error_name(&error) == "NotFoundError" => Ok(None),
        Err(error) => Err(js_error(&error)),
    }
}
