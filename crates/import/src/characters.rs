//! A source file character by character, as lexers of any language begin.

use std::iter::Peekable;
use std::str::Chars;

use crate::literals::character;

/// What is still to be read of a source file.
pub(crate) struct Characters<'source> {
    rest: Peekable<Chars<'source>>,
    /// The line of what comes next, counted from 1.
    pub line: usize,
}

impl<'source> Characters<'source> {
    pub fn of(source: &'source str) -> Self {
        Self { rest: source.chars().peekable(), line: 1 }
    }

    pub fn next(&mut self) -> Option<char> {
        self.next_if(|_| true)
    }

    pub fn next_if(&mut self, is_it: impl FnOnce(char) -> bool) -> Option<char> {
        let next = self.rest.next_if(|next| is_it(*next));
        self.line += usize::from(next == Some('\n'));
        next
    }

    pub fn peek(&mut self) -> Option<char> {
        self.rest.peek().copied()
    }

    /// Reads as long as all are of one sort.
    pub fn while_it(&mut self, is_it: impl Fn(char) -> bool) -> String {
        std::iter::from_fn(|| self.next_if(&is_it)).collect()
    }

    /// The rest of a word behind its first letter: letters, digits and what else a language takes for them.
    pub fn word(&mut self, first: char, others: &[char]) -> String {
        format!("{first}{}", self.while_it(|c| c.is_alphanumeric() || others.contains(&c)))
    }

    /// To the end of the line, which stays.
    pub fn skip_line(&mut self) {
        self.while_it(|c| c != '\n');
    }

    /// The character that so many hexadecimal digits name, at most.
    pub fn escaped(&mut self, most_digits: usize) -> Option<char> {
        let digits: String = (0..most_digits).map_while(|_| self.next_if(|c| c.is_ascii_hexdigit())).collect();
        character(&digits)
    }
}
