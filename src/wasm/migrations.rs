use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::wasm::{code_steps, error_data, functions, panics, wire};
use crate::{Error, MigrationSet, SourceFile, SqlMigration};

/// The migrations of a module or of its page, as the worker passes them around.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Migrations(MigrationSet);

impl Migrations {
    /// Wraps a set for the worker.
    pub fn new(set: MigrationSet) -> Self {
        Self(set.preparing(functions::prepare))
    }

    /// The set of a folder's files, for a module that gets them from its page, and of migrations that are written in
    /// JavaScript: `CodeObject` of client/worker/code-steps.ts. `try_out`: as [`MigrationSet::tried_out`].
    ///
    /// # Errors
    /// `ErrorData` of the first fault in them.
    pub fn of_files(
        paths: Vec<String>,
        texts: Vec<String>,
        try_out: bool,
        code: Option<Array>,
    ) -> Result<Self, JsValue> {
        let files = paths.into_iter().zip(texts).map(|(path, text)| SourceFile { path, text });
        let code = code_steps::read(code).ok_or_else(|| error_data::invalid_option("code"))?;
        Self::made(|| Ok(MigrationSet::build(files, code)?), try_out)
    }

    /// The set of migrations that are no files: objects with the fields of [`SqlMigration`], in camel case. Those that
    /// may be absent there may be so here. `code`: as of [`Migrations::of_files`].
    ///
    /// # Errors
    /// `ErrorData` of the first fault in them.
    pub fn of_sql(migrations: Vec<JsValue>, try_out: bool, code: Option<Array>) -> Result<Self, JsValue> {
        let migrations: Option<Vec<_>> = migrations.iter().map(read).collect();
        let migrations = migrations.ok_or_else(|| error_data::invalid_option("migrations"))?;
        let code = code_steps::read(code).ok_or_else(|| error_data::invalid_option("code"))?;
        Self::made(|| Ok(MigrationSet::from_sql(migrations, code)?), try_out)
    }

    fn made(make: impl FnOnce() -> Result<MigrationSet, Error>, try_out: bool) -> Result<Self, JsValue> {
        panics::throw();
        let prepared = make().map(|set| set.preparing(functions::prepare));
        let set = prepared.and_then(|set| if try_out { set.tried_out() } else { Ok(set) });
        set.map(Self::new).map_err(error_data::to_js)
    }

    pub(crate) fn set(&self) -> &MigrationSet {
        &self.0
    }
}

#[wasm_bindgen]
impl Migrations {
    /// What other tabs are told of the set: `MigrationSet` of client/protocol/migration-set.ts.
    ///
    /// # Errors
    /// None: what is said of a set can always cross.
    pub fn describe(&self) -> Result<JsValue, JsValue> {
        Ok(wire::set(&self.0)?)
    }
}

/// `None` if a field is of another kind than the client sends.
fn read(migration: &JsValue) -> Option<SqlMigration> {
    let field = |name: &str| Reflect::get(migration, &name.into()).ok();
    let switch = |name| field(name).and_then(|value| value.as_bool());
    let texts = |name| -> Option<Vec<String>> {
        let value = field(name)?;
        if value.is_undefined() {
            return Some(Vec::new());
        }
        Array::from(&value).iter().map(|text| text.as_string()).collect()
    };
    Some(SqlMigration {
        id: field("id")?.as_string()?,
        up: field("up")?.as_string()?,
        down: field("down")?.as_string(),
        depends: texts("depends")?,
        was: texts("was")?,
        transactional: switch("transactional"),
        foreign_keys: switch("foreignKeys"),
        compatible: switch("compatible"),
        accepted_checksums: texts("acceptedChecksums")?.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?,
    })
}
