//! Where a C# source declares its `extern` methods. They have no code, so a PDB has no lines for them.

use std::collections::BTreeMap;

/// Lines and columns (in UTF-16 units, from 1) of the names of all `extern` methods, by name, in the order of the source.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ExternDeclarations(BTreeMap<String, Vec<(u32, u32)>>);

impl ExternDeclarations {
    /// Reads a source once. Text in comments and literals is skipped; both branches of `#if` count.
    pub fn find(source: &str) -> ExternDeclarations {
        let mut found: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
        let (mut is_extern, mut name) = (false, None);
        let mut cursor = Cursor { rest: source, line: 1, column: 1, starts_line: true };
        while let Some(first) = cursor.rest.chars().next() {
            let position = (cursor.line, cursor.column);
            if let Some(length) = skipped(cursor.rest, cursor.starts_line) {
                cursor.advance(length);
                continue;
            }
            if first.is_alphabetic() || first == '_' {
                let is_part = |c: char| c.is_alphanumeric() || c == '_';
                let length = cursor.rest.find(|c| !is_part(c)).unwrap_or(cursor.rest.len());
                let word = &cursor.rest[..length];
                name = (word != "extern").then_some((word, position));
                is_extern |= word == "extern";
                cursor.advance(length);
                continue;
            }
            match first {
                '(' if is_extern => {
                    if let Some((name, position)) = name {
                        found.entry(name.to_owned()).or_default().push(position);
                        is_extern = false;
                    }
                }
                ';' | '{' | '}' => is_extern = false,
                _ => {}
            }
            if !first.is_whitespace() {
                name = None;
            }
            cursor.advance(first.len_utf8());
        }
        ExternDeclarations(found)
    }

    /// The position of the method `index` of `count` methods with this name; `None` unless the source has as many.
    pub fn position(&self, name: &str, (index, count): (usize, usize)) -> Option<(u32, u32)> {
        let found = self.0.get(name).filter(|found| found.len() == count)?;
        found.get(index).copied()
    }
}

struct Cursor<'s> {
    rest: &'s str,
    line: u32,
    column: u32,
    /// Whether only white space is before it in its line.
    starts_line: bool,
}

impl Cursor<'_> {
    fn advance(&mut self, length: usize) {
        let (text, rest) = self.rest.split_at(length);
        for c in text.chars() {
            if c == '\n' {
                (self.line, self.column, self.starts_line) = (self.line + 1, 1, true);
            } else {
                self.column += c.len_utf16() as u32;
                self.starts_line &= c.is_whitespace();
            }
        }
        self.rest = rest;
    }
}

/// Length of the comment, directive or literal that starts here.
fn skipped(text: &str, starts_line: bool) -> Option<usize> {
    let line = || text.find('\n').unwrap_or(text.len());
    let until = |start: usize, end: &str| text[start..].find(end).map_or(text.len(), |at| start + at + end.len());
    let quotes = text.len() - text.trim_start_matches('"').len();
    if text.starts_with("//") || (starts_line && text.starts_with('#')) {
        Some(line())
    } else if text.starts_with("/*") {
        Some(until(2, "*/"))
    } else if quotes >= 3 {
        Some(until(quotes, &text[..quotes]))
    } else if let Some(quote) = ["@\"", "@$\"", "$@\""].into_iter().find(|start| text.starts_with(start)) {
        let mut end = until(quote.len(), "\"");
        while text[end..].starts_with('"') {
            end = until(end + 1, "\"");
        }
        Some(end)
    } else if quotes > 0 {
        Some(end_of_literal(text, '"').unwrap_or(1))
    } else if text.starts_with('\'') {
        Some(end_of_literal(text, '\'').unwrap_or(1))
    } else {
        None
    }
}

/// The end of a literal in one line, with escapes.
fn end_of_literal(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_found_in_order() {
        let source = r####"#region it's "here
class A {
    // extern int comment();
    /* extern int comment(); */
    [DllImport("m", EntryPoint = "extern int text();")] static extern int one(int a);
    static extern
        unsafe delegate* unmanaged[Cdecl]<int, void> two ([MarshalAs(UnmanagedType.I4)] int b);
    /* é𝄞 */ static extern (int a, int b) one(string a = @"\");
    static string s = @"a "" extern int text(); \", t = """
        extern int raw();
        """ + '"' + '\'' + $"{1} extern int text();";
    extern static int @event(long a);
    int called() { return one(1); }
}
"####;
        let found = ExternDeclarations::find(source);
        let names: Vec<&str> = found.0.keys().map(String::as_str).collect();
        assert_eq!(names, ["event", "one", "two"]);
        assert_eq!([found.position("one", (0, 2)), found.position("one", (1, 2))], [Some((5, 75)), Some((8, 44))]);
        assert_eq!(found.position("one", (0, 1)), None, "the source has another one");
        assert_eq!(found.position("two", (0, 1)), Some((7, 54)));
        assert_eq!(found.position("called", (0, 1)), None);
    }

    #[test]
    fn unfinished_sources_are_read() {
        for source in ["extern int f", "extern f(\"", "'", "/*", "\"\"\"", "@\"\"", "#", "extern é("] {
            ExternDeclarations::find(source);
        }
    }
}
