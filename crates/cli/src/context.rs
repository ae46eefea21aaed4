use crate::output::Output;
use crate::project::Project;
use crate::{Fault, Host};

/// What a command has to do with.
pub(crate) struct Context<'a> {
    pub host: &'a dyn Host,
    pub output: &'a Output<'a>,
    pub project: Project,
    /// Whether nothing is asked.
    pub yes: bool,
}

impl Context<'_> {
    /// Whether somebody says yes to what loses something; without somebody to ask, it takes `--yes`.
    ///
    /// # Errors
    /// Nobody can be asked.
    pub fn confirm(&self, question: &str) -> Result<bool, Fault> {
        if self.yes {
            return Ok(true);
        }
        if !self.host.is_terminal() || self.output.is_json() {
            return Err(Fault::usage(format!("{question} Say so with --yes.")));
        }
        let answer = self.host.ask(&format!("{question} [y/N] ")).unwrap_or_default();
        Ok(["y", "yes"].contains(&answer.to_lowercase().as_str()))
    }
}
