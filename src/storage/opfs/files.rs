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
use super::handle::Handle;
use super::vfs::Offer;
use crate::storage::{DatabaseName, StorageError, StorageErrorKind, file_check};

const DATABASE: &str = "database.";
const IMPORT: &str = "import.";
const END: &str = ".sqlite3";

/// What SQLite may put beside a database: ends of names.
const JOURNAL: &str = "-journal";
const LOG: &str = "-wal";

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
    pub offer: Offer,
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

    /// Opens a file, waiting for another holder for a while; creates it if it is not there.
    pub async fn open(&self, name: &str) -> Result<Handle, StorageError> {
        let file = self.file(name).await?;
        patiently(async || Handle::begin(&file).end().await).await
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
        let (journal, log) = (format!("{main}{JOURNAL}"), format!("{main}{LOG}"));
        let (file, journal_file) = (self.file(&main).await?, self.file(&journal).await?);
        let (handle, journal_handle) = patiently(async || {
            let opening = (Handle::begin(&file), Handle::begin(&journal_file));
            let (handle, journal_handle) = (opening.0.end().await, opening.1.end().await);
            Ok((handle?, journal_handle?))
        })
        .await?;
        if is_known && handle.size()? == 0 {
            return Err(lost("its file is empty, and was not"));
        }
        // Now that nobody else has the database.
        self.remove(|name| name != main && name != journal && name != log).await?;
        let mut head = [0; 20];
        let length = handle.read(&mut head, 0)?;
        let has_log = file_check::is_in_wal_mode(&head[..length]) || self.entries.contains_key(&log);
        let path = path_of(name, &main);
        let mut offer = Offer::none();
        let main = offer.add(path.clone(), handle);
        offer.add(path_of(name, &journal), journal_handle);
        if has_log {
            offer.add(path_of(name, &log), self.open(&log).await?);
        }
        Ok(Taken { path, main, offer })
    }

    /// Opens a new file for what is imported. Gives its name, too.
    pub async fn take_import(&self, name: &DatabaseName) -> Result<(String, Taken), StorageError> {
        let file = format!("{IMPORT}{}{END}", tag());
        let path = path_of(name, &file);
        let mut offer = Offer::none();
        let main = offer.add(path.clone(), self.open(&file).await?);
        offer.add(format!("{path}{JOURNAL}"), self.open(&format!("{file}{JOURNAL}")).await?);
        Ok((file, Taken { path, main, offer }))
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
