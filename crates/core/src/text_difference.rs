use std::borrow::Cow;

/// The lines that differ between two texts, three lines around them, in the unified format that `diff -u`
/// made known: `-` is the old text, `+` the new one. In those, carriage returns are shown as `␍`, and white space
/// at the end of a line as `·` and `→`, because it may be all that differs. For the same reason, characters outside of ASCII
/// are written as `\u{…}` where two lines would look alike.
pub(crate) fn text_difference(old: &str, new: &str) -> String {
    // A checkout with other line ends would show every line as changed, unless nothing else is.
    let lines = |text: &str| format!("{}\n", text.trim_end_matches(['\r', '\n']));
    let unix = |text: &str| lines(text).replace("\r\n", "\n");
    let (old, new) = if unix(old) == unix(new) { (lines(old), lines(new)) } else { (unix(old), unix(new)) };
    let patch = diffy::create_patch(&old, &new).to_string();
    // Its first two lines name the files, which our message does.
    let hunks = patch.find("@@").map_or("", |hunks| &patch[hunks..]);
    let lines: Vec<&str> = hunks.split_inclusive('\n').collect();
    let escape = lines.chunk_by(|a, b| is_change(a) == is_change(b)).any(has_lines_alike);
    lines.into_iter().map(|line| visible(line, escape)).collect()
}

fn is_change(line: &str) -> bool {
    line.starts_with(['-', '+'])
}

/// Whether a line that went looks like one that came. Of a stretch of changes, they are compared in order from both
/// ends, as lines are added or edited there too.
fn has_lines_alike(changes: &[&str]) -> bool {
    let side = |sign| changes.iter().filter_map(move |line| line.strip_prefix(sign));
    let (old, new) = (side('-'), side('+'));
    old.clone().zip(new.clone()).chain(old.rev().zip(new.rev())).any(|(old, new)| look_alike(old, new))
}

/// Whether two lines may differ in nothing that can be seen. Which letters of two scripts look the same would take
/// large tables: any other letter in the place of one of ASCII counts.
fn look_alike(old: &str, new: &str) -> bool {
    if old.is_ascii() && new.is_ascii() {
        return false;
    }
    let seen = |line: &str| -> Vec<char> {
        let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
        line.trim_end().chars().filter(|c| !is_hidden(*c)).map(blank).collect()
    };
    let hidden = |line: &str| line.chars().filter(|c| is_hidden(*c)).count();
    // An accent of its own on one side may be a part of the letter on the other.
    let is_composed = hidden(old) != hidden(new);
    let (old, new) = (seen(old), seen(new));
    let alike = |(a, b): (&char, &char)| a == b || a.is_ascii() != b.is_ascii() || (is_composed && !a.is_ascii());
    old.len() == new.len() && old.iter().zip(&new).all(alike)
}

/// Characters that take no place of their own.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{1160}'..='\u{11ff}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3099}'..='\u{309a}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn visible(line: &str, escape: bool) -> Cow<'_, str> {
    if !is_change(line) {
        return line.into();
    }
    if escape && !line.is_ascii() {
        let escaped = |c: char| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() };
        let line: String = line.chars().map(escaped).collect();
        return visible(&line, false).into_owned().into();
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

    #[test]
    fn lines_that_look_alike_are_told_apart() {
        for (old, new, shown) in [
            ("'a b'", "'a\u{a0}b'", "-'a b'\n+'a\\u{a0}b'\n"),
            ("'ab'", "'a\u{200b}b'", "-'ab'\n+'a\\u{200b}b'\n"),
            ("'ab'", "'a\u{feff}b'", "-'ab'\n+'a\\u{feff}b'\n"),
            ("'\u{e9}'", "'e\u{301}'", "-'\\u{e9}'\n+'e\\u{301}'\n"),
            ("'\u{439}'", "'\u{438}\u{306}'", "-'\\u{439}'\n+'\\u{438}\\u{306}'\n"),
            ("'a'", "'\u{430}'", "-'a'\n+'\\u{430}'\n"),
            ("'a'", "'a'\u{a0}", "-'a'\n+'a'\\u{a0}\n"),
        ] {
            let difference = text_difference(old, new);
            assert_eq!(difference, format!("@@ -1 +1 @@\n{shown}"));
        }
        // Beside other changes, too.
        let difference = text_difference("'a'\n'b'", "'\u{430}'\n'c'\n'd'");
        assert_eq!(difference, "@@ -1,2 +1,3 @@\n-'a'\n-'b'\n+'\\u{430}'\n+'c'\n+'d'\n");
    }

    #[test]
    fn text_in_other_scripts_stays_readable() {
        assert_eq!(text_difference("'привет'", "'привед'"), "@@ -1 +1 @@\n-'привет'\n+'привед'\n");
        assert_eq!(text_difference("'é'", "'é!'"), "@@ -1 +1 @@\n-'é'\n+'é!'\n");
    }
}
