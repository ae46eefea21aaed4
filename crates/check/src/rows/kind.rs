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
}
