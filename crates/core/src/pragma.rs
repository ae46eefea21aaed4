//! What may be done with each of SQLite's pragmas, decided once: by the application, by a migration in the
//! transaction of a run, and by one with `-- transactional: false`. To read a pragma's value is always allowed.
//!
//! Source: <https://www.sqlite.org/pragma.html>

use crate::sql_text::next_statement;
use crate::statements::statements;
use crate::tokens::{TokenKind, tokens};

/// Who sets a pragma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setter {
    /// A query or script of the application, on the one connection that all tabs share.
    Application,
    /// A migration in the transaction of a run.
    Migration,
    /// A migration that runs outside of a transaction.
    OutsideTransaction,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, and stays.
    Allowed,
    /// It is done; when the migration ends, the connection is as it was.
    PutBack,
    /// It is done by the `VACUUM` that must come behind it.
    BeforeVacuum,
    /// It is not done: the reason, and what to do instead.
    Refused(&'static str),
}

/// Pragmas that are treated alike.
struct Group {
    names: &'static [&'static str],
    application: Verdict,
    migration: Verdict,
    outside: Verdict,
}

use Verdict::{Allowed, BeforeVacuum, PutBack, Refused};

const SAFETY: Verdict = Refused(
    "a rollback or a crash could destroy the database; in a page it is set safely already, in Rust set it on the \
     connection before anything else",
);
const CONNECTION: Verdict = Refused(
    "it belongs to the connection, not to the database; in Rust set it on the connection before anything else, in a \
     page leave it out",
);
const SHARED: Verdict = Refused(
    "all tabs share one connection, and it would change what the statements of every tab do; leave it out, or set it \
     in the migration that needs it",
);
const UNCHECKED: Verdict = Refused("it would let in what the schema forbids; change the schema in a migration");
/// Why a migration cannot switch foreign keys on.
pub(crate) const KEYS_ARE_OFF: &str =
    "it does nothing in a transaction; foreign keys are off, and are on with the header `-- foreign_keys: on`";
const NOTHING: Verdict = Refused("it does nothing in this SQLite; remove it");
const UNKNOWN: Verdict = Refused("SQLite has no such pragma, and would ignore it without a word; mend the name");

/// Every pragma, each once.
const TABLE: &[Group] = &[
    // They only tell; what looks like a value is what they are asked about.
    Group {
        names: &[
            "collation_list",
            "compile_options",
            "data_version",
            "database_list",
            "foreign_key_check",
            "foreign_key_list",
            "freelist_count",
            "function_list",
            "index_info",
            "index_list",
            "index_xinfo",
            "integrity_check",
            "lock_status",
            "module_list",
            "page_count",
            "pragma_list",
            "quick_check",
            "stats",
            "table_info",
            "table_list",
            "table_xinfo",
        ],
        application: Allowed,
        migration: Allowed,
        outside: Allowed,
    },
    // They belong to the file and mean nothing to SQLite, or are work that is done at once.
    Group {
        names: &[
            "application_id",
            "default_cache_size",
            "incremental_vacuum",
            "optimize",
            "shrink_memory",
            "user_version",
        ],
        application: Allowed,
        migration: Allowed,
        outside: Allowed,
    },
    // How fast, and how much is kept; what statements do is the same.
    Group {
        names: &[
            "analysis_limit",
            "automatic_index",
            "busy_timeout",
            "cache_size",
            "cache_spill",
            "journal_size_limit",
            "secure_delete",
            "threads",
            "wal_autocheckpoint",
        ],
        application: Allowed,
        migration: PutBack,
        outside: PutBack,
    },
    // SQLite itself switches it off when a transaction ends; that of a run is the transaction of many.
    Group { names: &["defer_foreign_keys"], application: Allowed, migration: PutBack, outside: PutBack },
    // What keeps the database whole, and what is kept of it.
    Group {
        names: &[
            "cell_size_check",
            "checkpoint_fullfsync",
            "fullfsync",
            "journal_mode",
            "lock_proxy_file",
            "locking_mode",
            "mmap_size",
            "synchronous",
        ],
        application: SAFETY,
        migration: SAFETY,
        outside: SAFETY,
    },
    // What checks rows and schema. A migration may know better, for as long as it runs.
    Group {
        names: &["ignore_check_constraints", "writable_schema"],
        application: UNCHECKED,
        migration: PutBack,
        outside: PutBack,
    },
    // The way to write the schema by hand ends with it, and it is the file's.
    Group { names: &["schema_version"], application: UNCHECKED, migration: Allowed, outside: Allowed },
    // What statements do, or give.
    Group {
        names: &[
            "count_changes",
            "empty_result_callbacks",
            "full_column_names",
            "legacy_alter_table",
            "max_page_count",
            "query_only",
            "read_uncommitted",
            "recursive_triggers",
            "short_column_names",
            "trusted_schema",
        ],
        application: SHARED,
        migration: PutBack,
        outside: PutBack,
    },
    Group {
        names: &["case_sensitive_like"],
        application: Refused(
            "all tabs share one connection, and LIKE would change for every tab; use GLOB, which minds upper and \
             lower case",
        ),
        migration: PutBack,
        outside: PutBack,
    },
    Group {
        names: &["reverse_unordered_selects"],
        application: Refused(
            "all tabs share one connection, and it would turn the rows of every tab around; use ORDER BY",
        ),
        migration: PutBack,
        outside: PutBack,
    },
    Group {
        names: &["foreign_keys"],
        application: Refused(
            "all tabs share one connection, and foreign keys would change for every tab; to write a child before its \
             parent, set `PRAGMA defer_foreign_keys = ON` in a transaction",
        ),
        migration: Refused(KEYS_ARE_OFF),
        outside: PutBack,
    },
    // SQLite writes the file anew for these.
    Group {
        names: &["auto_vacuum", "page_size"],
        application: Allowed,
        migration: Refused(
            "it does nothing in a transaction; give the migration the header `-- transactional: false`, and write \
             `VACUUM;` behind it",
        ),
        outside: BeforeVacuum,
    },
    Group {
        names: &["encoding"],
        application: Refused("it does nothing once there is a table; text comes and goes as Unicode in any encoding"),
        migration: Refused("it does nothing once there is a table, and the tables that record come first; remove it"),
        outside: Refused("it does nothing once there is a table, and the tables that record come first; remove it"),
    },
    Group {
        names: &["wal_checkpoint"],
        application: Allowed,
        migration: Refused("it does nothing in a transaction; remove it: SQLite sees to it by itself"),
        outside: Allowed,
    },
    Group {
        names: &["data_store_directory", "hard_heap_limit", "soft_heap_limit", "temp_store", "temp_store_directory"],
        application: CONNECTION,
        migration: CONNECTION,
        outside: CONNECTION,
    },
    // Of SQLite's own developers, of builds with more in them, and of the past.
    Group {
        names: &[
            "activate_extensions",
            "legacy_file_format",
            "parser_trace",
            "sql_trace",
            "vdbe_addoptrace",
            "vdbe_debug",
            "vdbe_eqp",
            "vdbe_listing",
            "vdbe_trace",
        ],
        application: NOTHING,
        migration: NOTHING,
        outside: NOTHING,
    },
];

/// Whether a pragma may be set; its name in upper or lower case.
pub fn verdict(name: &str, setter: Setter) -> Verdict {
    match (group_of(name), setter) {
        (None, _) => UNKNOWN,
        (Some(group), Setter::Application) => group.application,
        (Some(group), Setter::Migration) => group.migration,
        (Some(group), Setter::OutsideTransaction) => group.outside,
    }
}

/// Whether to set this pragma can destroy the database.
pub(crate) fn is_harmful(name: &str) -> bool {
    verdict(name, Setter::OutsideTransaction) == SAFETY
}

/// Whether SQLite has a pragma of this name; in upper or lower case.
pub fn is_known(name: &str) -> bool {
    group_of(name).is_some()
}

fn group_of(name: &str) -> Option<&'static Group> {
    TABLE.iter().find(|group| group.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// The pragmas whose value is put back when a migration ends.
pub fn put_back() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|group| group.outside == PutBack).flat_map(|group| group.names.iter().copied())
}

/// Those of them that a script sets, in lower case, each once.
pub fn put_back_after(script: &str) -> Vec<&'static str> {
    let set: Vec<String> = statements(script).filter_map(|(_, statement)| set_by(statement)).collect();
    put_back().filter(|name| set.iter().any(|set| set.eq_ignore_ascii_case(name))).collect()
}

/// The value that a statement gives to `PRAGMA foreign_keys`, if it does.
pub fn foreign_keys(statement: &str) -> Option<bool> {
    set_by(statement).filter(|name| name.eq_ignore_ascii_case("foreign_keys"))?;
    let words = tokens(statement).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted));
    let value = words.last()?.text.trim_matches(['"', '\'']);
    let is_word = ["on", "yes", "true"].iter().any(|word| value.eq_ignore_ascii_case(word));
    Some(is_word || matches!(value.as_bytes(), [b'1'..=b'9', ..]))
}

/// The name of the pragma that a statement sets, or asks about something; `None` if it reads one or is something else.
/// With EXPLAIN before it many a pragma is set as well.
pub fn set_by(statement: &str) -> Option<String> {
    let mut tokens = tokens(&statement[next_statement(statement, 0)..]).peekable();
    if tokens.next_if(|token| token.is_word("EXPLAIN")).is_some()
        && tokens.next_if(|token| token.is_word("QUERY")).is_some()
    {
        tokens.next_if(|token| token.is_word("PLAN"));
    }
    tokens.next_if(|token| token.is_word("PRAGMA"))?;
    let mut name = String::new();
    // The name of a schema may come first.
    for token in tokens {
        match token.kind {
            TokenKind::Word | TokenKind::Quoted => name.push_str(token.text.trim_matches(['"', '\'', '`', '[', ']'])),
            TokenKind::Dot => name.clear(),
            TokenKind::Other => return Some(name),
            TokenKind::Semicolon => break,
        }
    }
    // Without a value this one acts all the same, and one that SQLite does not know does nothing.
    let acts = name.eq_ignore_ascii_case("wal_checkpoint") || verdict(&name, Setter::Application) == UNKNOWN;
    acts.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pragma_that_is_set_is_found_in_any_dress() {
        for (statement, name) in [
            ("PRAGMA journal_mode = OFF", Some("journal_mode")),
            (";; pragma/**/main . 'Journal_Mode'(off);", Some("Journal_Mode")),
            ("PRAGMA [main].\"synchronous\"=0", Some("synchronous")),
            ("EXPLAIN QUERY PLAN PRAGMA foreign_keys = ON", Some("foreign_keys")),
            ("-- c\nexplain PRAGMA cache_size=-5", Some("cache_size")),
            ("PRAGMA misspelt;", Some("misspelt")),
            ("PRAGMA wal_checkpoint;", Some("wal_checkpoint")),
            ("PRAGMA journal_mode;", None),
            ("PRAGMA main.foreign_keys -- = ON", None),
            ("SELECT 'PRAGMA journal_mode = OFF'", None),
            ("SELECT * FROM pragma_journal_mode", None),
            ("PRAGMA", Some("")),
        ] {
            assert_eq!(set_by(statement).as_deref(), name, "{statement}");
        }
    }

    #[test]
    fn each_pragma_is_there_once_and_every_other_name_is_refused() {
        let mut names: Vec<&str> = TABLE.iter().flat_map(|group| group.names).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for setter in [Setter::Application, Setter::Migration, Setter::OutsideTransaction] {
            assert_eq!(verdict("journal_mod", setter), UNKNOWN);
            assert_eq!(verdict("JOURNAL_MODE", setter), SAFETY);
        }
    }
}
