use serde_json::json;
use wheatear_import::{Imported, Tool, import};

use crate::context::Context;
use crate::paths::join;
use crate::project::{file_name, files_below};
use crate::{Exit, Fault};

/// Makes our folder of another tool's.
pub(super) fn run(context: &Context<'_>, from: Tool, folder: &str, dry_run: bool) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let theirs = folder.replace('\\', "/");
    let Imported { files, notes, .. } = import(from, files_below(&theirs, *host)?).map_err(|error| {
        let message = error.to_string();
        Fault::new(Exit::Data, format!("{}/{message}", theirs.trim_end_matches('/')))
    })?;
    let paths: Vec<String> = files.iter().map(|file| join(&project.folder, file_name(&file.path))).collect();
    if let Some(there) = paths.iter().find(|path| host.is_there(path)) {
        let cure = "import into an empty folder, named by --folder";
        return Err(Fault::new(Exit::CannotCreate, format!("{there} is there already; {cure}")));
    }
    if !dry_run {
        files.iter().zip(&paths).try_for_each(|(file, path)| host.write(path, &file.text))?;
    }
    output.say(&json!({ "files": paths, "notes": notes, "written": !dry_run }), || {
        let verb = if dry_run { output.faint("would make") } else { output.good("made") };
        let made: String = paths.iter().map(|path| format!("{verb} {path}\n")).collect();
        let noted: String = notes.iter().map(|note| format!("{}: {note}\n", output.warning("note"))).collect();
        format!("{made}{noted}")
    });
    Ok(Exit::Done)
}
