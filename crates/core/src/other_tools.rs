//! How other tools write what takes a migration back. Here it would run as a part of the migration, or right
//! after it, so it is refused by name.

use std::collections::HashSet;

use crate::sql_text::leading_comments;
use crate::tokens::{TokenKind, tokens};

/// Comments that begin the way back in the same file, in lower case, and whose they are. Options may follow.
///
/// Sources: <https://github.com/amacneil/dbmate>, <https://pressly.github.io/goose/documentation/annotations/>,
/// <https://github.com/rubenv/sql-migrate>, <https://www.playframework.com/documentation/latest/Evolutions>,
/// <https://mybatis.org/migrations/>
const MARKS: [(&str, &str); 6] = [
    ("migrate:down", "dbmate"),
    ("+goose down", "goose"),
    ("+migrate down", "sql-migrate"),
    ("+micrate down", "micrate"),
    ("!downs", "Play Evolutions"),
    ("//@undo", "MyBatis Migrations"),
];

/// Comments that do so if nothing else stands on the line, without what frames them.
///
/// Sources: <https://salsita.github.io/node-pg-migrate/>, <https://www.npmjs.com/package/sqlite>,
/// <https://github.com/mbucc/shmig>, <https://github.com/elwinar/rambler>, <https://github.com/jackc/tern>
const LINES: [(&str, &str); 4] = [
    ("down migration", "node-pg-migrate"),
    ("down", "shmig, the npm package sqlite, or another tool"),
    ("rambler down", "rambler"),
    ("create above / drop below", "tern"),
];

/// The first comment line of a script that begins, for another tool, the way back: its offset, and what it is.
pub(crate) fn way_back_inside(sql: &str) -> Option<(usize, String)> {
    line_comments(sql).find_map(|(offset, comment)| {
        let words: Vec<&str> = comment.trim_start_matches('-').split_whitespace().collect();
        let said = words.join(" ").to_ascii_lowercase();
        let is_mark = |mark: &str| said.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        // `==== DOWN ====`, `@DOWN`, `Down:`
        let line = said.trim_matches(['-', '=', ' ']).trim_start_matches('@').trim_end_matches(':').trim_end();
        let mark = MARKS.into_iter().find(|(mark, _)| is_mark(mark));
        let (_, tool) = mark.or_else(|| LINES.into_iter().find(|(whole, _)| *whole == line))?;
        let why = format!(
            "`-- {}` is how {tool} begins what takes a migration back; here all of this file would run at once",
            words.join(" ")
        );
        Some((offset, why))
    })
}

/// The `--` comments that have a line to themselves, wherever they are: offset of the dashes, and the text behind
/// them. What looks like one inside of a string, a quoted name or a `/* */` comment is none.
fn line_comments(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    // Semicolons are passed over together with what is blank.
    let ends = tokens(sql).filter(|token| token.kind != TokenKind::Semicolon).map(|token| token.end());
    let comments = std::iter::once(0)
        .chain(ends)
        .flat_map(move |end| leading_comments(&sql[end..]).map(move |(at, comment)| (end + at, comment)));
    comments.filter(move |(at, _)| sql[..*at].rsplit('\n').next().unwrap_or_default().trim().is_empty())
}

/// Refuses the id of a file that takes a migration back for another tool.
pub(crate) fn undone_elsewhere(id: &str) -> Option<String> {
    let lower = id.to_ascii_lowercase();
    for end in [".undo", ".revert"] {
        if lower.ends_with(end) {
            let migration = &id[..id.len() - end.len()];
            return Some(format!(
                "{end}.sql is how other tools name what takes a migration back; here it would run right after \
                 {migration}.sql: name it {migration}.rollback.sql"
            ));
        }
    }
    // `U1.2__create`, the way back of `V1.2__create`.
    let (version, _) = id.strip_prefix('U')?.split_once("__")?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit());
    (is_version && version.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '_')).then(|| {
        let migration = format!("V{}", &id[1..]);
        format!(
            "U…__….sql is how Flyway names what takes a migration back; here it would run before {migration}.sql: \
             name it {migration}.rollback.sql"
        )
    })
}

/// Which of these ids takes another one of them back, by a name that would do for a migration too: the two ids.
pub(crate) fn way_back_beside<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> Option<(&'a str, &'a str)> {
    const WORDS: [(&str, &str); 7] = [
        ("down", "up"),
        ("undo", "do"),
        ("revert", "deploy"),
        ("rollback", "up"),
        ("reverse", "forward"),
        ("dn", "up"),
        ("drop", "create"),
    ];
    let all: HashSet<&str> = ids.clone().collect();
    let taken_back = |id: &str| {
        let (back, forth) = WORDS.into_iter().find(|(back, _)| id.ends_with(back))?;
        let rest = id.strip_suffix(back)?;
        let bare = rest.strip_suffix(['-', '_', '.']);
        // Diesel has a folder for each, with the files `up.sql` and `down.sql`.
        let with_word = (rest.is_empty() || bare.is_some()).then(|| all.get(format!("{rest}{forth}").as_str()))?;
        with_word.or_else(|| all.get(bare?)).copied()
    };
    // Not `drop-users` beside `users`, which are two migrations.
    let in_front = |id: &str| {
        let rest = ["down", "undo", "revert", "rollback"].into_iter().find_map(|word| id.strip_prefix(word))?;
        all.get(rest.strip_prefix(['-', '_', '.'])?).copied()
    };
    // Postgrator's `1.undo.name` and `1.do.name`.
    let in_the_middle =
        |id: &str| all.get(id.replacen(".undo.", ".do.", 1).as_str()).filter(|other| **other != id).copied();
    ids.clone().find_map(|id| Some((id, taken_back(id).or_else(|| in_front(id)).or_else(|| in_the_middle(id))?)))
}
