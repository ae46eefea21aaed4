//! `N_name.js` or `.ts`, in the order of their names, as text. Read are `knex.raw` and `knex.schema.raw` of strings, one after
//! the other; what builds SQL is not.
//!
//! Source: <https://knexjs.org/guide/migrations.html>

use std::collections::HashMap;

use wheatear_core::statements::statements;

use crate::error::ImportError;
use crate::found::{Folder, Found, Piece};
use crate::input::Input;
use crate::javascript;
use crate::literals::{Kind, Reader, Text, script};

const HELP: &str = "only `knex.raw` and `knex.schema.raw` of SQL in a string can be read; let knex print what it makes of this \
                    (`knex.on('query', ({ sql }) => console.log(sql))` while it migrates an empty database), and write that as \
                    `knex.raw('…')`";

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    for input in inputs.iter().filter(|input| input.folder().is_empty()) {
        let Some((stem, "js" | "ts" | "cjs" | "mjs")) = input.name().rsplit_once('.') else { continue };
        if stem.ends_with(".d") || stem == "knexfile" {
            continue;
        }
        folder.migrations.push(migration(stem, input)?);
    }
    Ok(folder)
}

fn migration(stem: &str, input: &Input) -> Result<Found, ImportError> {
    let mut module = Module {
        reader: Reader::new(input, javascript::tokens(&input.text), HELP),
        constants: HashMap::new(),
        up: None,
        down: None,
        is_transactional: true,
    };
    while module.reader.peek().is_some() {
        module.item()?;
    }
    let Some(up) = module.up else {
        return Err(input.error(1, format!("has no function `up`: {HELP}")));
    };
    let nothing = || Piece { file: input.path.clone(), line: 1, sql: String::new() };
    let up = script(input, &up).unwrap_or_else(nothing);
    let down = module.down.map(|down| script(input, &down).unwrap_or_else(nothing));
    Ok(Found { in_transaction: module.is_transactional, ..Found::new(stem, up, down) })
}

struct Module<'input> {
    reader: Reader<'input>,
    /// Strings that have a name.
    constants: HashMap<String, Text>,
    up: Option<Vec<Text>>,
    down: Option<Vec<Text>>,
    is_transactional: bool,
}

impl Module<'_> {
    /// One statement of the file.
    fn item(&mut self) -> Result<(), ImportError> {
        let reader = &mut self.reader;
        let Some(Kind::Word(word)) = reader.peek() else {
            // 'use strict'
            let is_blank = matches!(reader.peek(), Some(Kind::Text(_) | Kind::Other(';')));
            return is_blank.then(|| drop(reader.take())).ok_or_else(|| reader.refused());
        };
        match &**word {
            "import" => {
                // Up to the name of the module.
                while !matches!(reader.peek(), Some(Kind::Text(_)) | None) {
                    reader.take();
                }
                reader.take();
                Ok(())
            }
            "export" => {
                reader.take();
                if reader.eat_word("default") { self.exports() } else { self.declaration() }
            }
            "exports" => {
                reader.take();
                self.named_export()
            }
            "module" => {
                reader.take();
                reader.expect('.')?;
                if !reader.eat_word("exports") {
                    return Err(reader.refused());
                }
                if reader.eat('=') { self.exports() } else { self.named_export() }
            }
            _ => self.declaration(),
        }
    }

    /// `.up = …`
    fn named_export(&mut self) -> Result<(), ImportError> {
        self.reader.expect('.')?;
        let name = self.reader.word()?;
        self.reader.expect('=')?;
        self.value(name)
    }

    /// `{ up: …, async down(knex) { … } }`
    fn exports(&mut self) -> Result<(), ImportError> {
        self.reader.expect('{')?;
        while !self.reader.eat('}') {
            let is_async = matches!(self.reader.peek_at(1), Some(Kind::Word(_))) && self.reader.eat_word("async");
            let name = self.reader.word()?;
            if self.reader.eat(':') {
                self.value(name)?;
            } else if !is_async && matches!(self.reader.peek(), Some(Kind::Other(',' | '}'))) {
                // Declared before.
                let is_there = match &*name {
                    "up" => self.up.is_some(),
                    "down" => self.down.is_some(),
                    _ => false,
                };
                if !is_there {
                    return Err(self.reader.refused());
                }
            } else {
                let texts = self.function_body(true)?;
                self.set(&name, texts)?;
            }
            if !self.reader.eat(',') && self.reader.peek() != Some(&Kind::Other('}')) {
                return Err(self.reader.refused());
            }
        }
        Ok(())
    }

    /// `const name = …` or `function name(…) { … }`
    fn declaration(&mut self) -> Result<(), ImportError> {
        let reader = &mut self.reader;
        if ["const", "let", "var"].into_iter().any(|word| reader.eat_word(word)) {
            // `const { Knex } = require('knex')`
            let name = if reader.eat('{') { reader.skip_past('}').map(|()| String::new())? } else { reader.word()? };
            reader.skip_past('=')?;
            if reader.eat_word("require") {
                reader.expect('(')?;
                return reader.skip_past(')');
            }
            return self.value(name);
        }
        reader.eat_word("async");
        if !reader.eat_word("function") {
            return Err(reader.refused());
        }
        let name = reader.word()?;
        let texts = self.function_body(true)?;
        self.set(&name, texts)
    }

    fn value(&mut self, name: String) -> Result<(), ImportError> {
        match &*name {
            "up" | "down" => {
                let texts = self.function()?;
                self.set(&name, texts)
            }
            "config" => {
                self.reader.expect('{')?;
                if self.reader.eat_word("transaction") {
                    self.reader.expect(':')?;
                    self.is_transactional = !self.reader.eat_word("false");
                }
                self.reader.skip_past('}')
            }
            _ => {
                let text = self.text()?;
                self.constants.insert(name, text);
                Ok(())
            }
        }
    }

    fn set(&mut self, name: &str, texts: Vec<Text>) -> Result<(), ImportError> {
        match name {
            "up" => self.up = Some(texts),
            "down" => self.down = Some(texts),
            _ => return Err(self.reader.error(self.reader.line(), format!("`{name}` cannot be read: {HELP}"))),
        }
        Ok(())
    }

    /// `async function (knex) { … }`, `(knex) => …`
    fn function(&mut self) -> Result<Vec<Text>, ImportError> {
        self.reader.eat_word("async");
        if self.reader.eat_word("function") {
            if matches!(self.reader.peek(), Some(Kind::Word(_))) {
                self.reader.take();
            }
            return self.function_body(true);
        }
        self.function_body(false)
    }

    /// What stands behind the name: parameters, perhaps a type, and the body.
    fn function_body(&mut self, is_block: bool) -> Result<Vec<Text>, ImportError> {
        let reader = &mut self.reader;
        let mut client = String::new();
        if reader.eat('(') {
            if let Some(Kind::Word(name)) = reader.peek() {
                client.clone_from(name);
            }
            reader.skip_past(')')?;
        } else {
            client = reader.word()?;
        }
        if is_block {
            while !matches!(reader.peek(), Some(Kind::Other('{')) | None) {
                reader.take();
            }
        } else {
            while !matches!(
                (reader.peek(), reader.peek_at(1)),
                (Some(Kind::Other('=')), Some(Kind::Other('>'))) | (None, _)
            ) {
                reader.take();
            }
            reader.take();
            reader.take();
        }
        let mut texts = Vec::new();
        if self.reader.eat('{') {
            while !self.reader.eat('}') {
                self.statement(&client, &mut texts)?;
            }
        } else {
            self.expression(&client, &mut texts)?;
        }
        Ok(texts)
    }

    fn statement(&mut self, client: &str, texts: &mut Vec<Text>) -> Result<(), ImportError> {
        let reader = &mut self.reader;
        if reader.eat(';') {
            return Ok(());
        }
        if ["const", "let", "var"].into_iter().any(|word| reader.eat_word(word)) {
            let name = reader.word()?;
            reader.skip_past('=')?;
            let text = self.text()?;
            self.constants.insert(name, text);
            return Ok(());
        }
        if reader.eat_word("return") && matches!(reader.peek(), Some(Kind::Other(';' | '}'))) {
            return Ok(());
        }
        self.expression(client, texts)
    }

    fn expression(&mut self, client: &str, texts: &mut Vec<Text>) -> Result<(), ImportError> {
        self.reader.enter()?;
        self.expression_inside(client, texts)?;
        self.reader.leave();
        Ok(())
    }

    fn expression_inside(&mut self, client: &str, texts: &mut Vec<Text>) -> Result<(), ImportError> {
        while self.reader.eat_word("await") {}
        if self.reader.eat_word("Promise") {
            self.reader.expect('.')?;
            let is_all = self.reader.eat_word("all");
            if !is_all && !self.reader.eat_word("resolve") {
                return Err(self.reader.refused());
            }
            self.reader.expect('(')?;
            if is_all {
                self.reader.expect('[')?;
                while !self.reader.eat(']') {
                    self.expression(client, texts)?;
                    if !self.reader.eat(',') && self.reader.peek() != Some(&Kind::Other(']')) {
                        return Err(self.reader.refused());
                    }
                }
            }
            self.reader.expect(')')?;
        } else if client.is_empty() || !self.reader.eat_word(client) {
            return Err(self.reader.refused());
        }
        while self.reader.eat('.') {
            if self.reader.eat_word("schema") {
                continue;
            }
            if self.reader.eat_word("raw") {
                self.raw(texts)?;
            } else if self.reader.eat_word("then") {
                self.reader.expect('(')?;
                self.continuation(client, texts)?;
                self.reader.expect(')')?;
            } else {
                return Err(self.reader.refused());
            }
        }
        Ok(())
    }

    /// `() => knex.raw('…')`, in which the client has the name that it has around.
    fn continuation(&mut self, client: &str, texts: &mut Vec<Text>) -> Result<(), ImportError> {
        self.reader.eat_word("async");
        let is_function = self.reader.eat_word("function");
        if self.reader.eat('(') {
            self.reader.skip_past(')')?;
        } else {
            self.reader.word()?;
        }
        if !is_function {
            self.reader.expect('=')?;
            self.reader.expect('>')?;
        }
        if !self.reader.eat('{') {
            return self.expression(client, texts);
        }
        while !self.reader.eat('}') {
            self.statement(client, texts)?;
        }
        Ok(())
    }

    /// `('…')`
    fn raw(&mut self, texts: &mut Vec<Text>) -> Result<(), ImportError> {
        self.reader.expect('(')?;
        let text = self.text()?;
        if self.reader.eat(',') && self.reader.peek() != Some(&Kind::Other(')')) {
            return Err(self.reader.error(text.line, format!("has values beside the SQL: {HELP}")));
        }
        self.reader.expect(')')?;
        if statements(&text.text).count() > 1 {
            let message = "has several statements in one `raw`, of which the driver runs the first or none; write one `raw` \
                           for each";
            return Err(self.reader.error(text.line, message));
        }
        texts.push(text);
        Ok(())
    }

    /// A string, perhaps in several pieces.
    fn text(&mut self) -> Result<Text, ImportError> {
        let line = self.reader.line();
        let mut text = String::new();
        loop {
            match self.reader.peek() {
                Some(Kind::Text(more)) => text.push_str(more),
                Some(Kind::Word(name)) => match self.constants.get(name) {
                    Some(constant) => text.push_str(&constant.text),
                    None => return Err(self.reader.refused()),
                },
                _ => return Err(self.reader.refused()),
            }
            self.reader.take();
            if !self.reader.eat('+') {
                return Ok(Text { text, line });
            }
        }
    }
}
