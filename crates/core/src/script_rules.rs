//! What the SQL of a migration may not contain, found when the set is built and not in a user's browser.

use crate::pragma::{self, Setter, Verdict};
use crate::sql_text::LineCounter;
use crate::statements::{
    SavepointControl, is_insert, is_transaction_control, is_vacuum, leaves_the_database, may_change_rows,
    needs_no_transaction, statements,
};
use crate::{DefinitionError, DefinitionErrorKind, Script, SourceFile};

/// Refuses a script without statements, one that breaks the transaction of a run, one that leaves
/// a transaction or savepoint open, and one with a pragma that does nothing there, or harm.
///
/// `enforces_keys`: whether foreign keys are enforced in it. Where they are not, `PRAGMA foreign_keys = OFF` asks for what is
/// so, and may stand there with an `ON` that nothing relies on: so do tools write it around a table that is made anew.
pub(crate) fn check(
    file: &SourceFile,
    id: &str,
    transactional: bool,
    enforces_keys: bool,
) -> Result<(), DefinitionError> {
    let mut open = OpenBlocks::default();
    // Whether foreign keys were switched off, and where they were switched on behind that.
    let (mut is_off, mut on) = (false, None);
    // The first pragma that waits for a VACUUM.
    let mut waiting = None;
    let mut last = None;
    let mut lines = LineCounter::new(&file.text);
    for (index, (at, text)) in statements(&file.text).enumerate() {
        let place = (index + 1, lines.line_at(at));
        let fault = if transactional && (is_transaction_control(text) || needs_no_transaction(text)) {
            Some(Fault::NeedsNoTransaction)
        } else {
            open.follow(text, place)
        };
        if transactional
            && !enforces_keys
            && let Some(is_on) = pragma::foreign_keys(text)
            && (is_off || !is_on)
        {
            is_off = true;
            on = is_on.then_some(place);
            last = Some(place);
            continue;
        }
        if let Some(place) = on.filter(|_| may_change_rows(text) && !is_insert(text)) {
            return Err(error(file, id, place, Fault::Pragma("foreign_keys".to_owned(), pragma::KEYS_ARE_OFF)));
        }
        let fault = fault.or_else(|| {
            let name = pragma::set_by(text)?;
            // A script outside of the run's transaction may have one of its own.
            let is_inside = transactional || open.innermost().is_some();
            let setter = if is_inside { Setter::Migration } else { Setter::OutsideTransaction };
            match pragma::verdict(&name, setter) {
                Verdict::Refused(why) => Some(Fault::Pragma(name, why)),
                Verdict::BeforeVacuum => {
                    waiting.get_or_insert((place, name));
                    None
                }
                Verdict::Allowed | Verdict::PutBack => None,
            }
        });
        if let Some(fault) = fault {
            return Err(error(file, id, place, fault));
        }
        if is_vacuum(text) && !leaves_the_database(text) {
            waiting = None;
        }
        last = Some(place);
    }
    if let Some((place, name)) = waiting {
        return Err(error(
            file,
            id,
            place,
            Fault::Pragma(name, "it does nothing before a VACUUM; write `VACUUM;` behind it"),
        ));
    }
    match (last, open.innermost()) {
        (None, _) => Err(file.error(1, DefinitionErrorKind::EmptyMigration { migration: id.to_owned() })),
        (_, Some(place)) => Err(error(file, id, place, Fault::LeftOpen)),
        _ => Ok(()),
    }
}

/// Refuses what a database recorded, perhaps from a build with fewer rules, if it sets a pragma that could destroy the
/// database. What merely does nothing passes, as it did when it was recorded.
///
/// # Errors
/// [`DefinitionErrorKind::Pragma`], with what to do.
pub fn check_recorded(script: &Script, id: &str) -> Result<(), DefinitionError> {
    let mut lines = LineCounter::new(&script.sql);
    for (index, (at, text)) in statements(&script.sql).enumerate() {
        let Some(name) = pragma::set_by(text).filter(|name| pragma::is_harmful(name)) else { continue };
        let kind = DefinitionErrorKind::Pragma { migration: id.to_owned(), statement: index + 1, name, why: RECORDED };
        return Err(DefinitionError { file: script.file.to_string(), line: lines.line_at(at), kind });
    }
    Ok(())
}

const RECORDED: &str = "a rollback or a crash could destroy the database; take it out of the rollback file, and let a \
                        build that has this migration `repair` the database, which records that text";

type Place = (usize, usize);

enum Fault {
    NeedsNoTransaction,
    /// A transaction or savepoint is ended or gone back to that was not begun.
    NotOpen,
    /// A transaction is begun inside of another.
    Nested,
    LeftOpen,
    /// This pragma is not set, for this reason.
    Pragma(String, &'static str),
}

fn error(file: &SourceFile, id: &str, (statement, line): Place, fault: Fault) -> DefinitionError {
    let migration = id.to_owned();
    let kind = match fault {
        Fault::NeedsNoTransaction => DefinitionErrorKind::TransactionControl { migration, statement },
        Fault::Pragma(name, why) => DefinitionErrorKind::Pragma { migration, statement, name, why },
        Fault::NotOpen => {
            unbalanced(migration, statement, "ends a transaction or savepoint that the script did not begin")
        }
        Fault::Nested => unbalanced(migration, statement, "begins a transaction inside of another"),
        Fault::LeftOpen => {
            unbalanced(migration, statement, "begins a transaction or savepoint that the script does not end")
        }
    };
    file.error(line, kind)
}

fn unbalanced(migration: String, statement: usize, what: &'static str) -> DefinitionErrorKind {
    DefinitionErrorKind::UnbalancedTransaction { migration, statement, what }
}

/// The transaction and savepoints that a script has open, each with where it was begun.
#[derive(Default)]
struct OpenBlocks {
    transaction: Option<Place>,
    savepoints: Vec<(String, Place)>,
}

impl OpenBlocks {
    fn follow(&mut self, statement: &str, place: Place) -> Option<Fault> {
        if is_transaction_control(statement) {
            let begins = statement.trim_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case("begin"));
            let is_open = self.transaction.is_some() || !self.savepoints.is_empty();
            self.savepoints.clear();
            self.transaction = begins.then_some(place);
            return match (begins, is_open) {
                (true, true) => Some(Fault::Nested),
                (false, false) => Some(Fault::NotOpen),
                _ => None,
            };
        }
        // The innermost of equal names is meant, as in SQLite.
        let find = |name: &str| self.savepoints.iter().rposition(|(open, _)| open == name);
        match SavepointControl::parse(statement)? {
            SavepointControl::Begin(name) => self.savepoints.push((name, place)),
            SavepointControl::Release(name) => match find(&name) {
                Some(index) => self.savepoints.truncate(index),
                None => return Some(Fault::NotOpen),
            },
            SavepointControl::RollBackTo(name) => match find(&name) {
                Some(index) => self.savepoints.truncate(index + 1),
                None => return Some(Fault::NotOpen),
            },
        }
        None
    }

    fn innermost(&self) -> Option<Place> {
        self.savepoints.last().map(|(_, place)| *place).or(self.transaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str, transactional: bool) -> Result<(), String> {
        let file = SourceFile { path: "m/1.sql".to_owned(), text: text.to_owned() };
        check(&file, "1", transactional, false).map_err(|error| error.to_string())
    }

    #[test]
    fn savepoints_may_be_used_when_they_balance() {
        for fine in [
            "SAVEPOINT a; SELECT 1; RELEASE a;",
            "SAVEPOINT a; SAVEPOINT b; ROLLBACK TO a; SELECT 1; RELEASE SAVEPOINT A;",
            "SAVEPOINT \"a\"; SAVEPOINT a; RELEASE a; RELEASE a;",
        ] {
            assert_eq!(verdict(fine, true), Ok(()), "{fine}");
            assert_eq!(verdict(fine, false), Ok(()), "{fine}");
        }
        for (bad, place) in [
            ("SELECT 1;\nSAVEPOINT a; SELECT 1;", "m/1.sql:2: statement 2 of migration \"1\" begins"),
            ("SAVEPOINT a;\nRELEASE b;\nRELEASE a;", "m/1.sql:2: statement 2 of migration \"1\" ends"),
            ("ROLLBACK TO a;", "m/1.sql:1: statement 1 of migration \"1\" ends"),
            ("SAVEPOINT a; SAVEPOINT b; RELEASE a;\nRELEASE b;", "m/1.sql:2: statement 4 of migration \"1\" ends"),
        ] {
            let message = verdict(bad, true).expect_err(bad);
            assert!(message.starts_with(place), "{bad}: {message}");
        }
    }

    #[test]
    fn outside_of_a_transaction_a_script_may_have_its_own_and_must_end_it() {
        for fine in [
            "VACUUM;",
            "BEGIN; SELECT 1; COMMIT; VACUUM",
            "PRAGMA page_size = 1024; PRAGMA auto_vacuum = FULL; VACUUM",
            "PRAGMA wal_checkpoint",
            "BEGIN; SAVEPOINT a; ROLLBACK;",
        ] {
            assert_eq!(verdict(fine, false), Ok(()), "{fine}");
            assert!(verdict(fine, true).is_err(), "{fine}");
        }
        for bad in ["BEGIN; SELECT 1;", "COMMIT;", "BEGIN; BEGIN; COMMIT;", "BEGIN; SAVEPOINT a; COMMIT; RELEASE a;"] {
            assert!(verdict(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn pragmas_that_do_nothing_there_or_harm_are_refused_with_the_way_that_works() {
        for (text, inside, outside) in [
            ("SELECT 1;\nPRAGMA main.journal_mode(OFF)", Some("destroy"), Some("destroy")),
            ("SELECT 1;\nPRAGMA foreign_keys = ON", Some("`-- foreign_keys: on`"), None),
            (
                "SELECT 1;\nPRAGMA page_size = 1024",
                Some("`-- transactional: false`"),
                Some("write `VACUUM;` behind it"),
            ),
            ("VACUUM;\nPRAGMA page_size = 1024; VACUUM INTO 'x'", None, Some("write `VACUUM;` behind it")),
            ("BEGIN;\nPRAGMA foreign_keys = ON; COMMIT", None, Some("`-- foreign_keys: on`")),
            ("BEGIN; COMMIT;\nPRAGMA foreign_keys = ON", None, None),
            ("SELECT 1;\nPRAGMA temp_store = MEMORY", Some("connection"), Some("connection")),
            ("SELECT 1;\nPRAGMA foreing_keys = ON", Some("mend the name"), Some("mend the name")),
            ("SELECT 1;\nPRAGMA recursive_triggers = ON", None, None),
            ("SELECT 1;\nPRAGMA journal_mode", None, None),
            ("SELECT 1;\nPRAGMA foreign_key_check(a)", None, None),
        ] {
            for (transactional, expected) in [(true, inside), (false, outside)] {
                match expected {
                    // Refused for another reason.
                    None if transactional && (text.starts_with("VACUUM") || text.starts_with("BEGIN")) => {}
                    None => assert_eq!(verdict(text, transactional), Ok(()), "{text}"),
                    Some(way) => {
                        let message = verdict(text, transactional).expect_err(text);
                        assert!(message.starts_with("m/1.sql:2: statement 2 of migration \"1\" sets"), "{message}");
                        assert!(message.contains(way), "{message}");
                    }
                }
            }
        }
    }

    #[test]
    fn foreign_keys_may_be_switched_off_where_they_are_and_on_where_nothing_relies_on_it() {
        let rebuild = "PRAGMA foreign_keys=OFF;--> statement-breakpoint\nCREATE TABLE b (c);\nINSERT INTO b SELECT c FROM a;\n\
                       DELETE FROM a; DROP TABLE a;\nPRAGMA foreign_keys=ON;";
        for more in
            ["", "CREATE INDEX c ON b (c);", "INSERT INTO b VALUES (1);", "PRAGMA foreign_keys=0; DELETE FROM b;"]
        {
            assert_eq!(verdict(&format!("{rebuild}{more}"), true), Ok(()), "{more}");
        }
        for more in ["DELETE FROM b", "UPDATE b SET c = 1", "WITH d AS (SELECT 1) DELETE FROM b"] {
            let message = verdict(&format!("{rebuild}{more}"), true).expect_err(more);
            assert!(
                message.starts_with("m/1.sql:5: statement 6 of migration \"1\" sets `PRAGMA foreign_keys`"),
                "{message}"
            );
            assert!(message.contains("`-- foreign_keys: on`"), "{message}");
        }
        let file = SourceFile { path: "m/1.sql".to_owned(), text: rebuild.to_owned() };
        assert!(check(&file, "1", true, true).is_err(), "the header says that they are enforced");
        assert!(
            verdict(&format!("BEGIN; {rebuild} COMMIT;"), false).is_err(),
            "where they are enforced, it does nothing"
        );
    }

    #[test]
    fn of_recorded_scripts_only_those_are_refused_that_could_destroy_the_database() {
        let recorded = |sql: &'static str| {
            check_recorded(&Script::embedded("recorded rollback of 2", sql, true, false), "2")
                .map_err(|error| error.to_string())
        };
        for fine in
            ["PRAGMA foreign_keys = ON; PRAGMA misspelt = 1; PRAGMA temp_store = 2;", "PRAGMA journal_mode;", ""]
        {
            assert_eq!(recorded(fine), Ok(()), "{fine}");
        }
        for harmful in
            ["PRAGMA journal_mode = OFF", "explain pragma main.Journal_Mode(memory);", "PRAGMA synchronous=0"]
        {
            let message = recorded(&*format!("SELECT 1;\n{harmful}").leak()).expect_err(harmful);
            let place = "recorded rollback of 2:2: statement 2 of migration \"2\" sets `PRAGMA ";
            assert!(message.starts_with(place) && message.contains("`repair`"), "{message}");
        }
    }

    #[test]
    fn a_script_without_statements_is_refused() {
        for empty in ["", "-- depends: 0\n", ";;\n/* nothing */"] {
            assert!(verdict(empty, true).expect_err(empty).contains("holds no statement"));
        }
    }

    #[test]
    fn a_long_script_is_read_once() {
        let text = "INSERT INTO a VALUES ('some text that makes the line longer');\n".repeat(20_000) + "COMMIT;";
        let start = std::time::Instant::now();
        assert!(verdict(&text, true).expect_err("a commit").starts_with("m/1.sql:20001: statement 20001"));
        assert!(start.elapsed().as_secs() < 20, "counting from the top for each statement takes minutes");
    }
}
