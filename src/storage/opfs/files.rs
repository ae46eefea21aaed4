//! The files of a database, in its folder.
//!
//! | name | what |
//! | --- | --- |
//! | `database.1.0f3a9c52.sqlite3` | the database. An import makes one with the next number; the highest counts, others go |
//! | the same and `-journal`, `-wal` | what SQLite puts beside it. One that is empty is none |
//! | `import.7be01d44.sqlite3` | what is being imported, until it is checked |
//!
//! The second part is random, so that no file is taken for one of another database of that name, which is deleted.

use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Function, IteratorNext, Math, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions};

use super::browser::{check_support, error_name, js_error, patiently};
use super::folder::{create, find};
use super::handle::{Handle, Opening};
use super::vfs::{Offer, file as offered};
use crate::storage::{DatabaseName, StorageError, StorageErrorKind};

const DATABASE: &str = "database.";
const IMPORT: &str = "import.";
const END: &str = ".sqlite3";

/// What SQLite may put beside a database: ends of names.
const JOURNAL: &str = "-journal";
const LOG: &str = super::log::END;

/// What is in the folder of a database.
pub(super) struct Files {
    folder: FileSystemDirectoryHandle,
    /// By name.
    entries: BTreeMap<String, FileSystemFileHandle>,
}

/// A database whose files are open, and offered to SQLite.
pub(super) struct Taken {
    /// Where SQLite finds it.
    pub path: String,
    /// The database itself.
    pub main: Rc<Handle>,
    /// The database, and behind it its journal and its log.
    pub offer: Offer,
}

impl Taken {
    /// Offers open files: first the database, then what is beside it.
    fn new(name: &DatabaseName, names: &[String], handles: Vec<Handle>) -> Result<Self, StorageError> {
        let mut offer = Offer::none();
        for (file, handle) in names.iter().zip(handles) {
            offer.add(path_of(name, file), handle);
        }
        let path = path_of(name, &names[0]);
        let main = offered(&path).ok_or_else(|| StorageError::new(StorageErrorKind::Io, "no file is open"))?;
        Ok(Self { path, main, offer })
    }
}

impl Files {
    /// What is there of a database, if there is a folder for it.
    pub async fn find(name: &DatabaseName) -> Result<Option<Self>, StorageError> {
        check_support()?;
        match find(name).await? {
            Some(folder) => Self::list(folder).await.map(Some),
            None => Ok(None),
        }
    }

    /// The same, with a folder in any case.
    pub async fn find_or_create(name: &DatabaseName) -> Result<Self, StorageError> {
        check_support()?;
        Self::list(create(name).await?).await
    }

    async fn list(folder: FileSystemDirectoryHandle) -> Result<Self, StorageError> {
        let listing = folder.entries();
        let mut entries = BTreeMap::new();
        loop {
            let next = listing.next().map_err(|error| js_error(&error))?;
            let next: IteratorNext = JsFuture::from(next).await.map_err(|error| js_error(&error))?.unchecked_into();
            if next.done() {
                return Ok(Self { folder, entries });
            }
            let entry = Array::from(&next.value());
            if let (Some(name), Ok(file)) = (entry.get(0).as_string(), entry.get(1).dyn_into()) {
                entries.insert(name, file);
            }
        }
    }

    /// Name and number of the file that is the database.
    pub fn database(&self) -> Option<(String, u32)> {
        let numbered = self.entries.keys().filter_map(|name| Some((name.clone(), number_of(name)?)));
        numbered.max_by_key(|(_, number)| *number)
    }

    /// A name for the next one.
    pub fn next_database(&self) -> String {
        let number = self.database().map_or(0, |(_, number)| number) + 1;
        format!("{DATABASE}{number}.{}{END}", tag())
    }

    /// Opens files side by side, waiting for another holder for a while; creates those that are not there.
    pub async fn open(&self, names: &[String]) -> Result<Vec<Handle>, StorageError> {
        let mut files = Vec::new();
        for name in names {
            files.push(self.file(name).await?);
        }
        patiently(async || {
            // All are begun before one is waited for, and all are waited for.
            let opening: Vec<Opening> = files.iter().map(Handle::begin).collect();
            let (mut handles, mut refusal) = (Vec::new(), None);
            for handle in opening {
                match handle.end().await {
                    Ok(handle) => handles.push(handle),
                    Err(error) => refusal = Some(error),
                }
            }
            refusal.map_or(Ok(handles), Err)
        })
        .await
    }

    async fn file(&self, name: &str) -> Result<FileSystemFileHandle, StorageError> {
        if let Some(file) = self.entries.get(name) {
            return Ok(file.clone());
        }
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let file = JsFuture::from(self.folder.get_file_handle_with_options(name, &options)).await;
        Ok(file.map_err(|error| js_error(&error))?.unchecked_into())
    }

    /// Opens the database, or a new one, and what belongs to it. `is_known`: there is one, which is not empty.
    ///
    /// # Errors
    /// [`StorageErrorKind::Corrupt`] if there is none though it is known, [`StorageErrorKind::Busy`]
    pub async fn take(&self, name: &DatabaseName, is_known: bool) -> Result<Taken, StorageError> {
        let lost = |reason: &str| StorageError::new(StorageErrorKind::Corrupt, reason);
        let main = match self.database() {
            Some((file, _)) => file,
            None if is_known => return Err(lost("its file is gone")),
            None => self.next_database(),
        };
        let names = ["", JOURNAL, LOG].map(|end| [&main, end].concat());
        let handles = self.open(&names).await?;
        // Now that nobody else has the database.
        let taken = Taken::new(name, &names, handles)?;
        if is_known && taken.main.size()? == 0 {
            return Err(lost("its file is empty, and was not"));
        }
        self.remove(|name| !names.iter().any(|taken| taken == name)).await?;
        Ok(taken)
    }

    /// Opens a new file for what is imported. Gives its name, too.
    pub async fn take_import(&self, name: &DatabaseName) -> Result<(String, Taken), StorageError> {
        let file = format!("{IMPORT}{}{END}", tag());
        let names = ["", JOURNAL].map(|end| [&file, end].concat());
        let taken = Taken::new(name, &names, self.open(&names).await?)?;
        Ok((file, taken))
    }

    /// Gives a file that is not open another name: a crash leaves one or the other.
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let file = self.file(from).await?;
        let rename: Function = Reflect::get(&file, &"move".into()).unwrap_or_default().unchecked_into();
        // The browser may let go of a file a little later than it was closed.
        patiently(async || {
            let renaming = rename.call1(&file, &to.into()).map_err(|error| js_error(&error))?;
            JsFuture::from(Promise::from(renaming)).await.map(drop).map_err(|error| js_error(&error))
        })
        .await
    }

    /// Removes those of our files whose names are chosen. What something else has put here stays.
    pub async fn remove(&self, is_chosen: impl Fn(&str) -> bool) -> Result<(), StorageError> {
        for name in self.entries.keys().filter(|name| name.starts_with(DATABASE) || name.starts_with(IMPORT)) {
            if is_chosen(name) {
                self.remove_file(name).await?;
            }
        }
        Ok(())
    }

    /// Removes a file and what is beside it.
    pub async fn remove_whole(&self, name: &str) -> Result<(), StorageError> {
        for end in ["", JOURNAL, LOG] {
            self.remove_file(&[name, end].concat()).await?;
        }
        Ok(())
    }

    async fn remove_file(&self, name: &str) -> Result<(), StorageError> {
        patiently(async || match JsFuture::from(self.folder.remove_entry(name)).await {
            Err(error) if error_name(&error) != "NotFoundError" => Err(js_error(&error)),
            _ => Ok(()),
        })
        .await
    }
}

fn number_of(name: &str) -> Option<u32> {
    let (number, _) = name.strip_prefix(DATABASE)?.strip_suffix(END)?.split_once('.')?;
    number.parse().ok()
}

/// A path that no other database has.
fn path_of(name: &DatabaseName, file: &str) -> String {
    format!("/{}/{file}", name.folder())
}

fn tag() -> String {
    format!("{:08x}", (Math::random() * f64::from(u32::MAX)) as u32)
}
