/// What a row is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A value in each column.
    Full,
    /// The same values once more, but where they must differ.
    Twin,
    /// NULL where the table allows it.
    Sparse,
    /// Values that are allowed and seldom thought of: empty text, a negative number.
    Odd,
    /// Texts in small letters.
    Small,
    /// The same texts in capitals.
    Capital,
}

impl Kind {
    /// Every kind, in the order in which a table gets its rows.
    pub const ALL: [Self; 6] = [Self::Full, Self::Twin, Self::Sparse, Self::Odd, Self::Small, Self::Capital];

    /// Whether it is for the letters of its texts that there is such a row.
    pub fn is_of_letters(self) -> bool {
        matches!(self, Self::Small | Self::Capital)
    }

    /// A text of a letter and digits that no other pair of rows has; only case tells the two of a pair apart. `None` if its
    /// texts are of digits.
    pub fn letters(self, number: i64, length: usize) -> Option<String> {
        let (letter, number) = match self {
            Self::Small => ('a', number),
            Self::Capital => ('A', number - 1),
            _ => return None,
        };
        let digits = format!("{number:0>length$}");
        Some(format!("{letter}{}", &digits[digits.len() + 1 - length..]))
    }
}
