//! Any script through `statements`: nothing is lost between the pieces, and SQLite agrees on every piece that
//! it takes: where it ends, and whether it begins or ends a transaction or cannot run inside of one.
#![no_main]

use std::sync::{Arc, Mutex};

use libfuzzer_sys::fuzz_target;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Batch, Connection};
use wheatear_core::sql_text::next_statement;
use wheatear_core::statements::{is_transaction_control, needs_no_transaction, statements};

fuzz_target!(|sql: &str| {
    let mut end = 0;
    for (start, text) in statements(sql) {
        assert_eq!(start, next_statement(sql, end), "something is left out before {text:?}");
        assert!(!text.is_empty() && sql[start..].starts_with(text), "{text:?} is not what stands at {start}");
        // With what stands before it: SQLite must see the same white space and comments there.
        compare_with_sqlite(sql, end, start + text.len(), text);
        end = start + text.len();
    }
    assert_eq!(next_statement(sql, end), sql.len(), "something is left out at the end");
});

thread_local! {
    static SQLITE: Sqlite = Sqlite::new();
}

/// A connection that prepares statements and runs none of them.
struct Sqlite {
    connection: Connection,
    /// What the statement just prepared would do.
    actions: Arc<Mutex<Actions>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Actions {
    controls_transaction: bool,
    attaches_or_detaches: bool,
}

impl Sqlite {
    fn new() -> Self {
        let mut connection = Connection::open_in_memory().expect("a database");
        connection.execute_batch("CREATE TABLE a (b, c, d); CREATE VIEW v AS SELECT b FROM a").expect("tables");
        let actions = Arc::new(Mutex::new(Actions::default()));
        let seen = Arc::clone(&actions);
        let authorizer = move |context: AuthContext<'_>| {
            let mut seen = seen.lock().expect("one thread");
            match context.action {
                AuthAction::Transaction { .. } => seen.controls_transaction = true,
                AuthAction::Attach { .. } | AuthAction::Detach { .. } => seen.attaches_or_detaches = true,
                // Some act as soon as they are prepared: heap limits, temporary folders.
                AuthAction::Pragma { .. } => return Authorization::Deny,
                // Takes semicolons among its arguments, which `sqlite3_complete`, our measure, does not know either.
                AuthAction::CreateVtable { .. } => return Authorization::Deny,
                _ => {}
            }
            Authorization::Allow
        };
        connection.authorizer(Some(authorizer)).expect("an authorizer");
        Self { connection, actions }
    }
}

/// Compares one piece with what SQLite makes of the text from `from` on, if it takes that.
fn compare_with_sqlite(sql: &str, from: usize, end: usize, text: &str) {
    // At a NUL SQLite stops reading; no such script gets as far as this.
    if sql.contains('\0') {
        return;
    }
    SQLITE.with(|sqlite| {
        *sqlite.actions.lock().expect("one thread") = Actions::default();
        let Ok(Some(statement)) = Batch::new(&sqlite.connection, &sql[from..]).next() else { return };
        // Without parameters, the expanded SQL is the text that was read.
        if let Some(read) = statement.expanded_sql().filter(|_| statement.parameter_count() == 0) {
            assert_eq!(sql[from..].get(..read.len()), Some(read.as_str()));
            assert_eq!(from + read.len(), end, "SQLite ends {text:?} elsewhere: {read:?}");
        }
        let actions = *sqlite.actions.lock().expect("one thread");
        if statement.is_explain() == 0 {
            // Not the other way round: `ROLLBACK TRANSACTION x TO y`, which no document allows, may be refused.
            assert!(is_transaction_control(text) || !actions.controls_transaction, "{text:?}");
            assert!(needs_no_transaction(text) || !actions.attaches_or_detaches, "{text:?}");
        }
    });
}
