//! The homes that a database can have, used as the worker uses them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wheatear::wasm::{Connection, block_size, delete_opfs, export_opfs};

/// An open database.
pub struct Home {
    place: Place,
    connection: Option<Connection>,
}

enum Place {
    Opfs(String),
    /// What the page would keep in IndexedDB: the file's size and blocks.
    Mirror(f64, BTreeMap<usize, Vec<u8>>),
}

impl Home {
    pub async fn opfs(name: &str) -> Self {
        delete_opfs(name.to_owned()).await.expect("a deletion");
        Self::open(Place::Opfs(name.to_owned())).await
    }

    pub fn mirror() -> Self {
        let connection = Connection::open_mirror(0.0, None).expect("a database");
        Self { place: Place::Mirror(0.0, BTreeMap::new()), connection: Some(connection) }
    }

    async fn open(place: Place) -> Self {
        let connection = match &place {
            Place::Opfs(name) => Connection::open_opfs(name.clone(), None).await,
            Place::Mirror(size, blocks) => {
                Connection::open_mirror(*size, blocks.get(&0).map(|block| block.clone().into_boxed_slice()))
            }
        };
        Self { place, connection: Some(connection.expect("the database opens")) }
    }

    /// Closes it and opens what is stored.
    pub async fn reopen(&mut self) {
        self.connection.take().expect("a connection").close().expect("a close");
        let place = std::mem::replace(&mut self.place, Place::Opfs(String::new()));
        *self = Self::open(place).await;
    }

    pub fn close(self) {
        self.connection.expect("a connection").close().expect("a close");
    }

    /// Does it, as often as it takes to have every block, and stores what was committed.
    pub async fn run<T>(&mut self, mut work: impl FnMut(&mut Connection) -> Result<T, JsValue>) -> Result<T, JsValue> {
        let connection = self.connection.as_mut().expect("a connection");
        loop {
            let result = work(connection);
            let (Err(_), Some(missing), Place::Mirror(_, blocks)) = (&result, connection.take_missing(), &self.place)
            else {
                self.store();
                return result;
            };
            let is_missing = |index: usize| missing < 0.0 || index == missing as usize;
            for (index, block) in blocks.iter().filter(|(index, _)| is_missing(**index)) {
                connection.fill(*index, block).expect("memory");
            }
        }
    }

    fn store(&mut self) {
        let connection = self.connection.as_ref().expect("a connection");
        while let (Some(index), Place::Mirror(_, blocks)) = (connection.unfinished(), &self.place) {
            connection.fill(index, &blocks[&index]).expect("memory");
        }
        let commit = connection.take_commit(None);
        let Place::Mirror(size, blocks) = &mut self.place else { return assert!(commit.is_undefined()) };
        if commit.is_undefined() {
            return;
        }
        *size = get(&commit, "size").as_f64().expect("a number");
        let written = Array::from(&get(&commit, "blocks"));
        for (index, block) in Array::from(&get(&commit, "indexes")).iter().zip(written.iter()) {
            let block = block.dyn_into::<Uint8Array>().expect("bytes").to_vec();
            assert_eq!(block.len(), block_size());
            blocks.insert(index.as_f64().expect("a number") as usize, block);
        }
        let count = (*size as usize).div_ceil(block_size());
        blocks.retain(|index, _| *index < count);
    }

    pub async fn exec(&mut self, sql: &str) {
        self.run(|db| db.exec(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// The column `n` of the only row.
    pub async fn number(&mut self, sql: &str) -> f64 {
        number(&self.run(|db| db.query(sql, &Array::new())).await.expect("a row"))
    }

    pub async fn check(&mut self) {
        self.run(|db| db.check()).await.expect("a sound database");
    }

    /// The file, read through the open connection in odd parts.
    pub async fn file(&mut self) -> Vec<u8> {
        let size = self.run(|db| db.file_size()).await.expect("a size") as usize;
        let mut bytes = Vec::new();
        while bytes.len() < size {
            let part = self.run(|db| db.read_file(bytes.len() as f64, 100_001.0)).await.expect("a part");
            bytes.extend(part.to_vec());
        }
        bytes
    }

    /// The file as it is stored, whoever has it open lets go of it meanwhile.
    pub async fn stored(&mut self) -> Vec<u8> {
        let name = match &self.place {
            Place::Mirror(size, blocks) => {
                let mut bytes: Vec<u8> = blocks.values().flatten().copied().collect();
                bytes.truncate(*size as usize);
                return bytes;
            }
            Place::Opfs(name) => name.clone(),
        };
        self.connection.take().expect("a connection").close().expect("a close");
        let bytes = exported(&name).await.expect("the file");
        self.connection = Some(Connection::open_opfs(name, None).await.expect("the database opens"));
        bytes
    }
}

/// The file of a database in the origin private file system that is not open.
pub async fn exported(name: &str) -> Result<Vec<u8>, JsValue> {
    let parts = Array::new();
    let collect = parts.clone();
    let part = Closure::<dyn FnMut(JsValue)>::new(move |part: JsValue| {
        collect.push(&part);
    });
    let part: Function = part.into_js_value().unchecked_into();
    export_opfs(name.to_owned(), part).await?;
    Ok(parts.iter().flat_map(|part| Uint8Array::new(&part).to_vec()).collect())
}

/// The column `n` of the first row.
pub fn number(rows: &Array) -> f64 {
    get(&rows.get(0), "n").as_f64().expect("a number")
}

pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).expect("a property")
}
