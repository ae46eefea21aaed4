/// The lines that differ between two texts, three lines around them, in the unified format that `diff -u`
/// made known: `-` is the old text, `+` the new one.
pub(crate) fn text_difference(old: &str, new: &str) -> String {
    // A checkout with other line ends would show every line as changed, unless nothing else is.
    let (old_lines, new_lines) = (old.replace("\r\n", "\n"), new.replace("\r\n", "\n"));
    let (old, new) = if old_lines == new_lines { (old, new) } else { (old_lines.as_str(), new_lines.as_str()) };
    similar::TextDiff::from_lines(old, new).unified_diff().missing_newline_hint(false).to_string()
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
    fn other_line_ends_are_shown_only_when_nothing_else_changed() {
        assert_eq!(text_difference("a\nb\n", "a\r\nc\r\n"), "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        // Inside of a literal they do count.
        assert_eq!(text_difference("'\n'", "'\r\n'"), "@@ -1,2 +1,2 @@\n-'\n+'\r\n '\n");
    }
}
