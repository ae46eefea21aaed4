use wheatear::rusqlite::Connection;

use crate::Fault;

/// What the program needs of where it runs. Paths are as the user wrote them, relative ones from the working folder, and
/// have `/` between their parts.
pub trait Host {
    /// The working folder, as an absolute path.
    ///
    /// # Errors
    /// There is none any more.
    fn working_folder(&self) -> Result<String, Fault>;

    /// The text of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or is not text.
    fn text(&self, path: &str) -> Result<Option<String>, Fault>;

    /// What is in a folder, in any order; `None` if there is no such folder.
    ///
    /// # Errors
    /// It cannot be read.
    fn entries(&self, folder: &str) -> Result<Option<Vec<Entry>>, Fault>;

    /// Writes a file whole, and makes the folders that it lies in.
    ///
    /// # Errors
    /// It cannot be written.
    fn write(&self, path: &str, text: &str) -> Result<(), Fault>;

    /// Removes a file.
    ///
    /// # Errors
    /// It cannot be removed.
    fn remove(&self, path: &str) -> Result<(), Fault>;

    /// Whether there is a file, or something else of that name.
    fn is_there(&self, path: &str) -> bool;

    /// What is another one once a file was written: its size and time. `None` if there is no such file.
    fn stamp(&self, path: &str) -> Option<String>;

    /// Waits for a fifth of a second.
    fn pause(&self);

    /// Opens a database.
    ///
    /// # Errors
    /// Somebody else holds it, it is none, or there is none and it may not be made.
    fn open(&self, path: &str, access: Access) -> Result<Connection, Fault>;

    /// Stores what was done to a database, where a connection does not do that itself.
    ///
    /// # Errors
    /// Somebody else has changed it meanwhile; nothing is written then.
    fn save(&self, path: &str, connection: &Connection) -> Result<(), Fault>;

    /// Prints to standard output.
    fn print(&self, text: &str);

    /// Prints to standard error.
    fn complain(&self, text: &str);

    /// Whether somebody sees standard output, and can answer.
    fn is_terminal(&self) -> bool;

    /// What somebody answers to a question; `None` if the input has ended.
    fn ask(&self, question: &str) -> Option<String>;

    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;

    /// Opens a file in an editor, given as a command line, and waits until it is closed.
    ///
    /// # Errors
    /// The editor cannot be started.
    fn edit(&self, editor: &str, path: &str) -> Result<(), Fault>;
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, without the folder's.
    pub name: String,
    /// Whether it is a folder itself, and no link to one.
    pub is_folder: bool,
}

/// What is to be done with a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It is looked at, and must be there.
    Read,
    /// It is changed, and must be there.
    Change,
    /// It is changed, or made.
    Make,
}
