use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use wheatear::rusqlite::Connection;
use wheatear::storage::{StorageErrorKind, open_file};

use crate::{Access, Entry, Exit, Fault, Host};

/// The files, databases and the terminal of this machine.
#[derive(Clone, Copy, Debug)]
pub struct NativeHost;

impl Host for NativeHost {
    fn working_folder(&self) -> Result<String, Fault> {
        let folder = std::env::current_dir().map_err(|error| failed("the working folder", &error))?;
        Ok(folder.to_string_lossy().replace('\\', "/"))
    }

    fn text(&self, path: &str) -> Result<Option<String>, Fault> {
        match fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(Fault::new(Exit::Data, format!("{path} is not text in UTF-8"))),
            },
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(failed(path, &error)),
        }
    }

    fn entries(&self, folder: &str) -> Result<Option<Vec<Entry>>, Fault> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(failed(folder, &error)),
        };
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok(Entry { name, is_folder: entry.file_type()?.is_dir() })
        };
        entries.map(entry).collect::<io::Result<_>>().map(Some).map_err(|error| failed(folder, &error))
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Fault> {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        let made = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
        made.map_err(|error| Fault::new(Exit::CannotCreate, format!("{path} cannot be written: {error}")))
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        fs::remove_file(path).map_err(|error| Fault::new(Exit::Io, format!("{path} cannot be removed: {error}")))
    }

    fn is_there(&self, path: &str) -> bool {
        fs::symlink_metadata(path).is_ok()
    }

    fn stamp(&self, path: &str) -> Option<String> {
        let metadata = fs::metadata(path).ok()?;
        let time = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{} {}", metadata.len(), time.as_nanos()))
    }

    fn pause(&self) {
        std::thread::sleep(Duration::from_millis(200));
    }

    fn open(&self, path: &str, access: Access) -> Result<Connection, Fault> {
        if access != Access::Make && !Path::new(path).exists() {
            return Err(Fault::new(Exit::NoInput, format!("there is no database {path}")));
        }
        if Path::new(path).exists() && !Path::new(path).is_file() {
            return Err(Fault::new(Exit::NoInput, format!("{path} is no file, and so no database")));
        }
        match open_file(path) {
            Err(error) if error.kind == StorageErrorKind::Io && !has_folder(path) => {
                Err(Fault::new(Exit::NoInput, format!("{path} cannot be made, for there is no such folder")))
            }
            opened => Ok(opened?),
        }
    }

    fn save(&self, _: &str, _: &Connection) -> Result<(), Fault> {
        Ok(())
    }

    fn print(&self, text: &str) {
        let printed = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
        match printed {
            // Whoever reads may have read enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.complain(&format!("error: standard output cannot be written: {error}\n"));
                std::process::exit(Exit::Io.code().into());
            }
            _ => {}
        }
    }

    fn complain(&self, text: &str) {
        _ = io::stderr().write_all(text.as_bytes());
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    fn ask(&self, question: &str) -> Option<String> {
        self.print(question);
        let mut answer = String::new();
        let length = io::stdin().lock().read_line(&mut answer).ok()?;
        (length > 0).then(|| answer.trim().to_owned())
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn edit(&self, editor: &str, path: &str) -> Result<(), Fault> {
        let mut words = editor.split_whitespace();
        let program = words.next().unwrap_or_default();
        let status = Command::new(program).args(words).arg(path).status();
        status
            .map(drop)
            .map_err(|error| Fault::new(Exit::Io, format!("the editor {editor} cannot be started: {error}")))
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn has_folder(path: &str) -> bool {
    Path::new(path).parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir())
}

fn failed(path: &str, error: &io::Error) -> Fault {
    Fault::new(Exit::Io, format!("{path} cannot be read: {error}"))
}
