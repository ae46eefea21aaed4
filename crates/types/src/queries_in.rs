use wheatear_core::SourceFile;

use crate::query_file::queries_of_file;
use crate::script::queries_of_script;
use crate::{NamedQuery, QueryFault};

/// The queries in a file that have a name: of a script, templates such as ``db.sql.latestReadings`…` ``, whatever the
/// database is called; of a `.sql` file, the statements behind `-- name: latestReadings`. Of Vue, Svelte and Astro files
/// the scripts are read. A file of any other kind has none, nor has a `.sql` file in which nothing has a name.
///
/// The script is not parsed, but strings, comments, regular expressions and templates are told apart. `sql` alone, as in
/// ``sql.latestReadings`…` ``, counts in a file that imports something from `wheatear`.
///
/// ```
/// use wheatear_types::queries_in;
/// use wheatear_core::SourceFile;
///
/// let text = "const rows = await db.sql.warm`SELECT * FROM node\n  WHERE temp_c > ${limit}`;";
/// let found = queries_in(&SourceFile { path: "src/app.ts".into(), text: text.into() })?;
/// assert_eq!(found[0].name, "warm");
/// assert_eq!(found[0].sql, "SELECT * FROM node\n  WHERE temp_c > ?");
/// assert_eq!(found[0].place_of(28), (2, 10));
/// # Ok::<(), wheatear_types::QueryFault>(())
/// ```
///
/// # Errors
/// The first that cannot be checked: a template with a fragment in it, a name that is none, a statement without a name.
pub fn queries_in(file: &SourceFile) -> Result<Vec<NamedQuery>, QueryFault> {
    let end = file.path.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    match end.as_str() {
        "sql" => queries_of_file(file),
        "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => queries_of_script(file, 0, file.text.len()),
        "vue" | "svelte" | "astro" | "html" => {
            let mut found = Vec::new();
            for (start, end) in scripts_in(&file.text, end == "astro") {
                found.extend(queries_of_script(file, start, end)?);
            }
            Ok(found)
        }
        _ => Ok(Vec::new()),
    }
}

/// Where the scripts of a file of markup begin and end; Astro has one between dashes, too.
fn scripts_in(text: &str, has_front: bool) -> Vec<(usize, usize)> {
    let mut scripts = Vec::new();
    let mut at = 0;
    if let Some(front) = text.strip_prefix("---").filter(|_| has_front) {
        at = front.find("\n---").map_or(text.len(), |length| length + 3);
        scripts.push((3, at));
    }
    let lower = text.to_ascii_lowercase();
    while let Some(begin) = lower[at..].find("<script").map(|found| at + found) {
        let Some(start) = lower[begin..].find('>').map(|found| begin + found + 1) else { break };
        let end = lower[start..].find("</script").map_or(text.len(), |found| start + found);
        scripts.push((start, end));
        at = end;
    }
    scripts
}
