//! `N_name.sql` with a part behind `-- migrate:up` and one behind `-- migrate:down`, in the order of their names. Either may
//! say `transaction:false`.
//!
//! Sources: <https://github.com/amacneil/dbmate#creating-migrations>,
//! <https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go>

use wheatear_core::sql_text::next_statement;

use super::numbers::number;
use crate::error::ImportError;
use crate::found::{Folder, Found};
use crate::input::Input;
use crate::sections::section;

pub(crate) fn read(inputs: &[Input]) -> Result<Folder, ImportError> {
    let mut folder = Folder::default();
    for input in inputs.iter().filter(|input| input.folder().is_empty()) {
        let Some(stem) = input.name().strip_suffix(".sql").filter(|stem| number(stem).is_some()) else { continue };
        let find = |word| input.text.lines().enumerate().find_map(|(index, line)| Some((index, mark(line, word)?)));
        let Some((up, options)) = find("migrate:up") else {
            return Err(input.error(1, "has no `-- migrate:up`, which dbmate demands"));
        };
        let before: String = input.text.lines().take(up).collect::<Vec<_>>().join("\n");
        if next_statement(&before, 0) < before.len() {
            return Err(input.error(1, "has a statement before `-- migrate:up`, which dbmate refuses, too"));
        }
        let end = input.text.lines().count();
        let down = find("migrate:down");
        if let Some((line, _)) = down.filter(|(line, _)| *line < up) {
            return Err(
                input.error(line + 1, "`-- migrate:down` comes before `-- migrate:up`, which dbmate refuses, too")
            );
        }
        let no_mark = |_: &str| false;
        let up_part = section(input, up + 1, down.map_or(end, |(line, _)| line), no_mark);
        let down_part = down.map(|(line, _)| section(input, line + 1, end, no_mark));
        let in_transaction = [Some(options), down.map(|(_, options)| options)]
            .into_iter()
            .flatten()
            .all(|options| !options.split_whitespace().any(|option| option == "transaction:false"));
        folder.migrations.push(Found { in_transaction, ..Found::new(stem, up_part, down_part) });
    }
    Ok(folder)
}

/// What stands behind `-- migrate:up`, if a line is that.
fn mark<'line>(line: &'line str, word: &str) -> Option<&'line str> {
    let rest = line.strip_prefix("--")?.trim_start().strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
}
