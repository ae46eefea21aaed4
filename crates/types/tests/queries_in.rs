//! Which queries of a file have a name, and where they stand.

use wheatear_core::SourceFile;
use wheatear_types::{NamedQuery, QueryFault, QueryForm, queries_in};

fn read(path: &str, text: &str) -> Result<Vec<NamedQuery>, QueryFault> {
    queries_in(&SourceFile { path: path.into(), text: text.into() })
}

fn found(path: &str, text: &str) -> Vec<(String, String, usize)> {
    let queries = read(path, text).unwrap_or_else(|fault| panic!("{fault}"));
    queries.into_iter().map(|query| (query.name, query.sql, query.line)).collect()
}

fn one(text: &str) -> (String, String) {
    let mut queries = found("src/app.ts", text);
    assert_eq!(queries.len(), 1, "{text}: {queries:?}");
    let (name, sql, _) = queries.remove(0);
    (name, sql)
}

#[test]
fn a_template_with_a_name_is_found_whatever_the_database_is_called() {
    for text in [
        "db.sql.all`SELECT 1`",
        "await transaction.sql.all`SELECT 1`;",
        "this.#db.sql.all`SELECT 1`",
        "(await open('x')).sql.all`SELECT 1`",
        "db\n  .sql\n  .all /* why */ `SELECT 1`",
        "db.sql.all<{ a: Map<string, () => void> }>`SELECT 1`",
        "import { sql } from 'wheatear';\ndb.query(sql.all`SELECT 1`)",
        "const a = b / c; const re = /[/`]'/g; db.sql.all`SELECT 1`",
        "const a = x ? `${y ? `}` : '`'}` : 1; db.sql.all`SELECT 1`",
        "if (a) { /* ` */ } // it's `\ndb.sql.all`SELECT 1`",
        "const a = <p>don't</p>;\nconst b = <b>x</b>; db.sql.all`SELECT 1`",
        "`${db.sql.all`SELECT 1`}`",
        "const a = { '\\'`': 1, \"\\\"`\": 2 }; db.sql.all`SELECT 1`",
    ] {
        assert_eq!(one(text), ("all".to_owned(), "SELECT 1".to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_such_template_is_passed_over() {
    for text in [
        "db.sql`SELECT 1`",
        "// db.sql.all`SELECT 1`",
        "/* db.sql.all`SELECT 1` */",
        "'db.sql.all`SELECT 1`'",
        "`db.sql.all\\`SELECT 1\\``",
        "/db.sql.all`x`/.test(a)",
        "db.sql.all(`SELECT 1`)",
        "db.sqls.all`SELECT 1`",
        // Of another library.
        "import { sql } from 'slonik'; sql.unsafe`SELECT 1`",
        "",
    ] {
        assert_eq!(found("src/app.tsx", text), [], "{text}");
    }
    assert_eq!(found("notes.md", "db.sql.all`SELECT 1`"), []);
}

#[test]
fn values_become_parameters_and_escapes_what_they_stand_for() {
    for (template, sql) in [
        ("a = ${1} AND b = ${f({ x: '}' }, `}`)}", "a = ? AND b = ?"),
        ("${1}2", "? 2"),
        ("$ $a {} \\${x}", "$ $a {} ${x}"),
        ("'\\n' \\` \\\\_ \\u2603 \\u{1f600} \\x41 a\\\nb", "'\n' ` \\_ \u{2603} \u{1f600} A ab"),
        ("a\r\nb", "a\nb"),
        ("${ /* } */ 1 }", "?"),
    ] {
        assert_eq!(one(&format!("db.sql.q`{template}`")).1, sql);
    }
}

#[test]
fn a_byte_of_the_sql_is_known_by_line_and_column_of_the_file() {
    let text = "\n  db.sql.q`SELECT \\\\ ${\n  one\n} AS a,\n  'ä' AS b, nope`";
    let query = &read("a.ts", text).expect("a query")[0];
    assert_eq!((query.sql.as_str(), query.line), ("SELECT \\ ? AS a,\n  'ä' AS b, nope", 2));
    let place = |part: &str| query.place_of(query.sql.find(part).expect("a part"));
    assert_eq!(
        [place("SELECT"), place("? AS"), place(" AS a"), place("'ä'"), place("nope")],
        [(2, 12), (2, 22), (4, 2), (5, 3), (5, 13)]
    );
}

#[test]
fn a_fragment_in_a_template_is_told_of() {
    for text in [
        "db.sql.q`SELECT ${sql`1`}`",
        "db.sql.q`SELECT\n${a ? sql.id('b') : c}`",
        "db.sql.q`SELECT ${db.sql.id('b')}`",
        "import 'wheatear'; db.sql.q`SELECT ${sql.other`1`}`",
    ] {
        let fault = read("a.ts", text).expect_err(text);
        assert!(fault.message.contains("q has a fragment of SQL in it"), "{fault}");
        assert_eq!(fault.line, 1 + text.split("${").next().unwrap_or_default().matches('\n').count());
    }
    // A fragment that is a variable nobody sees here; its type is wrong where the types are.
    assert_eq!(one("db.sql.q`SELECT ${part}`").1, "SELECT ?");
    assert_eq!(found("a.ts", "db.sql`SELECT ${sql`1`}`"), []);
}

#[test]
fn a_template_that_cannot_be_read_is_told_of() {
    for (text, expected) in [
        ("db.sql.q`SELECT", "this template does not end"),
        ("db.sql.q`\\u`", "begins nothing"),
        ("db.sql.call`SELECT 1`", "cannot be called call"),
        ("db.sql.größe`SELECT 1`", "ASCII letters"),
    ] {
        let fault = read("a.ts", text).expect_err(text);
        assert!(fault.to_string().starts_with("a.ts:1:") && fault.message.contains(expected), "{fault}");
    }
    let deep = format!("db.sql.q`{}", "${`".repeat(100_000));
    assert!(read("a.ts", &deep).expect_err("too deep").message.contains("too deeply"));
}

#[test]
fn scripts_of_markup_are_read_and_nothing_else() {
    let vue = "<template><p>it's `</p></template>\n<script setup lang=\"ts\">\ndb.sql.a`SELECT 1`\n</script>\n<script>db.sql.b`SELECT 2`</script>";
    let names =
        |found: Vec<(String, String, usize)>| found.into_iter().map(|(name, _, line)| (name, line)).collect::<Vec<_>>();
    assert_eq!(names(found("App.vue", vue)), [("a".to_owned(), 3), ("b".to_owned(), 5)]);
    assert_eq!(names(found("App.astro", "---\ndb.sql.a`SELECT 1`\n---\n<p>it's</p>")), [("a".to_owned(), 2)]);
}

#[test]
fn statements_of_a_file_have_names_before_them() {
    let text = "-- Queries of the page.\n\n-- name: all\nSELECT * FROM node; -- every one\n\n-- name: one :one\n-- by address\nSELECT ';' FROM node\n WHERE addr = :addr;\n";
    let queries = read("src/node.sql", text).expect("queries");
    let told: Vec<_> = queries.iter().map(|query| (query.name.as_str(), query.sql.as_str(), query.line)).collect();
    assert_eq!(told, [("all", "SELECT * FROM node", 4), ("one", "SELECT ';' FROM node\n WHERE addr = :addr", 8)]);
    assert_eq!(queries[0].form, QueryForm::File);
    assert_eq!(found("migrations/1.sql", "CREATE TABLE a (b);"), []);
    for (text, line, expected) in [
        ("-- name: a\nSELECT 1;\nSELECT 2;", 3, "has no name"),
        ("SELECT 1;\n-- name: a\nSELECT 2;", 1, "has no name"),
        ("-- name: a\n-- name: b\nSELECT 1", 1, "no statement follows the name a"),
        ("-- name: b\nSELECT 1;\n-- name: a", 3, "no statement follows the name a"),
        ("-- name: a-b\nSELECT 1", 1, "ASCII letters"),
        ("-- name:\nSELECT 1", 1, "ASCII letters"),
    ] {
        let fault = read("q.sql", text).expect_err(text);
        assert!(fault.line == line && fault.message.contains(expected), "{fault}");
    }
}

#[test]
fn text_that_ends_anywhere_is_read_without_a_panic() {
    let sources = [
        ("a.ts", "db.sql.q<{ ä: '>' }>`ä \\u{e4} ${f('\\ä', `${/[/]ä`/}`)} \\\r\n\\x41 ☀`; // ☀\n/* ä */ 'ä\\"),
        ("a.vue", "<p>ä</p><SCRIPT lang='ä'>db.sql.a`ä`</SCRIPT><script>db.sql.b`☀${1}2`"),
        ("a.astro", "---\ndb.sql.a`ä`\n---\n<p>☀</p>"),
        ("a.sql", "-- ä\n-- name: a\nSELECT 'ä;☀' /* ä */;\r\n-- name: b\nSELECT \"ä\""),
    ];
    for (path, text) in sources {
        for (start, _) in text.char_indices() {
            for (end, _) in text[start..].char_indices() {
                let _ = read(path, &text[start..start + end]);
            }
        }
    }
}
