//! The other tables of generated C++: the functions of P/Invokes, and the callbacks.
//!
//! | table | row |
//! |---|---|
//! | `static const Entry s_libdraw[] = { ... };` | `{ "draw", (const void*)&p_draw }` or `DllImportEntry(draw)` |
//! | `s_libraries[]` or another name | `{ "libdraw", s_libdraw, ... }` |
//! | `const ReverseThunkMapEntry g_ReverseThunks[] = { ... };` | `{ 12345, "Method#1:Assembly:Namespace:Type", { ... } }` |

use std::collections::{BTreeMap, BTreeSet};

use super::Stop;
use super::tokens::Token::{Name, Number, Punctuation, Text};
use super::tokens::{Token, Tokens};
use thunkgen_diagnostics::without_bom_bytes;

/// What the tables of a source contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeTables {
    /// Library and entry point of each P/Invoke.
    pub entries: BTreeSet<(String, String)>,
    /// Reverse-thunk key of each callback.
    pub callbacks: BTreeSet<String>,
}

/// The type of a row of functions, and the name of the table of callbacks.
const ENTRY: &str = "Entry";
const CALLBACKS: &str = "g_ReverseThunks";

/// Finds the tables; what cannot be read ends the search.
///
/// ```
/// use thunkgen_r2r::lookup::cpp::runtime_tables;
/// let source = r#"static const Entry s_draw[] = { { "draw_open", (const void*)&p_draw_open } };
///     static const Library s_libraries[] = { { "libdraw", s_draw, 1 } };"#;
/// let tables = runtime_tables(source.as_bytes());
/// assert_eq!(tables.entries.into_iter().collect::<Vec<_>>(), [("libdraw".to_owned(), "draw_open".to_owned())]);
/// ```
pub fn runtime_tables(source: &[u8]) -> RuntimeTables {
    let source = without_bom_bytes(source);
    let source = if source.len() > super::MAX_SOURCE { &[] } else { source };
    let mut reader = Reader { tokens: Tokens::new(source), ..Reader::new() };
    // A source that is not C++ has no tables.
    let _ = reader.read();
    let Reader { functions, libraries, callbacks, .. } = reader;
    let mut tables = RuntimeTables { callbacks, ..RuntimeTables::default() };
    for (library, array) in libraries {
        for function in functions.get(&array).into_iter().flatten() {
            tables.entries.insert((library.clone(), function.clone()));
        }
    }
    tables
}

struct Reader<'t> {
    tokens: Tokens<'t>,
    /// By the name of the array.
    functions: BTreeMap<String, Vec<String>>,
    /// Library and array.
    libraries: Vec<(String, String)>,
    callbacks: BTreeSet<String>,
}

impl<'t> Reader<'t> {
    fn new() -> Reader<'t> {
        Reader {
            tokens: Tokens::new(&[]),
            functions: BTreeMap::new(),
            libraries: Vec::new(),
            callbacks: BTreeSet::new(),
        }
    }

    fn read(&mut self) -> Result<(), Stop> {
        let mut before: [Token<'t>; 2] = [Punctuation(b';'); 2];
        while let Some((_, token)) = self.tokens.next()? {
            if let Name(name) = token
                && (before[0] == Name(ENTRY) || name == CALLBACKS)
                && self.is_array()?
            {
                self.rows(name)?;
            } else if let [Text(library), Punctuation(b'{')] = before
                && token == Punctuation(b',')
                && let Some(Name(array)) = self.tokens.peek()?
            {
                self.libraries.push((text(library), array.to_owned()));
            }
            before = [token, before[0]];
        }
        Ok(())
    }

    /// Takes `[] = {`.
    fn is_array(&mut self) -> Result<bool, Stop> {
        for wanted in [b'[', b']', b'=', b'{'] {
            if !self.tokens.take(Punctuation(wanted))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows, up to the brace that ends the table.
    fn rows(&mut self, table: &'t str) -> Result<(), Stop> {
        let mut depth = 1_usize;
        let mut before: [Token<'t>; 2] = [Punctuation(b','); 2];
        while depth > 0 {
            let Some((_, token)) = self.tokens.next()? else { return Ok(()) };
            match (token, before) {
                (Punctuation(b'{'), _) => depth += 1,
                (Punctuation(b'}'), _) => depth -= 1,
                (Text(key), [Punctuation(b','), Number(_)]) if table == CALLBACKS => {
                    self.callbacks.insert(text(key));
                }
                (Text(function), [Punctuation(b'{'), _]) if table != CALLBACKS => self.function(table, text(function)),
                (Name(function), [Punctuation(b'('), Name("DllImportEntry")]) => {
                    self.function(table, function.to_owned());
                }
                _ => {}
            }
            before = [token, before[0]];
        }
        Ok(())
    }

    fn function(&mut self, table: &str, function: String) {
        self.functions.entry(table.to_owned()).or_default().push(function);
    }
}

/// The text of a string literal: escapes are replaced, and what is not UTF-8 is not a name.
fn text(bytes: &[u8]) -> String {
    let mut out = String::new();
    let written = String::from_utf8_lossy(bytes);
    let mut rest = written.as_ref();
    while let Some((before, after)) = rest.split_once('\\') {
        out += before;
        let (digits, radix, skip) = match after.as_bytes() {
            [b'u', ..] => (after.get(1..5), 16, 5),
            [b'U', ..] => (after.get(1..9), 16, 9),
            [b'0'..=b'7', ..] => (after.get(..3), 8, 3),
            _ => (None, 0, 0),
        };
        let code = digits.and_then(|digits| u32::from_str_radix(digits, radix).ok()).and_then(char::from_u32);
        let Some(first) = after.chars().next() else { return out };
        match (code, first) {
            (Some(code), _) => out.push(code),
            (None, 'n') => out.push('\n'),
            (None, 'r') => out.push('\r'),
            (None, 't') => out.push('\t'),
            (None, other) => out.push(other),
        }
        let skip = if code.is_some() { skip } else { first.len_utf8() };
        rest = after.get(skip..).unwrap_or_default();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_literals() {
        for (written, meant) in [
            (r"plain", "plain"),
            (r#"a\"b\\c\?"#, r#"a"b\c?"#),
            (r"\u00dcn\U0001f600!", "Ün\u{1f600}!"),
            (r"\033[1m\r\n", "\u{1b}[1m\r\n"),
            (r"\", ""),
            (r"\u12", "u12"),
        ] {
            assert_eq!(text(written.as_bytes()), meant, "{written}");
        }
    }
}
