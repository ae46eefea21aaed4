//! Parts of a file that lines of it begin.

use crate::found::Piece;
use crate::input::Input;

/// The lines of a part, from one (counted from 0) up to another, without blank lines around. Those that `is_mark` names are
/// left empty.
pub(crate) fn section(input: &Input, first: usize, end: usize, is_mark: impl Fn(&str) -> bool) -> Piece {
    let mut lines: Vec<&str> = input.text.lines().skip(first).take(end.saturating_sub(first)).collect();
    lines.iter_mut().filter(|line| is_mark(line)).for_each(|line| *line = "");
    let blank = lines.iter().take_while(|line| line.trim().is_empty()).count();
    let text = lines[blank..].join("\n");
    let text = text.trim_end();
    let sql = if text.is_empty() { String::new() } else { format!("{text}\n") };
    Piece { file: input.path.clone(), line: first + blank + 1, sql }
}

/// A whole file.
pub(crate) fn whole(input: &Input) -> Piece {
    Piece { file: input.path.clone(), line: 1, sql: input.text.clone() }
}
