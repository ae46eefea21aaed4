//! Queries in `.sql` files.

use wheatear_core::SourceFile;
use wheatear_core::sql_text::{leading_comments, line_at};
use wheatear_core::statements::statements;

use crate::named_query::{Place, reason_against};
use crate::{NamedQuery, QueryFault, QueryForm};

/// The statements of a file that have a `-- name:` before them.
pub(crate) fn queries_of_file(file: &SourceFile) -> Result<Vec<NamedQuery>, QueryFault> {
    let text = file.text.replace("\r\n", "\n");
    let fault = |offset: usize, message: String| QueryFault {
        file: file.path.clone(),
        line: line_at(&text, offset),
        column: 1,
        query: None,
        message,
        excerpt: None,
    };
    let (mut found, mut unnamed) = (Vec::<NamedQuery>::new(), None);
    let mut end = 0;
    let ends = text.len();
    for (start, statement) in statements(&text).chain([(ends, "")]) {
        let names = leading_comments(&text[end..start]).filter_map(|(at, comment)| {
            // What tools of others write behind the name, such as `:many`, says nothing here.
            let name = comment.trim().strip_prefix("name:")?.split_whitespace().next().unwrap_or_default();
            Some((end + at, name.to_owned()))
        });
        let names: Vec<(usize, String)> = names.collect();
        for (at, name) in &names {
            if let Some(reason) = reason_against(name) {
                return Err(fault(*at, reason));
            }
        }
        let without = match start == ends {
            true => names.first(),
            false => names.get(..names.len().saturating_sub(1)).and_then(<[_]>::first),
        };
        if let Some((at, name)) = without {
            return Err(fault(*at, format!("no statement follows the name {name}")));
        }
        match names.into_iter().last() {
            Some((_, name)) => {
                let line = line_at(&text, start);
                let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
                let places = vec![Place { offset: 0, line, column: text[begin..start].chars().count() + 1 }];
                let sql = statement.trim_end().trim_end_matches(';').to_owned();
                let file = file.path.clone();
                found.push(NamedQuery { name, sql, file, line, form: QueryForm::File, places });
            }
            None if start < ends => unnamed = unnamed.or(Some(start)),
            None => {}
        }
        end = start + statement.len();
    }
    match unnamed {
        Some(start) if !found.is_empty() => {
            Err(fault(start, "this statement has no name; write `-- name: theName` on a line before it".to_owned()))
        }
        _ => Ok(found),
    }
}
