//! What an operation would do to a database, as SQL text for a shell.

use std::time::Duration;

use rusqlite::Connection;
use wheatear_core::statements::{statements, without_end};
use wheatear_core::{Operation, Plan, Script, Step, pragma};
use wheatear_sqlite::{one_row, sqlite_api};

use super::part::Part;
use super::planning::pending;
use super::record::{log, record};
use super::schema_check;
use super::settings::Settings;
use crate::error::{ApplyError, Error, RunAction, transaction_error};
use crate::ledger::Ledger;
use crate::log::Outcome;

/// Stands for the time of the run, which is not known yet; no text has this private character.
const NOW: &str = "\u{e000}now";
/// The same time as [`Ledger::now`] gives.
const NOW_IN_SQL: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

const COUNT_ORPHANS: &str = "SELECT count(*) FROM pragma_foreign_key_check";

/// What an operation would do, as one text.
pub(crate) fn transcript(
    connection: &Connection,
    settings: &Settings<'_>,
    operation: &Operation,
) -> Result<String, Error> {
    let Some(plan) = pending(connection, settings, operation)? else {
        return Ok(format!("-- {operation}: nothing to do\n"));
    };
    schema_check::check_adoption(settings.set, connection, &plan)?;
    let shadow = settings.ledger.shadow(connection)?;
    // A table whose foreign keys cannot be checked now is not to be blamed on the migrations.
    let checks_keys = one_row(connection, COUNT_ORPHANS, &[], |row| row.get::<_, i64>(0)).is_ok();
    let transcript =
        Transcript { connection, settings, shadow, checks_keys, comments: String::new(), text: head(operation, &plan) };
    transcript.written(&plan)
}

fn head(operation: &Operation, plan: &Plan<'_>) -> String {
    let plan = plan.to_string().replace('\n', "\n-- ");
    format!(
        "-- {operation}, {plan}\n--\n\
         -- Written by wheatear {} for one database as it is now. A comment goes from each statement to the next, so that\n\
         -- the shell of SQLite has read everything before it runs anything, and leaves out the rest after an error. What is\n\
         -- not committed by then is undone.\n\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// A text that is being written.
struct Transcript<'a, 'set> {
    connection: &'a Connection,
    settings: &'a Settings<'set>,
    /// Where the ledger is written to, to hear how.
    shadow: Connection,
    /// Whether rows without their parent row can be counted.
    checks_keys: bool,
    /// For the next statement.
    comments: String,
    text: String,
}

impl Transcript<'_, '_> {
    /// The same transactions as `Run::run_parts` makes.
    fn written(mut self, plan: &Plan<'_>) -> Result<String, Error> {
        let Settings { ledger, set, .. } = self.settings;
        let set = set.definition();
        let mut is_first = true;
        for part in Part::of(&plan.steps) {
            let is_outside = matches!(part.steps, [step] if !step.is_transactional());
            self.begin(!is_outside && is_enforced(part.steps)?, is_first)?;
            is_first = false;
            if is_outside {
                self.outside(&part)?;
            } else {
                self.inside(&part)?;
            }
        }
        // Only the ledger is brought up to date.
        if is_first {
            self.begin(false, true)?;
            self.recorded(|shadow| ledger.seal(shadow, set, None).map(drop))?;
            self.statement("COMMIT");
        }
        self.statement("DROP TABLE temp._wheatear_plan");
        self.text.push('\n');
        Ok(self.text)
    }

    /// Begins a transaction; with the first comes what all of them need.
    fn begin(&mut self, enforced: bool, is_first: bool) -> Result<(), Error> {
        let Settings { ledger, set, .. } = self.settings;
        let set = set.definition();
        self.comment("A transaction");
        self.statement(&format!("PRAGMA foreign_keys = {}", if enforced { "ON" } else { "OFF" }));
        self.statement("BEGIN IMMEDIATE");
        if is_first {
            self.comment("A row that is against one of these rules is an error, at which everything stops.");
            self.statement(
                "CREATE TEMP TABLE _wheatear_plan (\n  planned_for BLOB, found BLOB, orphans_before INTEGER, orphans_after INTEGER,\n  \
                 CONSTRAINT \"the database is no longer as this was planned for\" CHECK (found IS planned_for),\n  \
                 CONSTRAINT \"rows would be left without their parent row\" CHECK (orphans_after <= orphans_before)\n)",
            );
            let planned_for = ledger.digest(self.connection)?;
            self.statement(&match planned_for {
                Some(digest) => format!(
                    "INSERT INTO temp._wheatear_plan (planned_for, found) SELECT x'{digest}', digest FROM {}",
                    ledger.prefix.table("ledger")
                ),
                // What creates the ledger's tables fails if there are some.
                None => "INSERT INTO temp._wheatear_plan (planned_for, found) VALUES (NULL, NULL)".to_owned(),
            });
        }
        if self.checks_keys {
            self.statement(&format!(
                "UPDATE temp._wheatear_plan SET orphans_after = NULL, orphans_before = ({COUNT_ORPHANS})"
            ));
        }
        if is_first {
            self.comment("The ledger's tables, if they are not there");
            self.recorded(|shadow| ledger.prepare(shadow, set))?;
        }
        Ok(())
    }

    /// As `Run::run_inside` does.
    fn inside(&mut self, part: &Part<'_, '_>) -> Result<(), Error> {
        for step in part.steps {
            self.step(step)?;
        }
        self.record(part)?;
        self.check_keys();
        self.statement("COMMIT");
        Ok(())
    }

    /// As `Run::run_outside` does.
    fn outside(&mut self, part: &Part<'_, '_>) -> Result<(), Error> {
        for step in part.steps {
            self.comment(&format!("{} runs outside of a transaction", step.named()));
            self.recorded_step(|ledger, shadow| log(ledger, shadow, NOW, step, Outcome::Started))?;
            self.statement("COMMIT");
            if step.script().is_some_and(|script| script.foreign_keys) {
                self.statement("PRAGMA foreign_keys = ON");
            }
            self.step(step)?;
        }
        self.statement("PRAGMA foreign_keys = OFF");
        self.statement("BEGIN IMMEDIATE");
        self.record(part)?;
        self.statement("COMMIT");
        self.check_keys();
        Ok(())
    }

    /// The statements of a step.
    fn step(&mut self, step: &Step<'_>) -> Result<(), Error> {
        match (step.script(), step) {
            (Some(script), _) => self.script(step, script),
            (None, Step::Apply { .. } | Step::Rollback { .. }) => Err(cannot(step, "it is code")),
            (None, _) => {
                self.comment(&format!("{}: only the record changes", step.named()));
                Ok(())
            }
        }
    }

    fn script(&mut self, step: &Step<'_>, script: &Script) -> Result<(), Error> {
        self.comment(&format!("{} ({})", step.named(), script.file));
        for (_, statement) in statements(&script.sql) {
            self.statement(without_end(statement));
        }
        for pragma in pragma::put_back_after(&script.sql) {
            // The one that cannot be read.
            let value = match pragma {
                "case_sensitive_like" => 0,
                _ => one_row(self.connection, &format!("PRAGMA {pragma}"), &[], |row| row.get::<_, i64>(0))
                    .map_err(|error| transaction_error(RunAction::RestoreSwitches, error))?,
            };
            self.statement(&format!("PRAGMA {pragma} = {value}"));
        }
        Ok(())
    }

    /// What the ledger gets to know of the steps.
    fn record(&mut self, part: &Part<'_, '_>) -> Result<(), Error> {
        self.comment("The ledger");
        for step in part.steps {
            self.recorded_step(|ledger, shadow| record(ledger, shadow, NOW, step, Duration::ZERO))?;
        }
        let Settings { ledger, set, .. } = self.settings;
        self.recorded(|shadow| ledger.seal(shadow, set.definition(), part.owes_hooks).map(drop))
    }

    fn recorded_step(&mut self, work: impl FnOnce(&Ledger, &Connection) -> Result<(), Error>) -> Result<(), Error> {
        let ledger = &self.settings.ledger;
        self.recorded(|shadow| work(ledger, shadow))
    }

    /// Does something to the copy of the ledger, and writes down how it was done.
    fn recorded(&mut self, work: impl FnOnce(&Connection) -> Result<(), Error>) -> Result<(), Error> {
        let (result, texts) = sqlite_api::statements_of(&self.shadow, || work(&self.shadow));
        result?;
        for text in texts.iter().map(|text| without_end(text.trim_start())).filter(|text| !text.starts_with("SELECT")) {
            self.statement(&text.replace(&format!("'{NOW}'"), NOW_IN_SQL));
        }
        Ok(())
    }

    fn check_keys(&mut self) {
        if self.checks_keys {
            self.statement(&format!("UPDATE temp._wheatear_plan SET orphans_after = ({COUNT_ORPHANS})"));
        }
    }

    /// What the next statement is.
    fn comment(&mut self, text: &str) {
        let text = text.replace(char::is_control, " ").replace("*/", "* /");
        self.comments.push_str(&format!("\n   {text}"));
    }

    /// Right behind its semicolon a comment begins: were there anything before the semicolon, SQLite would keep it in the
    /// schema; and were there none, the shell would run what it has read.
    fn statement(&mut self, sql: &str) {
        let comments = std::mem::take(&mut self.comments);
        let gap = if comments.is_empty() { "" } else { "\n" };
        let begin = if self.text.ends_with(';') { " /*" } else { "/*" };
        self.text.push_str(&format!("{begin}{gap}{comments}\n*/ {sql};"));
    }
}

/// Whether foreign keys are enforced in a transaction, which plain SQL can say only before it begins.
fn is_enforced(steps: &[Step<'_>]) -> Result<bool, Error> {
    let scripts = || steps.iter().filter_map(|step| Some((step, step.script()?)));
    let Some((enforced, _)) = scripts().find(|(_, script)| script.foreign_keys) else { return Ok(false) };
    match scripts().all(|(_, script)| script.foreign_keys) {
        true => Ok(true),
        false => Err(cannot(
            enforced,
            "its foreign keys are enforced and those of others are not, and SQL can switch only between transactions; write what comes before it, run that, and go on from there",
        )),
    }
}

fn cannot(step: &Step<'_>, reason: &'static str) -> Error {
    ApplyError::NotSql { migration: step.id().to_owned(), reason }.into()
}
