use std::borrow::Cow;

/// The lines that differ between two texts, three lines around them, in the unified format that `diff -u`
/// made known: `-` is the old text, `+` the new one. In those, carriage returns are shown as `␍`, and white space
/// at the end of a line as `·` and `→`, because it may be all that differs.
pub(crate) fn text_difference(old: &str, new: &str) -> String {
    // A checkout with other line ends would show every line as changed, unless nothing else is.
    let lines = |text: &str| format!("{}\n", text.trim_end_matches(['\r', '\n']));
    let unix = |text: &str| lines(text).replace("\r\n", "\n");
    let (old, new) = if unix(old) == unix(new) { (lines(old), lines(new)) } else { (unix(old), unix(new)) };
    let patch = diffy::create_patch(&old, &new).to_string();
    // Its first two lines name the files, which our message does.
    let hunks = patch.find("@@").map_or("", |hunks| &patch[hunks..]);
    hunks.split_inclusive('\n').map(visible).collect()
}

fn visible(line: &str) -> Cow<'_, str> {
    if !line.starts_with(['-', '+']) {
        return line.into();
    }
    let text = line.trim_end_matches([' ', '\t', '\r', '\n']);
    let blanks = line[text.len()..].replace(' ', "·").replace('\t', "→");
    format!("{text}{blanks}").replace('\r', "␍").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_went_and_what_came() {
        let old = "CREATE TABLE a (\n  b INTEGER,\n  c TEXT\n);\n";
        let new = "CREATE TABLE a (\n  b BIGINT,\n  c TEXT\n);\n";
        assert_eq!(
            text_difference(old, new),
            "@@ -1,4 +1,4 @@\n CREATE TABLE a (\n-  b INTEGER,\n+  b BIGINT,\n   c TEXT\n );\n"
        );
    }

    #[test]
    fn a_last_line_without_an_end_is_a_line() {
        assert_eq!(text_difference("SELECT 1", "SELECT 2"), "@@ -1 +1 @@\n-SELECT 1\n+SELECT 2\n");
    }

    #[test]
    fn other_line_ends_are_shown_only_when_nothing_else_changed() {
        assert_eq!(text_difference("a\nb\n", "a\r\nc\r\n"), "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        // Inside of a literal they do count.
        assert_eq!(text_difference("'\n'", "'\r\n'"), "@@ -1,2 +1,2 @@\n+'␍\n '\n-'\n");
    }

    #[test]
    fn what_cannot_be_seen_is_shown_where_it_differs() {
        assert_eq!(text_difference("' \nb \n'", "' \t\nb \n'\r"), "@@ -1,3 +1,3 @@\n-'·\n+'·→\n b \n '\n");
        assert_eq!(text_difference("'a\rb'", "'a\nb'"), "@@ -1 +1,2 @@\n-'a␍b'\n+'a\n+b'\n");
    }
}
