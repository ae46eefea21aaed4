//! The parts of SQLite that are in pages or not, by the flags it is compiled with there.
//!
//! Source: <https://www.sqlite.org/compile.html> and the flags of the `sqlite-wasm-rs` crate, which
//! `SQLITE_WASM_RS_FLAGS` adds to. `page-sqlite.txt` holds this list to what a page really has: a test in browsers compares it.

use super::stand_ins;

/// Functions and virtual tables that come and go with a flag.
struct Part {
    flag: &'static str,
    /// Whether it is there if nobody asks.
    by_default: bool,
    functions: &'static [&'static str],
    modules: &'static [&'static str],
}

const FTS3_FUNCTIONS: &[&str] = &["fts3_tokenizer", "matchinfo", "offsets", "optimize", "snippet"];
const FTS3_MODULES: &[&str] = &["fts3", "fts3tokenize", "fts4", "fts4aux"];

const PARTS: &[Part] = &[
    Part {
        flag: "SQLITE_ENABLE_FTS5",
        by_default: true,
        functions: &[
            "bm25",
            "fts5",
            "fts5_get_locale",
            "fts5_insttoken",
            "fts5_locale",
            "fts5_source_id",
            "highlight",
            "snippet",
        ],
        modules: &["fts5", "fts5vocab"],
    },
    Part {
        flag: "SQLITE_ENABLE_RTREE",
        by_default: true,
        functions: &["rtreecheck", "rtreedepth", "rtreenode"],
        modules: &["rtree", "rtree_i32"],
    },
    Part { flag: "SQLITE_ENABLE_MATH_FUNCTIONS", by_default: true, functions: stand_ins::NAMES, modules: &[] },
    Part { flag: "SQLITE_ENABLE_OFFSET_SQL_FUNC", by_default: true, functions: &["sqlite_offset"], modules: &[] },
    Part { flag: "SQLITE_ENABLE_DBSTAT_VTAB", by_default: true, functions: &[], modules: &["dbstat"] },
    Part { flag: "SQLITE_SOUNDEX", by_default: false, functions: &["soundex"], modules: &[] },
    Part { flag: "SQLITE_ENABLE_FTS4", by_default: false, functions: FTS3_FUNCTIONS, modules: FTS3_MODULES },
    Part { flag: "SQLITE_ENABLE_FTS3", by_default: false, functions: FTS3_FUNCTIONS, modules: FTS3_MODULES },
];

/// Never there: a page has no files to load one from.
const NEVER: &str = "load_extension";

/// A function or the module of a virtual table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Function,
    Module,
}

/// Why pages lack something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// A flag adds it.
    NotAsked(&'static str),
    /// A flag takes it out.
    TakenOut(&'static str),
    /// There is no way.
    Never,
}

/// Why a page that is compiled with these flags lacks something; `None` if it has it, or nothing is known.
pub(super) fn absence(kind: Kind, name: &str, flags: &str) -> Option<Absence> {
    if kind == Kind::Function && name == NEVER {
        return Some(Absence::Never);
    }
    let has_it = |part: &&Part| match kind {
        Kind::Function => part.functions.contains(&name),
        Kind::Module => part.modules.contains(&name),
    };
    let mut parts = PARTS.iter().filter(has_it);
    let first = parts.clone().next()?;
    let is_there = parts.any(|part| is_defined(part.flag, flags).unwrap_or(part.by_default));
    (!is_there).then_some(match first.by_default {
        true => Absence::TakenOut(first.flag),
        false => Absence::NotAsked(first.flag),
    })
}

/// Whether flags define a macro, in the grammar of `SQLITE_WASM_RS_FLAGS`: the last one that names it counts.
fn is_defined(name: &str, flags: &str) -> Option<bool> {
    flags.split_whitespace().rev().find_map(|flag| match flag.split_at_checked(2) {
        Some(("-U", undefined)) => (undefined == name).then_some(false),
        Some(("-D", defined)) => (defined.split('=').next() == Some(name)).then_some(true),
        _ => (flag.split('=').next() == Some(name)).then_some(true),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    /// What a page has, compiled with the flags below: a kind and a name a line.
    const PAGE: &str = include_str!("page-sqlite.txt");
    const FLAGS: &str = "-USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE -USQLITE_ENABLE_DBSTAT_VTAB";

    fn kind_of(line: &str) -> (Kind, &str) {
        match line.split_once(' ').expect("a kind and a name") {
            ("function", name) => (Kind::Function, name),
            (_, name) => (Kind::Module, name),
        }
    }

    #[test]
    fn each_part_is_in_pages_or_not_as_its_flag_says() {
        for part in PARTS {
            let functions = part.functions.iter().map(|name| format!("function {name}"));
            let modules = part.modules.iter().map(|name| format!("module {name}"));
            for line in functions.chain(modules) {
                let (kind, name) = kind_of(&line);
                assert_eq!(PAGE.lines().any(|there| there == line), absence(kind, name, FLAGS).is_none(), "{line}");
            }
        }
    }

    #[test]
    fn whatever_a_build_has_and_pages_lack_is_known() {
        let connection = Connection::open_in_memory().expect("a database");
        let all = "SELECT 'function ' || name FROM pragma_function_list
            UNION SELECT 'module ' || name FROM pragma_module_list WHERE name NOT LIKE 'pragma\\_%' ESCAPE '\\'";
        let mut select = connection.prepare(all).expect("a query");
        let lines = select.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        let here: Vec<String> = lines.collect::<rusqlite::Result<_>>().expect("names");
        for line in here.iter().filter(|line| !PAGE.lines().any(|there| there == line.as_str())) {
            let (kind, name) = kind_of(line);
            assert!(absence(kind, name, FLAGS).is_some(), "{line} is not known to be lacking in pages");
        }
        // And the other way round a set can be tried out with all that a page has, but for two that tell of SQLite itself.
        for line in PAGE.lines().filter(|line| !here.iter().any(|there| there == line)) {
            let (_, name) = kind_of(line);
            assert!(stand_ins::NAMES.contains(&name) || ["sqlite_offset", "unknown"].contains(&name), "{line}");
        }
    }

    #[test]
    fn flags_decide_what_a_page_has() {
        use Absence::{Never, NotAsked, TakenOut};
        let fts5 = Some(TakenOut("SQLITE_ENABLE_FTS5"));
        for (kind, name, flags, expected) in [
            (Kind::Module, "fts5", "", None),
            (Kind::Module, "fts5", "-USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE", fts5),
            (Kind::Module, "fts5", "-USQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_FTS5=1", None),
            (Kind::Function, "highlight", "-USQLITE_ENABLE_FTS5", fts5),
            (Kind::Function, "soundex", "", Some(NotAsked("SQLITE_SOUNDEX"))),
            (Kind::Function, "soundex", "SQLITE_SOUNDEX", None),
            (Kind::Module, "fts4", "", Some(NotAsked("SQLITE_ENABLE_FTS4"))),
            (Kind::Module, "fts4", "-DSQLITE_ENABLE_FTS3", None),
            // In both kinds of search.
            (Kind::Function, "snippet", "-USQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_FTS4", None),
            (Kind::Function, "pow", "", None),
            (Kind::Function, "load_extension", "", Some(Never)),
            (Kind::Function, "lower", "-USQLITE_ENABLE_FTS5", None),
            (Kind::Function, "mine", "", None),
        ] {
            assert_eq!(absence(kind, name, flags), expected, "{name} with {flags}");
        }
    }
}
