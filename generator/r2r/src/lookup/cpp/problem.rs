//! What a C++ source holds that cannot be understood as a table of thunks.

use super::conditions::StructureError;
use super::cursor::Position;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Position,
    /// What.
    pub kind: ProblemKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// The source is no C++.
    #[error("{0}")]
    Structure(#[from] StructureError),
    /// The source is too large.
    #[error("the file has {0} bytes, more than any table of thunks")]
    TooLarge(usize),
    /// A name of a table, initialised as something else.
    #[error("`{0}` is initialised here, but not as an array `{0}[] = {{ ... }}`")]
    NoArray(String),
    /// The array has no end.
    #[error("the table `{0}` does not end")]
    Unclosed(String),
    /// More elements than rows.
    #[error("`{0}` has {1} places but {2} rows: the others are null")]
    Bound(String, usize, usize),
    /// Something else than a row.
    #[error("{0} where a row such as {{ \"MviS8\", (void*)&Function }} is expected")]
    NoRow(String),
    /// Two rows without a comma, or something else between them.
    #[error("{0} where `,` or `}}` is expected")]
    NoSeparator(String),
    /// Another number of values.
    #[error("a row has two values, a key and a function; this one has {0}")]
    Fields(usize),
    /// A row of very many tokens.
    #[error("this row has more than {0} tokens")]
    RowTooLong(usize),
    /// Rows in another file.
    #[error("rows that stand in another file are not read; name a file that holds the whole table")]
    Include,
    /// The key is a macro or an expression.
    #[error("{0} where the key is expected, a string literal")]
    NoKey(String),
    /// The key is a wide string.
    #[error("the key is a string of wide characters, but the runtime looks for bytes")]
    WideKey,
    /// A NUL, or what is no UTF-8.
    #[error("the key holds a NUL or what is no UTF-8, which no key of the runtime does")]
    BinaryKey,
    /// The function is an expression.
    #[error("{0} where a function is expected, as in (void*)&Function")]
    NoFunction(String),
    /// The function is null.
    #[error("the row of `{0}` has a null pointer for its function")]
    NullFunction(String),
    /// A number of rows that cannot be computed here.
    #[error("this number of rows is not understood; write sizeof({0}) / sizeof({0}[0])")]
    Count(String),
    /// There are more problems.
    #[error("too many problems; the rest of the file is not read")]
    TooMany,
}
