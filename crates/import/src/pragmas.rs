//! What becomes of another tool's pragmas.

use wheatear_core::pragma::{Setter, Verdict, set_by, verdict};

/// What is told of a statement that sets a pragma which is not set here; `is_followed` if a `VACUUM` comes behind it.
pub(crate) fn left_out(statement: &str, setter: Setter, is_followed: bool) -> Option<String> {
    let name = set_by(statement)?.to_ascii_lowercase();
    let why = match verdict(&name, setter) {
        Verdict::BeforeVacuum if !is_followed => "it does nothing before a VACUUM".to_owned(),
        Verdict::Refused(_) if name == "foreign_keys" => return None,
        Verdict::Refused(why) => match why.split_once(';') {
            // What to do instead is said to whoever writes a migration.
            Some((reason, _)) => reason.to_owned(),
            None => why.to_owned(),
        },
        Verdict::Allowed | Verdict::PutBack | Verdict::BeforeVacuum => return None,
    };
    Some(format!("`PRAGMA {name}` is left out: {why}"))
}
