use std::fmt::Write;

use serde_json::json;

use crate::arguments::Ids;
use crate::context::Context;
use crate::paths::join;
use crate::settings::{FILE, Settings};
use crate::{Exit, Fault};

/// What an application's configuration of Vite gets.
const PLUGIN: &str = "import { wheatear } from 'wheatear/vite';
export default { plugins: [wheatear({ folder: 'FOLDER' })] };";

pub(super) fn run(context: &Context<'_>, ids: Option<Ids>, folder: Option<&str>) -> Result<Exit, Fault> {
    let Context { host, output, yes, .. } = context;
    if host.is_there(FILE) {
        return Err(Fault::new(Exit::CannotCreate, format!("{FILE} is there already; change it by hand")));
    }
    let asks = !yes && host.is_terminal() && !output.is_json();
    let answer = |question: &str, otherwise: &str| {
        let answer = if asks { host.ask(&format!("{question} [{otherwise}] ")) } else { None };
        answer.filter(|answer| !answer.is_empty()).unwrap_or_else(|| otherwise.to_owned())
    };
    let folder = folder.map_or_else(|| answer("Folder of migrations?", "migrations"), str::to_owned);
    let ids = match ids {
        Some(ids) => ids,
        None => match answer("Ids of new migrations by number or by time?", "number").as_str() {
            "number" => Ids::Number,
            "time" => Ids::Time,
            other => return Err(Fault::usage(format!("ids are by number or by time, not by {other}"))),
        },
    };
    let prefix = answer("Prefix of Wheatear's tables?", "none");
    let table_prefix = Some(prefix).filter(|prefix| prefix != "none");
    let settings = Settings { folder: Some(folder.clone()), ids: Some(ids), table_prefix, ..Settings::default() };
    settings.prefix()?;

    let mut made = vec![FILE.to_owned()];
    let text = serde_json::to_string_pretty(&settings).unwrap_or_default();
    if host.entries(&folder)?.is_none() {
        // Version control keeps no empty folder.
        let path = join(&folder, ".gitkeep");
        host.write(&path, "")?;
        made.insert(0, path);
    }
    host.write(FILE, &format!("{text}\n"))?;
    let plugin = PLUGIN.replace("FOLDER", &folder);
    output.say(&json!({ "made": made, "plugin": plugin }), || {
        let mut text = String::new();
        for path in &made {
            _ = writeln!(text, "{} {path}", output.good("made"));
        }
        _ = write!(text, "\nInto vite.config.js:\n\n{plugin}\n\nAnd then: wheatear new \"create notes\"");
        text
    });
    Ok(Exit::Done)
}
