use serde::Serialize;
use serde_json::Value;
use wheatear::SourceFile;
use wheatear_check::{CheckOptions, Checked, Finding, Lint, check_with};

use crate::arguments::Check;
use crate::context::Context;
use crate::project::Project;
use crate::{Exit, Fault, Host};

/// What was found, for `--json`.
#[derive(Serialize)]
struct Found<'a> {
    findings: &'a [Finding],
    /// What keeps the set from being applied at all.
    error: Option<&'a Value>,
}

/// Checks everything once, or whenever a file changes.
pub(super) fn run(context: &Context<'_>, arguments: &Check) -> Result<Exit, Fault> {
    let options = options(&context.project, arguments)?;
    let Context { host, output, project, .. } = context;
    loop {
        let stamps = stamps(project, *host);
        let exit = once(context, &options)?;
        if !arguments.watch {
            return Ok(exit);
        }
        output.note(&output.faint(&format!("watching {}; end with Ctrl+C", project.folder)));
        while self::stamps(project, *host) == stamps {
            host.pause();
        }
    }
}

fn options(project: &Project, arguments: &Check) -> Result<CheckOptions, Fault> {
    let off = project.settings.off.iter().chain(&arguments.off);
    let off = off.map(|id| id.parse().map_err(|error| Fault::usage(format!("{error}"))));
    let since = arguments.since.clone().or_else(|| project.settings.since.clone());
    Ok(CheckOptions { off: off.collect::<Result<Vec<Lint>, _>>()?, since, ..CheckOptions::default() })
}

/// What is another one once a file of the folder has changed, come or gone.
fn stamps(project: &Project, host: &dyn Host) -> Vec<String> {
    let entries = host.entries(&project.folder).ok().flatten().unwrap_or_default();
    let stamp = |name: &str| host.stamp(&crate::paths::join(&project.folder, name)).unwrap_or_default();
    let mut stamps: Vec<String> =
        entries.iter().map(|entry| format!("{} {}", entry.name, stamp(&entry.name))).collect();
    stamps.sort();
    stamps
}

fn once(context: &Context<'_>, options: &CheckOptions) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let files = project.files(*host)?;
    match check_with(&files, options) {
        Ok(Checked { findings, .. }) => {
            let found = Found { findings: &findings, error: None };
            output.say(&found, || told(&findings, &files, context));
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Found })
        }
        Err(error) => {
            let fault = Fault::from(error);
            output.say(&Found { findings: &[], error: Some(&fault.data) }, String::new);
            if !output.is_json() {
                output.fault(&fault);
            }
            Ok(Exit::Found)
        }
    }
}

fn told(findings: &[Finding], files: &[SourceFile], context: &Context<'_>) -> String {
    let Context { output, .. } = context;
    let told: String = findings.iter().map(|finding| format!("{}: {finding}\n\n", output.warning("warning"))).collect();
    let count = files.iter().filter(|file| file.path.ends_with(".sql")).count();
    match findings.len() {
        0 => output.good(&format!("{count} files are fine: up, down and up again, on tables with rows")),
        1 => format!("{told}1 finding"),
        many => format!("{told}{many} findings"),
    }
}
