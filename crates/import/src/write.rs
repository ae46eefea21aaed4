//! Writes what was found as a folder of ours, and reads that to be sure of it.

use wheatear_core::{DefinitionError, SetDefinition, SourceFile};

use crate::adapt::{adapt, adapt_hook};
use crate::error::ImportError;
use crate::found::{Folder, Piece};
use crate::imported::Imported;
use crate::tool::Tool;

/// A file of ours, and what it was made of.
struct Written<'found> {
    file: SourceFile,
    of: &'found Piece,
    /// Lines in front of the piece's first.
    in_front: usize,
}

pub(crate) fn write(tool: Tool, folder: Folder) -> Result<Imported, ImportError> {
    let Folder { migrations, hooks, mut notes } = folder;
    let mut written: Vec<Written<'_>> = Vec::new();
    for found in &migrations {
        let adapted = adapt(tool, found, &mut notes)?;
        let depends = match &found.depends[..] {
            [] => String::new(),
            ids => format!("-- depends: {}\n", ids.join(" ")),
        };
        let headers = depends + &adapted.headers;
        written.push(Written::new(format!("{}.sql", found.id), &headers, &adapted.up, &found.up));
        if let (Some(down), Some(piece)) = (&adapted.down, &found.down) {
            written.push(Written::new(format!("{}.rollback.sql", found.id), "", down, piece));
        }
    }
    for (id, piece) in &hooks {
        match adapt_hook(tool, piece, &mut notes)? {
            Some(text) => written.push(Written::new(format!("{id}.sql"), "", &text, piece)),
            None => notes.add("has no statement that does anything, and is left out", &piece.file),
        }
    }

    let ids: Vec<&str> = migrations.iter().map(|found| &*found.id).collect();
    let set = read(&written)?;
    if !set.iter().map(|migration| migration.id()).eq(ids.iter().copied()) {
        notes.add("each has got a `-- depends:`, because the order of the ids is not that of the tool", tool.as_str());
        for pair in ids.windows(2) {
            let name = format!("{}.sql", pair[1]);
            if let Some(later) = written.iter_mut().find(|written| written.file.path == name) {
                later.file.text.insert_str(0, &format!("-- depends: {}\n", pair[0]));
                later.in_front += 1;
            }
        }
        read(&written)?;
    }
    Ok(Imported { files: written.into_iter().map(|written| written.file).collect(), notes: notes.told() })
}

impl<'found> Written<'found> {
    fn new(path: String, headers: &str, sql: &str, of: &'found Piece) -> Self {
        Self {
            // To the last byte, because the tool may record a hash of it.
            file: SourceFile { path, text: format!("{headers}{sql}") },
            of,
            in_front: headers.matches('\n').count(),
        }
    }
}

fn read(written: &[Written<'_>]) -> Result<SetDefinition, ImportError> {
    let files = written.iter().map(|written| written.file.clone());
    SetDefinition::from_files(files).map_err(|DefinitionError { file, line, kind }| {
        match written.iter().find(|written| written.file.path == file) {
            Some(Written { of, in_front, .. }) => {
                ImportError::new(&of.file, of.line + line.saturating_sub(in_front + 1), kind.to_string())
            }
            None => ImportError::new(&file, line, kind.to_string()),
        }
    })
}
