//! How the SQL of two objects of a schema differs, for people.

use std::collections::HashMap;

use crate::normal_form::schema_form;
use crate::text_difference::text_difference;
use crate::tokens::{TokenKind, tokens};

/// The lines that differ, in unified format: `-` is `expected`, `+` is `found`. What is compared without (comments, white
/// space, upper and lower case of names, quotes that are not needed) is no difference.
pub(crate) fn schema_text_difference(kind: &str, expected: &str, found: &str) -> String {
    let lines = |sql| if matches!(kind, "table" | "index") { laid_out(sql) } else { lines_of(sql) };
    let (old, new) = (lines(expected), lines(found));
    let as_expected: HashMap<String, &String> = old.iter().map(|line| (schema_form(line), line)).collect();
    let new: Vec<&str> =
        new.iter().map(|line| as_expected.get(&schema_form(line)).map_or(line, |same| same).as_str()).collect();
    match text_difference(&old.join("\n"), &new.join("\n")) {
        // It is in the white space within a string, or in the order of what looks the same.
        difference if difference.is_empty() => text_difference(expected, found),
        difference => difference,
    }
}

/// The lines that say something.
fn lines_of(sql: &str) -> Vec<String> {
    sql.lines().filter(|line| tokens(line).next().is_some()).map(str::to_owned).collect()
}

/// SQL without comments, with a line for each part of what stands between its outer brackets: SQLite keeps in one line
/// what `ALTER TABLE` adds.
fn laid_out(sql: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let (mut depth, mut end) = (0_usize, 0);
    for token in tokens(sql) {
        let mark = if token.kind == TokenKind::Other { token.text } else { "" };
        if mark == ")" {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                lines.push(std::mem::take(&mut line));
            }
        }
        if line.is_empty() {
            line.push_str(if depth > 0 { "  " } else { "" });
        } else if end < token.start {
            line.push(' ');
        }
        line.push_str(token.text);
        end = token.end();
        depth += usize::from(mark == "(");
        if depth == 1 && matches!(mark, "(" | ",") {
            lines.push(std::mem::take(&mut line));
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_a_line_each_however_they_were_added() {
        let expected = "CREATE TABLE node (\n  id INTEGER PRIMARY KEY, -- the key\n  name TEXT NOT NULL CHECK (length(name, 'a,b') > 0)\n)";
        let found = "CREATE TABLE \"node\" (ID INTEGER PRIMARY KEY, name TEXT, place TEXT)";
        assert_eq!(
            schema_text_difference("table", expected, found),
            "@@ -1,4 +1,5 @@
 CREATE TABLE node (
   id INTEGER PRIMARY KEY,
-  name TEXT NOT NULL CHECK (length(name, 'a,b') > 0)
+  name TEXT,
+  place TEXT
 )
"
        );
        let difference = schema_text_difference("index", "CREATE INDEX i ON a (b)", "CREATE INDEX i ON a (b) WHERE c");
        assert_eq!(difference, "@@ -1,3 +1,3 @@\n CREATE INDEX i ON a (\n   b\n-)\n+) WHERE c\n");
    }

    #[test]
    fn views_and_triggers_are_shown_by_their_own_lines() {
        let expected = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  -- why\n  DELETE FROM a WHERE b IN (1, 2);\nEND";
        let found = "create trigger T after insert on A begin\n  DELETE FROM a WHERE b IN (1, 3);\nEND";
        assert_eq!(
            schema_text_difference("trigger", expected, found),
            "@@ -1,3 +1,3 @@
 CREATE TRIGGER t AFTER INSERT ON a BEGIN
-  DELETE FROM a WHERE b IN (1, 2);
+  DELETE FROM a WHERE b IN (1, 3);
 END
"
        );
    }

    #[test]
    fn what_no_line_tells_is_shown_as_it_stands() {
        let (one, other) = ("CREATE VIEW v AS SELECT 'a\nb'", "CREATE VIEW v AS SELECT 'a\n\nb'");
        assert!(schema_text_difference("view", one, other).contains("\n+\n"));
    }
}
