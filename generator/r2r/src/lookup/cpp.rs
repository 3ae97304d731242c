//! Thunk tables in C++ sources, read without compiling them: those that thunkgen writes, and those that the task of
//! .NET 11 writes and that dotnet/runtime has checked in.
//!
//! ```cpp
//! const StringToWasmSigThunk g_wasmThunks[] = {
//!     { "MviS8", (void*)&CallFunc_I32_S8_RetVoid },
//!     { nullptr, nullptr } // ours alone
//! };
//! const size_t g_wasmThunksCount = sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0]) - 1; // theirs without `- 1`
//! ```
//! Whatever else the file holds is passed over token by token. What names a table in another form is refused with its
//! place: no table and no row is silently missing.

pub mod effects;
mod runtime_tables;
mod tokens;

pub use self::runtime_tables::{RuntimeTables, runtime_tables};

use self::tokens::Token::{Directive, Name, Punctuation, Text};
use self::tokens::{Token, Tokens};
use thunkgen_diagnostics::position::{Position, PositionIndex};
use thunkgen_diagnostics::{Rule, catalogue, without_bom_bytes};

/// Largest source that is read, in bytes; a table of ten thousand thunks has a tenth of it.
pub const MAX_SOURCE: usize = 32 << 20;

/// What the runtime uses a table for, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableKind {
    /// Calls from the interpreter: `g_wasmThunks` (dotnet/runtime PR 127483), `g_portableCallHelperThunks` (PR 131877).
    FromInterp,
    /// Calls into the interpreter, written by hand: `g_wasmPortableEntryPointThunks` (until PR 132965).
    ToInterp,
}

impl TableKind {
    /// What an array with this name is.
    pub fn of_name(name: &str) -> Option<TableKind> {
        Some(match name {
            "g_wasmThunks" | "g_portableCallHelperThunks" => TableKind::FromInterp,
            "g_wasmPortableEntryPointThunks" => TableKind::ToInterp,
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
            TableKind::ToInterp => 'I',
        }
    }
}

/// An array of thunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name of the array.
    pub name: String,
    /// What it is for.
    pub kind: TableKind,
    /// In order; a row without key (`{ nullptr, nullptr }`) is one of them.
    pub rows: Vec<Row>,
    /// How many rows the source says there are, and where; `None` when it does not.
    pub count: Option<(u64, Position)>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `None` in a row that only ends the table.
    pub key: Option<String>,
    /// Name of the function; empty when there is no key.
    pub function: String,
    /// Where its key is.
    pub at: Position,
}

/// The first thing in a source that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub at: Position,
    /// Its code.
    pub rule: &'static Rule,
    /// What.
    pub message: String,
}

/// Finds the tables in a C++ source.
///
/// ```
/// use thunkgen_r2r::lookup::cpp::read;
/// let source = r#"const Entry g_wasmThunks[] = { { "MviS8", (void*)&CallFunc_I32_S8_RetVoid } };"#;
/// let tables = read(source.as_bytes()).unwrap();
/// assert_eq!(tables[0].rows[0].key.as_deref(), Some("MviS8"));
/// assert_eq!(tables[0].rows[0].function, "CallFunc_I32_S8_RetVoid");
/// ```
pub fn read(source: &[u8]) -> Result<Vec<Table>, Refusal> {
    let source = without_bom_bytes(source);
    let length = source.len();
    let source = if length > MAX_SOURCE { &[] } else { source };
    let positions = PositionIndex::new(source);
    let mut scanner = Scanner {
        tokens: Tokens::new(source),
        positions: &positions,
        depth: 0,
        conditions: Vec::new(),
        before: [Punctuation(b';'); 3],
        tables: Vec::new(),
    };
    let read = match length {
        ..=MAX_SOURCE => scanner.scan(),
        _ => Err(Wrong(0, format!("the file has {length} bytes, more than any table of thunks"))),
    };
    match read {
        Ok(()) => Ok(scanner.tables),
        Err(Wrong(offset, message)) => {
            Err(Refusal { at: positions.position(offset), rule: &catalogue::BAD_TABLE, message })
        }
        Err(Conditional(offset, word)) => {
            let message = format!("a table or a row is under `#{word}`; name the preprocessed file");
            Err(Refusal { at: positions.position(offset), rule: &catalogue::CONDITIONAL_ROWS, message })
        }
    }
}

/// Why reading ends, at an offset.
enum Stop {
    Wrong(usize, String),
    /// What is under this directive may not be compiled.
    Conditional(usize, String),
}

use Stop::{Conditional, Wrong};

struct Scanner<'t, 'p> {
    tokens: Tokens<'t>,
    positions: &'p PositionIndex<'t>,
    /// Open braces.
    depth: usize,
    /// Each open `#if`: where, its word, and the open braces before it, since each branch may open the same ones.
    conditions: Vec<(usize, &'t str, usize)>,
    /// The tokens before the one that is looked at, the last one first.
    before: [Token<'t>; 3],
    tables: Vec<Table>,
}

impl<'t> Scanner<'t, '_> {
    fn scan(&mut self) -> Result<(), Stop> {
        while let Some((offset, token)) = self.tokens.next()? {
            match token {
                Punctuation(b'{') => self.depth += 1,
                Punctuation(b'}') => self.depth = self.depth.saturating_sub(1),
                Directive(word) => {
                    self.directive(offset, word)?;
                    // It may be anywhere.
                    continue;
                }
                Name(name) => {
                    if let Some(kind) = TableKind::of_name(name) {
                        self.after_table_name(offset, name, kind)?;
                    } else if let Some(table) = name.strip_suffix("Count").filter(|name| is_table(name)) {
                        self.after_count_name(offset, table)?;
                    }
                }
                _ => {}
            }
            self.before = [token, self.before[0], self.before[1]];
        }
        self.conditions.last().map_or(Ok(()), |(offset, word, _)| Err(unbalanced(*offset, word)))
    }

    fn directive(&mut self, offset: usize, word: &'t str) -> Result<(), Stop> {
        match word {
            "if" | "ifdef" | "ifndef" => self.conditions.push((offset, word, self.depth)),
            "else" | "elif" | "elifdef" | "elifndef" => {
                self.depth = self.conditions.last().ok_or_else(|| unbalanced(offset, word))?.2;
            }
            "endif" => _ = self.conditions.pop().ok_or_else(|| unbalanced(offset, word))?,
            _ => {}
        }
        Ok(())
    }

    /// After the name of a table: its definition, a declaration, or a use.
    fn after_table_name(&mut self, offset: usize, name: &str, kind: TableKind) -> Result<(), Stop> {
        if self.tokens.take(Punctuation(b'['))? {
            if self.tokens.take(Punctuation(b']'))? {
                if self.tokens.take(Punctuation(b'='))? {
                    return self.table(offset, name, kind);
                }
            } else {
                while self.tokens.next()?.is_some_and(|(_, token)| token != Punctuation(b']')) {}
            }
        }
        match self.tokens.peek()? {
            Some(Punctuation(b')' | b';' | b'.')) => Ok(()),
            Some(Punctuation(b'=' | b'{')) if !self.tokens.is_comparison()? => Err(no_array(offset, name)),
            _ if self.depth == 0 => Err(no_array(offset, name)),
            _ => Ok(()),
        }
    }

    /// Behind `[] =`.
    fn table(&mut self, offset: usize, name: &str, kind: TableKind) -> Result<(), Stop> {
        let [of_type, constant, start] = self.before;
        let is_head = matches!(of_type, Name(_)) && constant == Name("const");
        let is_whole = self.depth == 0 && matches!(start, Punctuation(b';' | b'}'));
        if !is_head || !is_whole || !self.tokens.take(Punctuation(b'{'))? {
            return Err(no_array(offset, name));
        }
        self.refuse_condition()?;
        let mut table = Table { name: name.to_owned(), kind, rows: Vec::new(), count: None };
        loop {
            match self.tokens.next()? {
                Some((_, Punctuation(b'{'))) => table.rows.push(self.row()?),
                Some((_, Punctuation(b'}'))) => break,
                Some((offset, Directive(word))) if word.starts_with("if") => {
                    return Err(Conditional(offset, word.to_owned()));
                }
                other => {
                    return Err(instead(other, r#"where a row such as { "MviS8", (void*)&Function } is expected"#));
                }
            }
            match self.tokens.next()? {
                Some((_, Punctuation(b','))) => {}
                Some((_, Punctuation(b'}'))) => break,
                Some((offset, Directive(word))) if word.ends_with("if") || word.starts_with("if") => {
                    return Err(Conditional(offset, word.to_owned()));
                }
                other => return Err(instead(other, "where `,` or `}` is expected")),
            }
        }
        if self.tokens.peek()? != Some(Punctuation(b';')) {
            return Err(instead(self.tokens.next()?, "after the table, where `;` is expected"));
        }
        self.tables.push(table);
        Ok(())
    }

    /// A row, after its opening brace.
    fn row(&mut self) -> Result<Row, Stop> {
        const FUNCTION: &str = "where a function is expected, as in (void*)&Function";
        let (offset, key) = match self.tokens.next()? {
            Some((offset, Text(key))) => (offset, key),
            Some((offset, Name("nullptr"))) => {
                let end = [Punctuation(b','), Name("nullptr"), Punctuation(b'}')];
                self.expect(&end, "in a row without key; it is { nullptr, nullptr }")?;
                return Ok(Row { key: None, function: String::new(), at: self.positions.position(offset) });
            }
            other => return Err(instead(other, "where the key is expected, a string literal")),
        };
        let key = std::str::from_utf8(key).ok().filter(|key| !key.contains(['\\', '\0'])).ok_or_else(|| {
            Wrong(offset, "the key contains an escape or invalid UTF-8; no key of the runtime does".to_owned())
        })?;
        self.expect(&[Punctuation(b',')], "after the key, where `,` is expected")?;
        if let Some(Name("nullptr")) = self.tokens.peek()? {
            return Err(Wrong(offset, format!("the row of `{key}` has a null pointer for its function")));
        }
        let cast = [Punctuation(b'('), Name("void"), Punctuation(b'*'), Punctuation(b')'), Punctuation(b'&')];
        self.expect(&cast, FUNCTION)?;
        let function = match self.tokens.next()? {
            Some((_, Name(function))) => function.to_owned(),
            other => return Err(instead(other, FUNCTION)),
        };
        self.expect(&[Punctuation(b'}')], "after the function, where `}` is expected")?;
        Ok(Row { key: Some(key.to_owned()), function, at: self.positions.position(offset) })
    }

    /// Takes these tokens.
    fn expect(&mut self, wanted: &[Token<'_>], place: &str) -> Result<(), Stop> {
        wanted.iter().try_for_each(|wanted| match self.tokens.next()? {
            Some((_, token)) if token == *wanted => Ok(()),
            other => Err(instead(other, place)),
        })
    }

    /// After the name of a count: its definition, a declaration, or a use.
    fn after_count_name(&mut self, offset: usize, name: &str) -> Result<(), Stop> {
        let wrong = || {
            let what = format!("this number of rows is not understood; write sizeof({name}) / sizeof({name}[0])");
            Wrong(offset, what)
        };
        match self.tokens.peek()? {
            Some(Punctuation(b'{' | b'(')) => return Err(wrong()),
            Some(Punctuation(b'=')) if !self.tokens.is_comparison()? => {}
            _ => return Ok(()),
        }
        self.tokens.next()?;
        self.refuse_condition()?;
        let mut expression = String::new();
        while let Some(token) = self.tokens.peek()?.filter(|token| *token != Punctuation(b';')) {
            // The longest one that is understood is shorter.
            if expression.len() < 200 {
                expression += &token.text();
            }
            self.tokens.next()?;
        }
        let at = self.positions.position(offset);
        let table = self.tables.iter_mut().rfind(|table| table.name == name && self.depth == 0);
        let table = table.filter(|table| table.count.is_none()).ok_or_else(wrong)?;
        let rows = table.rows.len() as u64;
        let count = match expression.strip_prefix(&format!("sizeof({name})/sizeof({name}[0])")) {
            Some("") => rows,
            Some("-1") => rows.saturating_sub(1),
            Some(_) => return Err(wrong()),
            None => expression.parse().map_err(|_| wrong())?,
        };
        table.count = Some((count, at));
        Ok(())
    }

    /// What is defined under a condition may not be compiled.
    fn refuse_condition(&self) -> Result<(), Stop> {
        self.conditions.last().map_or(Ok(()), |(offset, word, _)| Err(Conditional(*offset, (*word).to_owned())))
    }
}

fn unbalanced(offset: usize, word: &str) -> Stop {
    Wrong(offset, format!("this `#{word}` has no counterpart"))
}

fn no_array(offset: usize, name: &str) -> Stop {
    let form = format!("const TYPE {name}[] = {{ ... }}");
    Wrong(offset, format!("`{name}` is defined here, but not as an array `{form}` outside of any scope"))
}

/// There is another token than one that is understood here.
fn instead(token: Option<(usize, Token<'_>)>, place: &str) -> Stop {
    let (offset, what) = match token {
        Some((offset, Text(_))) => (offset, "a string".to_owned()),
        Some((offset, token)) => (offset, format!("`{}`", token.text())),
        None => (usize::MAX, "the end of the file".to_owned()),
    };
    Wrong(offset, format!("{what} {place}"))
}

fn is_table(name: &str) -> bool {
    TableKind::of_name(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Place and words of what is refused, or the number of rows of each table.
    fn show(source: &str) -> String {
        match read(source.as_bytes()) {
            Ok(tables) => format!("{:?}", tables.iter().map(|table| table.rows.len()).collect::<Vec<_>>()),
            Err(Refusal { at, rule, message }) => {
                let code = if rule.code == "TG0421" { "" } else { rule.code };
                format!("{},{}{code}: {message}", at.line, at.column)
            }
        }
    }

    #[test]
    fn hostile_sources_cost_what_they_weigh() {
        for nested in
            ["{", "[", "(", "#if X\n", "g_wasmThunks[", "R\"(", "/*", "\\\n", "g_wasmThunksCount =", "#", "\""]
        {
            let _ = read(nested.repeat(100_000).as_bytes());
        }
        let rows = format!("const T g_wasmThunks[] = {{ {} }};", "{ \"Mv\", (void*)&F },".repeat(100_000));
        assert_eq!(show(&rows), "[100000]");
        assert!(show(&" ".repeat(MAX_SOURCE + 1)).starts_with("1,1: the file has 33554433 bytes"));
    }
}
