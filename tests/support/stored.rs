//! A store for the commits of a mirror, as simple as can be.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;

use rusqlite::Connection;
use wheatear::storage::{BLOCK_SIZE, Mirror, Missing};

/// What is stored of a mirror: what the page keeps in IndexedDB.
#[derive(Clone, Default)]
pub struct Stored {
    pub size: u64,
    pub blocks: BTreeMap<usize, Vec<u8>>,
    pub commits: usize,
}

impl Stored {
    /// Stores what was committed since the last time; whether anything was.
    pub fn store(&mut self, mirror: &Mirror) -> bool {
        while let Some(index) = mirror.unfinished() {
            self.fill(mirror, Missing::Block(index));
        }
        let blocks = &mut self.blocks;
        let size = mirror.take_commit(false, |index, block| {
            blocks.insert(index, block.to_vec());
        });
        let Some(size) = size else { return false };
        self.size = size;
        self.blocks.retain(|index, _| (*index as u64) < size.div_ceil(BLOCK_SIZE as u64));
        self.commits += 1;
        true
    }

    /// A mirror of it, and a connection; only the first block is there.
    pub fn open(&self) -> (Mirror, Connection) {
        let mirror = Mirror::new(self.size).expect("memory");
        if self.size > 0 {
            self.fill(&mirror, Missing::Block(0));
        }
        let connection = mirror.connect().expect("a connection");
        (mirror, connection)
    }

    /// Supplies what was missing.
    pub fn fill(&self, mirror: &Mirror, missing: Missing) {
        let fill = |(index, block): (&usize, &Vec<u8>)| mirror.fill(*index, block).expect("memory");
        match missing {
            Missing::All => self.blocks.iter().for_each(fill),
            Missing::Block(index) => fill((&index, &self.blocks[&index])),
        }
    }

    /// Does it again until nothing is missing; also says what was.
    pub fn retry<T>(&self, mirror: &Mirror, mut work: impl FnMut() -> T) -> (T, Vec<Missing>) {
        let mut lacked = Vec::new();
        loop {
            let result = work();
            let Some(missing) = mirror.take_missing() else { return (result, lacked) };
            assert_ne!(lacked.last(), Some(&Missing::All), "everything is there, and still not enough");
            self.fill(mirror, missing);
            lacked.push(missing);
        }
    }

    /// The file as it is stored.
    pub fn file(&self) -> Vec<u8> {
        let blocks = (0..self.size.div_ceil(BLOCK_SIZE as u64) as usize).map(|index| &self.blocks[&index][..]);
        let mut bytes: Vec<u8> = blocks.collect::<Vec<_>>().concat();
        bytes.truncate(self.size as usize);
        bytes
    }
}
