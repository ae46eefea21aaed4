use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};

/// The lines that differ between two texts, three lines around them, in the unified format that `diff -u`
/// made known: `-` is the old text, `+` the new one.
pub(crate) fn text_difference(old: &str, new: &str) -> String {
    // A checkout with other line ends would show every line as changed, unless nothing else is.
    let (old_lines, new_lines) = (old.replace("\r\n", "\n"), new.replace("\r\n", "\n"));
    let (old, new) = if old_lines == new_lines { (old, new) } else { (old_lines.as_str(), new_lines.as_str()) };
    let input = InternedInput::new(old, new);
    let mut difference = Diff::compute(Algorithm::Myers, &input);
    difference.postprocess_lines(&input);
    difference.unified_diff(&BasicLineDiffPrinter(&input.interner), UnifiedDiffConfig::default(), &input).to_string()
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
        assert_eq!(text_difference("SELECT 1", "SELECT 2"), "@@ -1,1 +1,1 @@\n-SELECT 1\n+SELECT 2\n");
    }

    #[test]
    fn other_line_ends_are_shown_only_when_nothing_else_changed() {
        assert_eq!(text_difference("a\nb\n", "a\r\nc\r\n"), "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        // Inside of a literal they do count.
        assert_eq!(text_difference("'\n'", "'\r\n'"), "@@ -1,2 +1,2 @@\n-'\n+'\r\n '\n");
    }
}
