//! The lints, each with what it asks of a migration that ran on rows.

mod cascade;
mod constraints;
mod contents;
mod converted;
mod down;
mod dropped;
mod lacking;
mod listed;
mod misplaced;
mod mixed;
mod names;
mod orphans;
mod quoted;
mod rebuilt;
mod renamed;
mod varying;

use wheatear_core::Script;

use crate::Lint;
use crate::report::Report;
use crate::story::Story;
use crate::subject::Subject;

/// Looks for every danger in a migration that ran.
pub(crate) fn look_at(subject: &Subject<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    let story = Story::of(&subject.run);
    dropped::look(subject, &story, report);
    rebuilt::look(subject, &story, report)?;
    for rebuild in story.rebuilt() {
        constraints::look(subject, &rebuild, report)?;
    }
    renamed::look(subject, &story, report);
    cascade::look(subject, &story, report)?;
    orphans::look(subject, report)?;
    mixed::look(subject, &story, report)?;
    names::look(subject, report);
    lacking::look(subject, report)?;
    varying::look(subject, report)?;
    quoted::look(subject, report)?;
    down::look(subject, &story, report)
}

/// Looks at what runs behind every upgrade, as far as that can break.
pub(crate) fn look_at_hook(subject: &Subject<'_>, report: &mut Report<'_>) -> rusqlite::Result<()> {
    cascade::look(subject, &Story::of(&subject.run), report)?;
    orphans::look(subject, report)?;
    quoted::look(subject, report)?;
    lacking::look(subject, report)
}

/// Tells that there is no way back.
pub(crate) fn missing_down(up: &Script, down: Option<&Script>, report: &mut Report<'_>) {
    if down.is_none() {
        let message = "nothing takes this migration back".to_owned();
        let remedy = "Write X.rollback.sql beside X.sql, or allow it with the reason why there can be none.";
        report.add_of_file(Lint::MissingDown, up, message, remedy);
    }
}
