use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wheatear::rusqlite::Connection;
use wheatear::storage::{BLOCK_SIZE, Mirror};

use crate::{Access, Entry, Exit, Fault, Host};

#[wasm_bindgen]
extern "C" {
    /// What Node.js does for the program: `NodeFunctions` of client/build/node-host.ts. What cannot be done throws an object
    /// with an `exit`, one of the codes of [`Exit`], and a `message`.
    #[derive(Debug)]
    pub type NodeFunctions;

    #[wasm_bindgen(method, catch, js_name = workingFolder)]
    fn working_folder(this: &NodeFunctions) -> Result<String, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &NodeFunctions, path: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn entries(this: &NodeFunctions, folder: &str) -> Result<Option<Array>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn write(this: &NodeFunctions, path: &str, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn remove(this: &NodeFunctions, path: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = isThere)]
    fn is_there(this: &NodeFunctions, path: &str) -> bool;
    #[wasm_bindgen(method)]
    fn stamp(this: &NodeFunctions, path: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn pause(this: &NodeFunctions);
    #[wasm_bindgen(method, catch, js_name = readDatabase)]
    fn read_database(this: &NodeFunctions, path: &str, may_be_absent: bool) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, catch, js_name = writeDatabase)]
    fn write_database(this: &NodeFunctions, path: &str, bytes: &[u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn print(this: &NodeFunctions, text: &str);
    #[wasm_bindgen(method)]
    fn complain(this: &NodeFunctions, text: &str);
    #[wasm_bindgen(method, js_name = isTerminal)]
    fn is_terminal(this: &NodeFunctions) -> bool;
    #[wasm_bindgen(method)]
    fn ask(this: &NodeFunctions, question: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn variable(this: &NodeFunctions, name: &str) -> Option<String>;
    #[wasm_bindgen(method, catch)]
    fn edit(this: &NodeFunctions, editor: &str, path: &str) -> Result<(), JsValue>;
}

/// The files and the terminal of Node.js. A database is read into memory, where the engine has it as in a page, and written
/// back whole.
#[derive(Debug)]
pub struct NodeHost {
    functions: NodeFunctions,
    /// The databases that were opened, by path.
    mirrors: RefCell<HashMap<String, Mirror>>,
}

impl NodeHost {
    /// A host that has these functions.
    pub fn new(functions: NodeFunctions) -> Self {
        Self { functions, mirrors: RefCell::default() }
    }
}

impl Host for NodeHost {
    fn working_folder(&self) -> Result<String, Fault> {
        self.functions.working_folder().map_err(thrown)
    }

    fn text(&self, path: &str) -> Result<Option<String>, Fault> {
        self.functions.text(path).map_err(thrown)
    }

    fn entries(&self, folder: &str) -> Result<Option<Vec<Entry>>, Fault> {
        let entry = |entry: JsValue| Entry {
            name: field(&entry, "name").as_string().unwrap_or_default(),
            is_folder: field(&entry, "isFolder").is_truthy(),
        };
        let entries = self.functions.entries(folder).map_err(thrown)?;
        Ok(entries.map(|entries| entries.iter().map(entry).collect()))
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Fault> {
        self.functions.write(path, text).map_err(thrown)
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        self.functions.remove(path).map_err(thrown)
    }

    fn is_there(&self, path: &str) -> bool {
        self.functions.is_there(path)
    }

    fn stamp(&self, path: &str) -> Option<String> {
        self.functions.stamp(path)
    }

    fn pause(&self) {
        self.functions.pause();
    }

    fn open(&self, path: &str, access: Access) -> Result<Connection, Fault> {
        let bytes = self.functions.read_database(path, access == Access::Make).map_err(thrown)?;
        let mirror = Mirror::new(bytes.len() as u64)?;
        bytes.chunks(BLOCK_SIZE).enumerate().try_for_each(|(index, block)| mirror.fill(index, block))?;
        let connection = mirror.connect()?;
        self.mirrors.borrow_mut().insert(path.to_owned(), mirror);
        Ok(connection)
    }

    fn save(&self, path: &str, _: &Connection) -> Result<(), Fault> {
        let mirrors = self.mirrors.borrow();
        let Some(mirror) = mirrors.get(path) else { return Ok(()) };
        // What was not changed is not written.
        if mirror.take_commit(false, |_, _| {}).is_none() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        let size = mirror.take_commit(true, |_, block| bytes.extend_from_slice(block));
        bytes.truncate(usize::try_from(size.unwrap_or_default()).unwrap_or_default());
        self.functions.write_database(path, &bytes).map_err(thrown)
    }

    fn print(&self, text: &str) {
        self.functions.print(text);
    }

    fn complain(&self, text: &str) {
        self.functions.complain(text);
    }

    fn is_terminal(&self) -> bool {
        self.functions.is_terminal()
    }

    fn ask(&self, question: &str) -> Option<String> {
        self.functions.ask(question)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.functions.variable(name)
    }

    fn edit(&self, editor: &str, path: &str) -> Result<(), Fault> {
        self.functions.edit(editor, path).map_err(thrown)
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn thrown(error: JsValue) -> Fault {
    let code = field(&error, "exit").as_f64();
    let exit = Exit::ALL.into_iter().find(|exit| code == Some(f64::from(exit.code()))).unwrap_or(Exit::Io);
    let message = field(&error, "message").as_string();
    Fault::new(exit, message.unwrap_or_else(|| "Node.js has thrown something that is no error".to_owned()))
}
