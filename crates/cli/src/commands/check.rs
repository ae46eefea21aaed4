use serde::Serialize;
use serde_json::{Value, json};
use wheatear::ErrorCode;
use wheatear_check::{CheckOptions, Checked, Finding, Lint, check_with};
use wheatear_types::QueryFault;

use super::schema::migrated;
use crate::arguments::Check;
use crate::context::Context;
use crate::output::Output;
use crate::paths::join;
use crate::project::{Project, paths_below};
use crate::queries::Queries;
use crate::{Exit, Fault, Host};

/// What was found, for `--json`.
#[derive(Serialize)]
struct Found<'a> {
    findings: &'a [Finding],
    /// What is wrong with the application's queries.
    queries: &'a [Value],
    /// Queries of which only a page can tell whether they run; no finding.
    untried: &'a [Value],
    /// What keeps the set from being applied at all.
    error: Option<&'a Value>,
}

/// Checks everything once, or whenever a file changes.
pub(super) fn run(context: &Context<'_>, arguments: &Check) -> Result<Exit, Fault> {
    let options = options(&context.project, arguments)?;
    let Context { host, output, project, .. } = context;
    loop {
        let stamps = if arguments.watch { stamps(project, *host) } else { Vec::new() };
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
    let since: Option<String> = arguments.since.clone().or_else(|| project.settings.since.clone());
    Ok(CheckOptions { off: off.collect::<Result<Vec<Lint>, _>>()?, since, ..CheckOptions::default() })
}

/// What is another one once a file of the folder, or one with queries, has changed, come or gone.
fn stamps(project: &Project, host: &dyn Host) -> Vec<String> {
    let mut stamps = Vec::new();
    let mut add = |path: String| stamps.push(format!("{path} {}", host.stamp(&path).unwrap_or_default()));
    for entry in host.entries(&project.folder).ok().flatten().unwrap_or_default() {
        add(join(&project.folder, &entry.name));
    }
    for queries in project.settings.queries.iter().map(|path| join(&project.home, path)) {
        for path in paths_below(&queries, host).ok().flatten().unwrap_or_default() {
            add(join(&queries, &path));
        }
        add(queries);
    }
    stamps.sort();
    stamps
}

fn once(context: &Context<'_>, options: &CheckOptions) -> Result<Exit, Fault> {
    let Context { host, output, project, .. } = context;
    let files = project.files(*host)?;
    let findings = match check_with(&files, options) {
        Ok(Checked { findings, .. }) => findings,
        Err(error) if error.code() == ErrorCode::UnknownTarget => {
            let since = options.since.as_deref().unwrap_or_default();
            return Err(Fault::usage(format!(
                "there is no migration \"{since}\", which `since` names; see `wheatear list`"
            )));
        }
        Err(error) => {
            let fault = Fault::from(error);
            output.say(&Found { findings: &[], queries: &[], untried: &[], error: Some(&fault.data) }, String::new);
            if !output.is_json() {
                output.fault(&fault);
            }
            return Ok(Exit::Found);
        }
    };
    let scripts = files.iter().filter(|file| file.path.to_ascii_lowercase().ends_with(".sql")).count();
    // What looks in another folder than that of the migrations shall not pass.
    if scripts == 0 {
        let folder = &project.folder;
        let cure = "make one with `wheatear new`, or name another folder with --folder";
        return Err(Fault::new(Exit::NoInput, format!("there is no migration in {folder}; {cure}")));
    }
    let queries = Queries::find(project, *host)?;
    let (faults, untried) = match queries.types(&migrated(context)?) {
        Ok(types) => (Vec::new(), types.untried),
        Err(faults) => (faults, Vec::new()),
    };
    let data = |faults: &[QueryFault]| faults.iter().map(data).collect::<Vec<Value>>();
    let (of_queries, of_page) = (data(&faults), data(&untried));
    output.say(&Found { findings: &findings, queries: &of_queries, untried: &of_page, error: None }, || {
        let warning = output.warning("warning");
        let found = findings.iter().map(|finding| format!("{warning}: {finding}\n\n"));
        let wrong = faults.iter().map(|fault| format!("{}: {fault}\n\n", output.bad("error")));
        let calling = untried.iter().map(|fault| format!("{warning}: {fault}\n\n"));
        let told: String = found.chain(wrong).chain(calling).collect();
        let fitting = queries.len() - untried.len();
        format!("{told}{}", summary(findings.len() + faults.len(), scripts, fitting, output))
    });
    Ok(if findings.is_empty() && faults.is_empty() { Exit::Done } else { Exit::Found })
}

fn summary(found: usize, files: usize, queries: usize, output: &Output<'_>) -> String {
    let and_queries = match queries {
        0 => String::new(),
        1 => ", and the query fits".to_owned(),
        many => format!(", and {many} queries fit"),
    };
    let files = match files {
        1 => "1 file is".to_owned(),
        many => format!("{many} files are"),
    };
    match found {
        0 => output.good(&format!("{files} fine: up, down and up again, on tables with rows{and_queries}")),
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    }
}

fn data(fault: &QueryFault) -> Value {
    let QueryFault { file, line, column, query, message, .. } = fault;
    json!({ "file": file, "line": line, "column": column, "query": query, "message": message })
}
