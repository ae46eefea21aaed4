//! What a parameter may be, by what a statement's program does with it.

use std::collections::BTreeSet;

use crate::program::{Found, Instruction, Program};
use crate::value_type::ValueType;

/// That a comparison takes NULL for a value, as IS does.
///
/// Source: <https://www.sqlite.org/opcode.html>, `Eq`
const NULL_IS_A_VALUE: i64 = 0x80;

/// What the values are that a parameter is compared with, or stored among; none if nothing is known of them. It may be NULL
/// where NULL can be stored, or is compared as a value.
pub(crate) fn uses_of(program: &Program<'_>, parameter: i64) -> Found {
    let mut uses = Uses { program, found: Found::default(), seen: BTreeSet::new() };
    for one in program.instructions.iter().filter(|one| one.opcode == "Variable" && one.p1 == parameter) {
        uses.register(one.p2);
    }
    uses.found.kinds.remove(&ValueType::Unknown);
    uses.found
}

/// Whether an instruction compares a text with a pattern.
fn is_pattern(one: &Instruction) -> bool {
    one.p4.starts_with("like(") || one.p4.starts_with("glob(")
}

struct Uses<'p> {
    program: &'p Program<'p>,
    found: Found,
    seen: BTreeSet<i64>,
}

impl Uses<'_> {
    /// Looks at what is done with what is in a register.
    fn register(&mut self, register: i64) {
        if !self.seen.insert(register) {
            return;
        }
        for (at, one) in self.program.instructions.iter().enumerate() {
            match one.opcode.as_str() {
                "Copy" | "SCopy" | "IntCopy" if one.p1 == register => self.register(one.p2),
                "Eq" | "Ne" | "Lt" | "Le" | "Gt" | "Ge" if one.p1 == register || one.p3 == register => {
                    let other = if one.p1 == register { one.p3 } else { one.p1 };
                    self.found.kinds.extend(self.program.register_at(other, at).kinds);
                    self.found.is_nullable |= one.p5 & NULL_IS_A_VALUE != 0;
                }
                "SeekRowid" | "NotExists" if one.p3 == register => self.is(ValueType::Integer),
                "SeekGE" | "SeekGT" | "SeekLE" | "SeekLT" | "IdxGE" | "IdxGT" | "IdxLE" | "IdxLT" | "Found"
                | "NotFound" | "NoConflict" => {
                    let count = one.p4.parse().unwrap_or(0);
                    // A table is sought by the number of a row.
                    if count == 0 && one.p3 == register && one.opcode.starts_with("Seek") {
                        self.is(ValueType::Integer);
                    }
                    if (one.p3..one.p3 + count).contains(&register) {
                        self.sought(one, register - one.p3);
                    }
                }
                "MakeRecord" if (one.p1..one.p1 + one.p2).contains(&register) => self.kept(one, register - one.p1),
                "MustBeInt" if one.p1 == register => self.is(ValueType::Integer),
                "Add" | "Subtract" | "Multiply" | "Divide" | "Remainder"
                    if one.p1 == register || one.p2 == register =>
                {
                    self.is(ValueType::Real);
                }
                "Function" | "PureFunc" if is_pattern(one) && (one.p2..one.p2 + 2).contains(&register) => {
                    self.is(ValueType::Text);
                }
                _ => {}
            }
        }
    }

    fn is(&mut self, kind: ValueType) {
        self.found.kinds.insert(kind);
    }

    /// It is looked for at a place of an index, or of a list of values.
    fn sought(&mut self, seek: &Instruction, place: i64) {
        let mut kinds = BTreeSet::new();
        for open in self.program.opens(seek.p1) {
            // A cursor of a table has no places to look for, only numbers of rows.
            kinds.extend(self.program.stored(open, place).map(|stored| stored.kind));
        }
        for record in self.program.records_of(seek.p1) {
            kinds.extend(self.program.register(record.p1 + place).kinds);
        }
        self.found.kinds.extend(kinds);
    }

    /// It is put at a place of a record: of a table or index, or of a list that something is looked for in.
    fn kept(&mut self, record: &Instruction, place: i64) {
        let is_insert = |one: &&Instruction| {
            matches!(one.opcode.as_str(), "Insert" | "IdxInsert" | "SorterInsert") && one.p2 == record.p3
        };
        let cursors: BTreeSet<i64> = self.program.instructions.iter().filter(is_insert).map(|one| one.p1).collect();
        for cursor in cursors {
            for open in self.program.opens(cursor) {
                if let Some(stored) = self.program.stored(open, place) {
                    self.found.kinds.insert(stored.kind);
                    self.found.is_nullable |= stored.is_nullable;
                }
            }
            for (at, one) in self.program.instructions.iter().enumerate().filter(|(_, one)| one.p1 == cursor) {
                match one.opcode.as_str() {
                    "Column" if one.p2 == place && self.program.opens(cursor).next().is_none() => self.register(one.p3),
                    "Found" | "NotFound" if self.program.opens(cursor).next().is_none() => {
                        self.found.kinds.extend(self.program.register_at(one.p3 + place, at).kinds);
                    }
                    _ => {}
                }
            }
        }
    }
}
