//! Thunk tables in C++ sources, read without compiling them.
//!
//! A table is an array with one of the runtime's names (`g_wasmThunks` and what it was called before and after) whose
//! rows are a string literal and a function: `{ "MviS8", (void*)&CallFunc_I32_S8_RetVoid }`. How the array is declared
//! does not matter, nor what else is in the file. What cannot be understood is a problem with its place, never a row
//! that is silently missing.

mod conditions;
mod count;
mod cursor;
mod lexer;
mod literal;
mod problem;
mod reader;
mod row;

pub use conditions::{Condition, StructureError};
pub use count::Count;
pub use cursor::Position;
pub use lexer::LexError;
pub use problem::{Problem, ProblemKind};
pub use reader::read;

/// Largest source that is read, in bytes; a table of ten thousand thunks has a tenth of it.
pub const MAX_SOURCE: usize = 32 << 20;

/// What the runtime uses a table for, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// Calls from the interpreter: `g_wasmThunks` (dotnet/runtime PR 127483), `g_portableCallHelperThunks` (PR 131877);
    /// `wasmThunks` in the very first version.
    FromInterp,
    /// Calls into the interpreter, written by hand: `g_wasmPortableEntryPointThunks` (until PR 132965).
    ToInterp,
    /// The same, generated: `g_wasmGeneratedPortableEntryPointThunks`.
    ToInterpGenerated,
}

impl TableKind {
    /// What an array with this name is.
    pub fn of_name(name: &str) -> Option<TableKind> {
        Some(match name {
            "g_wasmThunks" | "g_portableCallHelperThunks" | "wasmThunks" => TableKind::FromInterp,
            "g_wasmPortableEntryPointThunks" => TableKind::ToInterp,
            "g_wasmGeneratedPortableEntryPointThunks" => TableKind::ToInterpGenerated,
            _ => return None,
        })
    }

    /// Whether tables of these two names, which no runtime is known to read both, are the newer one of calls from the
    /// interpreter and one of calls into it.
    pub fn are_of_two_generations(newer: &str, other: &str) -> bool {
        newer == "g_portableCallHelperThunks" && TableKind::of_name(other).is_some_and(|kind| kind.prefix() == 'I')
    }

    /// The prefix of the keys that the runtime looks for in it.
    pub fn prefix(self) -> char {
        match self {
            TableKind::FromInterp => 'M',
            TableKind::ToInterp | TableKind::ToInterpGenerated => 'I',
        }
    }
}

/// Everything a source says about thunks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableFile {
    /// In the order of the source.
    pub tables: Vec<Table>,
    /// What rows and tables can depend on.
    pub conditions: Vec<Condition>,
    /// In the order of the source.
    pub problems: Vec<Problem>,
}

/// An array of thunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name of the array.
    pub name: String,
    /// What it is for.
    pub kind: TableKind,
    /// Where the name is.
    pub at: Position,
    /// The condition it is under, an index into [`TableFile::conditions`].
    pub condition: Option<usize>,
    /// In order; a row without key (`{ nullptr, nullptr }`) is one of them.
    pub rows: Vec<Row>,
    /// How the source counts the rows, and where; `None` when it does not.
    pub count: Option<(Count, Position)>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `None` in a row that only ends the table.
    pub key: Option<String>,
    /// Name of the function, qualified as in the source; empty when there is no key.
    pub function: String,
    /// Where its key is.
    pub at: Position,
    /// The condition it is under inside the table, an index into [`TableFile::conditions`].
    pub condition: Option<usize>,
}
