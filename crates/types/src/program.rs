//! The program that SQLite makes of a statement, and what the values in its registers may be.
//!
//! Which way a program goes is not looked at: a register may hold whatever any instruction puts there. So what is found
//! to be never NULL is not, but of an intricate statement more may be said to be NULL than ever is.
//!
//! Source: <https://www.sqlite.org/opcode.html>; which registers an instruction writes is said there

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};
use wheatear_sqlite::lossy_text;

use crate::catalog::{Catalog, Stored};
use crate::value_type::ValueType;

pub(crate) struct Instruction {
    pub opcode: String,
    pub p1: i64,
    pub p2: i64,
    pub p3: i64,
    pub p4: String,
    pub p5: i64,
}

pub(crate) struct Program<'c> {
    pub instructions: Vec<Instruction>,
    catalog: &'c Catalog,
    /// What each register may hold.
    registers: BTreeMap<i64, Found>,
}

/// What a value may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub kinds: BTreeSet<ValueType>,
    pub is_nullable: bool,
}

/// Instructions that may go on somewhere else, which their second number says.
const JUMPS: &str = "DecrJumpZero ElseEq Eq Filter Found Ge Gosub Goto Gt IdxGE IdxGT IdxLE IdxLT If IfEmpty IfNoHope IfNot \
    IfNotOpen IfNotZero IfNullRow IfPos IfSizeBetween Init InitCoroutine IsNull IsType Jump Last Le Lt MustBeInt Ne Next \
    NoConflict NotExists NotFound NotNull Once Prev Rewind RowSetRead RowSetTest SeekGE SeekGT SeekLE SeekLT SeekRowid Sort \
    SorterNext SorterSort VFilter VNext Yield";

/// How many cursors may stand between one and its rows.
const MOST_CURSORS: u8 = 8;

/// Instructions that write no register that a value is taken from.
const QUIET: &str = "Affinity AggInverse AggStep AggStep1 AutoCommit Cast Clear Close ClrSubtype CollSeq Compare CursorHint \
    CursorLock CursorUnlock DecrJumpZero DeferredSeek Delete ElseEq EndCoroutine Eq Explain Filter FilterAdd \
    FinishSeek FkCheck FkCounter FkIfZero Found Ge Gosub Goto Gt Halt HaltIfNull IdxDelete IdxGE IdxGT IdxInsert \
    IdxLE IdxLT If IfEmpty IfNoHope IfNot IfNotOpen IfNotZero IfPos IfSizeBetween Init InitCoroutine Insert \
    IsNull IsType Jump Last Le Lt MustBeInt Ne Next NoConflict Noop NotExists NotFound NotNull NullRow Offset \
    Once OpenAutoindex OpenDup OpenEphemeral OpenPseudo OpenRead OpenWrite Permutation Prev RealAffinity \
    ReopenIdx ResetCount ResetSorter ResultRow Return Rewind SeekEnd SeekGE SeekGT SeekHit SeekLE SeekLT \
    SeekRowid SeekScan Sort SorterCompare SorterInsert SorterNext SorterOpen SorterSort TableLock Trace \
    Transaction TypeCheck VFilter VNext VOpen VUpdate Yield";

impl Found {
    pub fn of(kind: ValueType, is_nullable: bool) -> Self {
        Self { kinds: BTreeSet::from([kind]), is_nullable }
    }

    fn unknown() -> Self {
        Self::of(ValueType::Unknown, true)
    }

    fn null() -> Self {
        Self { is_nullable: true, ..Self::default() }
    }

    fn add(&mut self, other: Self) {
        self.kinds.extend(other.kinds);
        self.is_nullable |= other.is_nullable;
    }
}

impl From<Option<Stored>> for Found {
    fn from(stored: Option<Stored>) -> Self {
        stored.map_or_else(Self::unknown, |stored| Self::of(stored.kind, stored.is_nullable))
    }
}

impl<'c> Program<'c> {
    /// The program of a statement that compiles.
    pub fn read(connection: &Connection, catalog: &'c Catalog, sql: &str) -> rusqlite::Result<Self> {
        let instruction = |row: &Row<'_>| -> rusqlite::Result<(i64, Instruction)> {
            let number = |index| row.get::<_, Option<i64>>(index).map(Option::unwrap_or_default);
            let read = Instruction {
                opcode: lossy_text(row, 1)?,
                p1: number(2)?,
                p2: number(3)?,
                p3: number(4)?,
                p4: lossy_text(row, 5)?,
                p5: number(6)?,
            };
            Ok((number(0)?, read))
        };
        // Its parameters need no values.
        let mut statement = connection.prepare(&format!("EXPLAIN {sql}"))?;
        let (mut rows, mut all) = (statement.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            all.push(instruction(row)?);
        }
        // The programs of triggers follow, and begin anew.
        let own = all.into_iter().enumerate().take_while(|(at, (address, _))| i64::try_from(*at) == Ok(*address));
        let instructions = own.map(|(_, (_, read))| read).collect();
        let mut program = Self { instructions, catalog, registers: BTreeMap::new() };
        program.settle();
        Ok(program)
    }

    /// Finds what each register may hold: what is put into it, again and again, until that says nothing new.
    fn settle(&mut self) {
        let collected: BTreeSet<i64> =
            self.instructions.iter().filter(|one| one.opcode == "AggFinal").map(|one| one.p1).collect();
        let is_quiet = |at: &usize| QUIET.split_ascii_whitespace().any(|known| known == self.instructions[*at].opcode);
        let writing: Vec<usize> = (0..self.instructions.len()).filter(|at| !is_quiet(at)).collect();
        loop {
            let mut has_changed = false;
            for at in writing.iter().copied() {
                for (register, mut found) in self.written(at) {
                    // Before that, it has what is collected.
                    if collected.contains(&register) && self.instructions[at].opcode != "AggFinal" {
                        continue;
                    }
                    if self.is_passed_over_if_null(at, register) {
                        found.is_nullable = false;
                    }
                    if let Some(kind) = self.cast(at, register) {
                        found.kinds = BTreeSet::from([kind]);
                    }
                    let known = self.registers.entry(register).or_default();
                    let before = known.clone();
                    known.add(found);
                    has_changed |= *known != before;
                }
            }
            if !has_changed {
                return;
            }
        }
    }

    /// What is in a column of the result.
    pub fn result(&self, column: i64) -> Found {
        let mut found = Found::default();
        for row in self.instructions.iter().filter(|one| one.opcode == "ResultRow") {
            found.add(self.register(row.p1 + column));
        }
        if found == Found::default() { Found::unknown() } else { found }
    }

    /// What a register may hold; nothing as long as nothing is known of it.
    pub fn register(&self, register: i64) -> Found {
        let mut found = self.registers.get(&register).cloned().unwrap_or_default();
        // A statement that would store NULL where none may be ends here.
        if self.instructions.iter().any(|one| one.opcode == "HaltIfNull" && one.p3 == register) {
            found.is_nullable = false;
        }
        found
    }

    /// What a register holds at an instruction: what was put there last, if nothing can come in between.
    pub fn register_at(&self, register: i64, at: usize) -> Found {
        let of =
            |before: usize| Some((before, self.written(before).into_iter().find(|(written, _)| *written == register)?));
        let comes_between = |one: &Instruction, last: usize| {
            let is_between = |target: i64| usize::try_from(target).is_ok_and(|target| last < target && target <= at);
            JUMPS.split_ascii_whitespace().any(|jump| jump == one.opcode) && is_between(one.p2)
        };
        match (0..at).rev().find_map(of) {
            Some((last, (_, found))) if !self.instructions.iter().any(|one| comes_between(one, last)) => found,
            _ => self.register(register),
        }
    }

    /// Which registers an instruction writes, and with what.
    fn written(&self, at: usize) -> Vec<(i64, Found)> {
        let one = &self.instructions[at];
        let copied = |count: i64| (0..count).map(|next| (one.p2 + next, self.register(one.p1 + next))).collect();
        match one.opcode.as_str() {
            "Column" => vec![(one.p3, self.column(one.p1, one.p2, MOST_CURSORS))],
            "Rowid" | "IdxRowid" => vec![(one.p2, Found::of(ValueType::Integer, self.may_be_without_row(one.p1)))],
            "Integer" | "Int64" | "Count" | "NewRowid" | "Sequence" => {
                vec![(one.p2, Found::of(ValueType::Integer, false))]
            }
            "Real" => vec![(one.p2, Found::of(ValueType::Real, false))],
            "String" | "String8" => vec![(one.p2, Found::of(ValueType::Text, false))],
            "Blob" => vec![(one.p2, Found::of(ValueType::Blob, false))],
            "Null" if self.begins_group(at) => Vec::new(),
            "Null" => {
                // Of a row without a number nothing is done, and none is given.
                let numbers = |register: i64| {
                    let has = |opcode: &str, of: fn(&Instruction) -> i64| {
                        self.instructions.iter().any(|one| one.opcode == opcode && of(one) == register)
                    };
                    (has("IsNull", |one| one.p1) || has("NotExists", |one| one.p3)) && has("Rowid", |one| one.p2)
                };
                let registers = (one.p2..=one.p3.max(one.p2)).filter(|register| !numbers(*register));
                registers
                    .filter(|register| !self.is_one_aggregate(*register))
                    .map(|register| (register, Found::null()))
                    .collect()
            }
            "BeginSubrtn" => vec![(one.p2, Found::null())],
            "SoftNull" => vec![(one.p1, Found::null())],
            "IfNullRow" => vec![(one.p3, Found::null())],
            "Copy" => copied(one.p3 + 1),
            "Move" => copied(one.p3),
            "SCopy" | "IntCopy" => copied(1),
            "AggFinal" => vec![(one.p1, self.aggregate(&one.p4, one.p1))],
            "AggValue" => vec![(one.p3, self.aggregate(&one.p4, one.p1))],
            "MakeRecord" | "Function" | "PureFunc" | "VColumn" => vec![(one.p3, Found::unknown())],
            "Not" | "BitNot" | "IsTrue" | "Variable" | "RowData" | "SorterData" => vec![(one.p2, Found::unknown())],
            quiet if QUIET.split_ascii_whitespace().any(|known| known == quiet) => Vec::new(),
            _ => [one.p1, one.p2, one.p3].map(|register| (register, Found::unknown())).into(),
        }
    }

    /// What SQLite's own aggregate functions give.
    ///
    /// Source: <https://www.sqlite.org/lang_aggfunc.html>, <https://www.sqlite.org/windowfunctions.html#builtins>
    fn aggregate(&self, function: &str, register: i64) -> Found {
        match function.split('(').next().unwrap_or_default() {
            "count" | "row_number" | "rank" | "dense_rank" => Found::of(ValueType::Integer, false),
            "total" => Found::of(ValueType::Real, false),
            "sum" | "avg" => Found::of(ValueType::Real, true),
            "group_concat" | "string_agg" => Found::of(ValueType::Text, true),
            "min" | "max" => {
                let mut found = Found::null();
                let is_step = |(_, one): &(usize, &Instruction)| one.opcode == "AggStep" && one.p3 == register;
                for (at, one) in self.instructions.iter().enumerate().filter(is_step) {
                    found.add(self.register_at(one.p2, at));
                }
                found
            }
            _ => Found::unknown(),
        }
    }

    /// What a cursor has at a place of its rows, with so many cursors at most between it and them.
    fn column(&self, cursor: i64, place: i64, most: u8) -> Found {
        let Some(most) = most.checked_sub(1) else { return Found::unknown() };
        let mut found = Found { is_nullable: self.may_be_without_row(cursor), ..Found::default() };
        let mut is_open = false;
        for one in self.instructions.iter().filter(|one| one.p1 == cursor) {
            let has = match one.opcode.as_str() {
                "OpenRead" | "OpenWrite" | "ReopenIdx" => self.stored(one, place).into(),
                "OpenDup" => self.column(one.p2, place, most),
                "OpenPseudo" => self.pseudo(one.p2, place, most),
                "OpenEphemeral" | "OpenAutoindex" | "SorterOpen" => self.kept(cursor, place),
                "VOpen" => Found::unknown(),
                _ => continue,
            };
            is_open = true;
            found.add(has);
        }
        if is_open { found } else { Found::unknown() }
    }

    /// What is put into a table that a statement makes for itself, at a place of its rows.
    fn kept(&self, cursor: i64, place: i64) -> Found {
        let mut found = Found::default();
        let mut has_rows = false;
        for record in self.records_of(cursor) {
            has_rows = true;
            found.add(if place < record.p2 { self.register(record.p1 + place) } else { Found::unknown() });
        }
        if has_rows { found } else { Found::unknown() }
    }

    /// The instructions that make what is put into a table that a statement makes for itself.
    pub fn records_of(&self, cursor: i64) -> impl Iterator<Item = &Instruction> {
        let is_duplicate = move |one: &Instruction| one.opcode == "OpenDup" && one.p2 == cursor;
        let inserts = self.instructions.iter().filter(move |one| {
            matches!(one.opcode.as_str(), "Insert" | "IdxInsert" | "SorterInsert")
                && (one.p1 == cursor || self.instructions.iter().any(|other| is_duplicate(other) && other.p1 == one.p1))
        });
        inserts.flat_map(|insert| {
            self.instructions.iter().filter(move |one| one.opcode == "MakeRecord" && one.p3 == insert.p2)
        })
    }

    /// What is at a place of a row that lies in a register.
    fn pseudo(&self, register: i64, place: i64, most: u8) -> Found {
        let mut found = Found::default();
        let mut has_rows = false;
        for one in &self.instructions {
            found.add(match one.opcode.as_str() {
                "SorterData" | "RowData" if one.p2 == register => self.column(one.p1, place, most),
                "MakeRecord" if one.p3 == register => self.register(one.p1 + place),
                _ => continue,
            });
            has_rows = true;
        }
        if has_rows { found } else { Found::unknown() }
    }

    /// What a table or index of the schema has at a place.
    pub fn stored(&self, open: &Instruction, place: i64) -> Option<Stored> {
        (open.p3 == 0).then(|| self.catalog.stored(open.p2, place)).flatten()
    }

    /// The instructions that open a table or index of the schema.
    pub fn opens(&self, cursor: i64) -> impl Iterator<Item = &Instruction> {
        let is_open = |one: &&Instruction| matches!(one.opcode.as_str(), "OpenRead" | "OpenWrite" | "ReopenIdx");
        self.instructions
            .iter()
            .filter(move |one| is_open(one) && one.p1 == cursor && one.p3 == 0 && self.catalog.has(one.p2))
    }

    /// Whether a cursor may stand on no row, so that all of its columns are NULL: on that side of an outer join.
    fn may_be_without_row(&self, cursor: i64) -> bool {
        self.instructions.iter().any(|one| one.opcode == "NullRow" && one.p1 == cursor)
    }

    /// Whether NULL is put here into what a group collects, before its first row: no group is given without a row.
    fn begins_group(&self, at: usize) -> bool {
        let mut next = self.instructions[at + 1..]
            .iter()
            .skip_while(|one| matches!(one.opcode.as_str(), "OpenEphemeral" | "Null"));
        let is_flag = next.next().is_some_and(|one| one.opcode == "Integer" && one.p1 == 0);
        is_flag && next.next().is_some_and(|one| one.opcode == "Return")
    }

    /// Whether a register has what a subquery without groups gives, which always has a row.
    fn is_one_aggregate(&self, register: i64) -> bool {
        let finals = |at: usize| {
            at.checked_sub(1).map(|before| &self.instructions[before]).filter(|one| one.opcode == "AggFinal")
        };
        let is_grouped = |collected: i64| {
            let begins = |(at, one): (usize, &Instruction)| {
                one.opcode == "Null" && (one.p2..=one.p3.max(one.p2)).contains(&collected) && self.begins_group(at)
            };
            self.instructions.iter().enumerate().any(begins)
        };
        let gives = |(at, one): (usize, &Instruction)| {
            one.opcode == "Copy"
                && one.p2 == register
                && finals(at).is_some_and(|last| last.p1 == one.p1 && !is_grouped(one.p1))
        };
        self.instructions.iter().enumerate().any(gives)
    }

    /// Whether what is put into a register at `at` is replaced if it is NULL, as `coalesce` does.
    fn is_passed_over_if_null(&self, at: usize, register: i64) -> bool {
        let converts =
            |one: &&Instruction| matches!(one.opcode.as_str(), "RealAffinity" | "Affinity" | "ClrSubtype" | "Cast");
        let converted =
            self.instructions[at + 1..].iter().take_while(|one| converts(one) && one.p1 == register).count();
        let at = at + converted;
        let Some(next) = self.instructions.get(at + 1).filter(|next| next.opcode == "NotNull" && next.p1 == register)
        else {
            return false;
        };
        let last = usize::try_from(next.p2 - 1).ok().filter(|last| *last > at + 1);
        last.and_then(|last| self.instructions.get(last)).is_some_and(|last| {
            let (of_p3, of_p2) = (last.p3 == register, last.p2 == register);
            match last.opcode.as_str() {
                "Column" | "Function" | "PureFunc" | "Add" | "Subtract" | "Multiply" | "Divide" | "Concat" => of_p3,
                "Integer" | "Int64" | "Real" | "String8" | "Blob" | "Rowid" | "Variable" | "Copy" | "SCopy"
                | "Null" => of_p2,
                _ => false,
            }
        })
    }

    /// What is made of what is put into a register at `at`, if that is a CAST.
    fn cast(&self, at: usize, register: i64) -> Option<ValueType> {
        let rest = self.instructions.get(at + 1..)?;
        let casts = |one: &&Instruction| one.opcode == "Cast" && one.p1 == register;
        let found = rest.iter().position(|one| casts(&one))?;
        // Whatever is put there meanwhile is what is cast.
        let is_same =
            (at + 1..at + 1 + found).all(|other| self.written(other).iter().all(|(written, _)| *written != register));
        match rest[found].p2 {
            _ if !is_same => None,
            65 => Some(ValueType::Blob),
            66 => Some(ValueType::Text),
            67 | 69 => Some(ValueType::Real),
            68 => Some(ValueType::Integer),
            _ => None,
        }
    }
}
