//! `name.sql`, whose format is ours, and `name.py`, which is read if its steps are strings. They run in the order of their
//! dependencies, otherwise of their names, as text.
//!
//! Source: <https://ollycope.com/software/yoyo/latest/>

use std::collections::HashMap;

use wheatear_core::header::Header;

use crate::error::ImportError;
use crate::found::{Folder, Found, Piece};
use crate::input::Input;
use crate::literals::{Kind, Reader, Text, script};
use crate::notes::Notes;
use crate::python;
use crate::sections::whole;

const HELP: &str = "of a migration in Python only `__depends__`, `__transactional__` and steps whose SQL is a string can be \
                    read; write what this does as SQL, into a file .sql in its place";

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    // Each with what it depends on.
    let mut all: Vec<(Found, Vec<String>)> = Vec::new();
    for input in inputs.iter().filter(|input| input.folder().is_empty()) {
        let (found, depends) = match input.name().rsplit_once('.') {
            Some((stem, "sql")) if !stem.ends_with(".rollback") => of_sql(stem, inputs, input),
            Some((stem, "py")) if stem != "__init__" => of_python(stem, input, &mut folder.notes)?,
            _ => continue,
        };
        if found.id.starts_with("post-apply") {
            folder.hooks.push((found.id, found.up));
        } else {
            all.push((found, depends));
        }
    }
    while !all.is_empty() {
        let waits = |depends: &[String]| depends.iter().any(|id| all.iter().any(|(other, _)| other.id == *id));
        // What waits in a circle is refused when the set is built.
        let next = all.iter().position(|(_, depends)| !waits(depends)).unwrap_or(0);
        folder.migrations.push(all.remove(next).0);
    }
    Ok(folder)
}

fn of_sql(stem: &str, inputs: &[Input], input: &Input) -> (Found, Vec<String>) {
    let down = inputs.iter().find(|other| other.path == format!("{stem}.rollback.sql")).map(whole);
    let depends = Header::parse(&input.text).unwrap_or_default().depends.into_iter().map(|(id, _)| id).collect();
    (Found { has_headers: true, ..Found::new(stem, whole(input), down) }, depends)
}

fn of_python(stem: &str, input: &Input, notes: &mut Notes) -> Result<(Found, Vec<String>), ImportError> {
    let mut module = Module {
        reader: Reader::new(input, python::tokens(&input.text), HELP),
        ups: Vec::new(),
        downs: Vec::new(),
        depends: Vec::new(),
        is_transactional: true,
        constants: HashMap::new(),
    };
    while module.reader.peek().is_some() {
        module.statement()?;
    }
    let Module { ups, mut downs, depends, is_transactional, .. } = module;
    downs.reverse();
    if !downs.is_empty() && downs.len() < ups.len() {
        notes.add("some of its steps take nothing back, so it may not be possible to apply it again", &input.path);
    }
    let nothing = || Piece { file: input.path.clone(), line: 1, sql: String::new() };
    let found = Found::new(stem, script(input, &ups).unwrap_or_else(nothing), script(input, &downs));
    Ok((Found { in_transaction: is_transactional, depends: depends.clone(), ..found }, depends))
}

struct Module<'input> {
    reader: Reader<'input>,
    ups: Vec<Text>,
    downs: Vec<Text>,
    depends: Vec<String>,
    is_transactional: bool,
    /// Strings that have a name.
    constants: HashMap<String, Text>,
}

impl Module<'_> {
    fn statement(&mut self) -> Result<(), ImportError> {
        let reader = &mut self.reader;
        if reader.eat_kind(&Kind::LineEnd) || reader.eat(';') {
            return Ok(());
        }
        match (reader.peek(), reader.peek_at(1)) {
            // Documentation.
            (Some(Kind::Text(_)), None | Some(Kind::LineEnd)) => {
                reader.take();
            }
            (Some(Kind::Word(word)), _) if word == "import" || word == "from" => {
                while reader.take().is_some_and(|token| token.kind != Kind::LineEnd) {}
            }
            (Some(Kind::Word(name)), Some(Kind::Other('='))) => {
                let name = name.clone();
                reader.take();
                reader.take();
                self.assignment(name)?;
            }
            _ => self.step()?,
        }
        match self.reader.peek() {
            None | Some(Kind::LineEnd | Kind::Other(';')) => Ok(()),
            // A statement that is passed over has taken its end.
            Some(_) if self.reader.is_behind(&Kind::LineEnd) => Ok(()),
            Some(_) => Err(self.reader.refused()),
        }
    }

    fn assignment(&mut self, name: String) -> Result<(), ImportError> {
        match &*name {
            "__depends__" => self.ids(),
            "__transactional__" => {
                self.is_transactional = match &*self.reader.word()? {
                    "True" => true,
                    "False" => false,
                    other => {
                        let message = format!("__transactional__ is True or False, and not {other}");
                        return Err(self.reader.error(self.reader.line(), message));
                    }
                };
                Ok(())
            }
            "steps" => self.step(),
            _ => {
                let text = self.text()?.ok_or_else(|| self.reader.refused())?;
                self.constants.insert(name, text);
                Ok(())
            }
        }
    }

    /// A set, a list or a tuple of strings, or one string.
    fn ids(&mut self) -> Result<(), ImportError> {
        let reader = &mut self.reader;
        if reader.eat_word("set") {
            reader.expect('(')?;
            return reader.expect(')');
        }
        let end = [('{', '}'), ('[', ']'), ('(', ')')].into_iter().find(|(start, _)| reader.eat(*start));
        loop {
            if end.is_some_and(|(_, end)| reader.eat(end)) {
                return Ok(());
            }
            let Some(Kind::Text(id)) = reader.peek() else { return Err(reader.refused()) };
            self.depends.push(id.clone());
            reader.take();
            let Some((_, end)) = end else { return Ok(()) };
            if !reader.eat(',') && reader.peek() != Some(&Kind::Other(end)) {
                return Err(reader.refused());
            }
        }
    }

    /// `step(…)`, a list of them, or a group of them.
    fn step(&mut self) -> Result<(), ImportError> {
        self.reader.enter()?;
        self.step_inside()?;
        self.reader.leave();
        Ok(())
    }

    fn step_inside(&mut self) -> Result<(), ImportError> {
        if self.reader.eat('[') {
            return self.steps(']');
        }
        // `yoyo.step`
        if matches!(self.reader.peek_at(1), Some(Kind::Other('.'))) && self.reader.eat_word("yoyo") {
            self.reader.take();
        }
        if self.reader.eat_word("step") {
            self.reader.expect('(')?;
            return self.arguments();
        }
        if self.reader.eat_word("group") || self.reader.eat_word("transaction") {
            self.reader.expect('(')?;
            return self.steps(')');
        }
        Err(self.reader.refused())
    }

    fn steps(&mut self, end: char) -> Result<(), ImportError> {
        loop {
            if self.reader.eat(end) {
                return Ok(());
            }
            self.step()?;
            if !self.reader.eat(',') && self.reader.peek() != Some(&Kind::Other(end)) {
                return Err(self.reader.refused());
            }
        }
    }

    /// Those of a step, behind the bracket.
    fn arguments(&mut self) -> Result<(), ImportError> {
        let mut place = 0;
        while !self.reader.eat(')') {
            let named = match (self.reader.peek(), self.reader.peek_at(1)) {
                (Some(Kind::Word(name)), Some(Kind::Other('='))) => Some(name.clone()),
                _ => None,
            };
            if named.is_some() {
                self.reader.take();
                self.reader.take();
            }
            let line = self.reader.line();
            let text = self.text()?;
            match (named.as_deref(), place, text) {
                (_, _, None) => {}
                (Some("apply"), _, Some(text)) | (None, 0, Some(text)) => self.ups.push(text),
                (Some("rollback"), _, Some(text)) | (None, 1, Some(text)) => self.downs.push(text),
                (Some("ignore_errors"), ..) | (None, 2, _) => {
                    let message =
                        "ignores errors, which nothing does here; write SQL that does not fail, such as IF EXISTS";
                    return Err(self.reader.error(line, message));
                }
                _ => return Err(self.reader.error(line, format!("is no argument of a step: {HELP}"))),
            }
            place += 1;
            if !self.reader.eat(',') && self.reader.peek() != Some(&Kind::Other(')')) {
                return Err(self.reader.refused());
            }
        }
        Ok(())
    }

    /// A string, perhaps in several pieces, or None.
    fn text(&mut self) -> Result<Option<Text>, ImportError> {
        if self.reader.eat_word("None") {
            return Ok(None);
        }
        let brackets = std::iter::from_fn(|| self.reader.eat('(').then_some(())).count();
        let line = self.reader.line();
        let mut text = match self.reader.peek() {
            Some(Kind::Word(name)) => match self.constants.get(name) {
                Some(constant) => constant.text.clone(),
                None => return Err(self.reader.refused()),
            },
            Some(Kind::Text(text)) => text.clone(),
            _ => return Err(self.reader.refused()),
        };
        self.reader.take();
        loop {
            let is_sum = self.reader.eat('+');
            match self.reader.peek() {
                Some(Kind::Text(more)) => text.push_str(more),
                Some(Kind::Unknown(_)) => return Err(self.reader.refused()),
                _ if is_sum => return Err(self.reader.refused()),
                _ => break,
            }
            self.reader.take();
        }
        for _ in 0..brackets {
            self.reader.expect(')')?;
        }
        Ok(Some(Text { text, line }))
    }
}
