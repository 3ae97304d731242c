//! The keys of string constructors, which are no methods of their own shape for the runtime: it calls static functions
//! that return the string (dotnet/runtime, `src/coreclr/vm/wasm/helpers.cpp`, `GetCookieForManagedMethod`).
//!
//! A constructor with one value-type argument, which is `ReadOnlySpan<char>`, has the signature `iS8p`; any other one an
//! `i` for each of its one to four arguments, whatever their types.

/// Most arguments a constructor of string can have for the runtime.
pub const MAX_ARGUMENTS: usize = 4;

/// Subjects that are not keys but constructors: `System.String..ctor(char, int)` and the ways C# writes it.
const NAMES: [&str; 4] = ["System.String..ctor", "String..ctor", "string..ctor", "new string"];

/// Why there is no constructor like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("string has constructors of 1 to {MAX_ARGUMENTS} arguments, not of {0}")]
pub struct NoConstructor(pub usize);

/// The signature strings of the constructor that a text names; of all of them without parentheses. `None` when the
/// text names something else.
///
/// ```
/// use thunkgen_r2r::lookup::string_constructors::signatures;
/// assert_eq!(signatures("System.String..ctor(ReadOnlySpan<char>)").unwrap().unwrap(), ["iS8p"]);
/// assert_eq!(signatures("string..ctor(char, int)").unwrap().unwrap(), ["iiip"]);
/// assert!(signatures("MiS8p").is_none());
/// ```
pub fn signatures(text: &str) -> Option<Result<Vec<String>, NoConstructor>> {
    let rest = NAMES.iter().find_map(|name| text.strip_prefix(name))?.trim();
    let of_count = |count: usize| format!("i{}p", "i".repeat(count));
    if rest.is_empty() {
        let counts = (1..=MAX_ARGUMENTS).map(of_count);
        return Some(Ok(["iS8p".to_owned()].into_iter().chain(counts).collect()));
    }
    let arguments = arguments(rest.strip_prefix('(')?.strip_suffix(')')?);
    Some(match arguments[..] {
        [only] if is_span(only) => Ok(vec!["iS8p".to_owned()]),
        _ if (1..=MAX_ARGUMENTS).contains(&arguments.len()) => Ok(vec![of_count(arguments.len())]),
        _ => Err(NoConstructor(arguments.len())),
    })
}

/// Where a text that is meant as a constructor, but names none, stops to be one: the 1-based character. `None` for
/// any other text.
pub fn misspelled(text: &str) -> Option<usize> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let plain = plain.strip_prefix("system.").unwrap_or(&plain);
    let is_meant = ["string.ctor", "string..ctor", "string::.ctor", "string::ctor", "string(", "newstring("]
        .iter()
        .any(|start| plain.starts_with(start));
    if !is_meant || signatures(text).is_some() {
        return None;
    }
    let right = |name: &&str| text.chars().zip(name.chars()).take_while(|(found, right)| found == right).count();
    let name = NAMES.iter().find(|name| text.starts_with(**name));
    let at = match name.and_then(|name| text.strip_prefix(name)) {
        // The parenthesis at its end is not there.
        Some(rest) if rest.trim_start().starts_with('(') => text.chars().count(),
        _ => NAMES.iter().map(right).max().unwrap_or_default(),
    };
    Some(at + 1)
}

fn is_span(argument: &str) -> bool {
    let argument = argument.strip_prefix("System.").unwrap_or(argument);
    argument.starts_with("ReadOnlySpan<") || argument.starts_with("ReadOnlySpan`1")
}

/// The types between commas that are in no brackets.
fn arguments(list: &str) -> Vec<&str> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (at, c) in list.char_indices() {
        match c {
            '<' | '[' | '(' => depth += 1,
            '>' | ']' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(list.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = list.get(start..).unwrap_or_default().trim();
    if !last.is_empty() || !found.is_empty() {
        found.push(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constructors_of_the_core_library() {
        for (constructor, expected) in [
            ("System.String..ctor(char[])", "iip"),
            ("System.String..ctor(char[], int, int)", "iiiip"),
            ("String..ctor(System.ReadOnlySpan<char>)", "iS8p"),
            ("System.String..ctor(System.ReadOnlySpan`1<System.Char>)", "iS8p"),
            ("new string(sbyte*, int, int, Encoding)", "iiiiip"),
            ("string..ctor ( Dictionary<int, int> , char )", "iiip"),
        ] {
            assert_eq!(signatures(constructor), Some(Ok(vec![expected.to_owned()])), "{constructor}");
        }
        let all = signatures("System.String..ctor").unwrap().unwrap();
        assert_eq!(all, ["iS8p", "iip", "iiip", "iiiip", "iiiiip"]);
    }

    #[test]
    fn what_is_nearly_one() {
        for (text, at) in [
            ("String..ctor(int, int", Some(22)),
            ("System.String.ctor(char)", Some(15)),
            ("string..ctorx", Some(13)),
            ("new string(char", Some(16)),
            ("String(char)", Some(7)),
            ("string..ctor(char)", None),
            ("string..ctor()", None),
            ("strings", None),
            ("Strings.dll", None),
        ] {
            assert_eq!(misspelled(text), at, "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in
            ["MviS8", "System.String", "System.String.Concat(string)", "System.String..ctorx", "new string(char"]
        {
            assert_eq!(signatures(text), None, "{text}");
        }
        assert_eq!(signatures("System.String..ctor()"), Some(Err(NoConstructor(0))));
        let error = signatures("new string(a, b, c, d, e)").unwrap().unwrap_err();
        assert_eq!(error.to_string(), "string has constructors of 1 to 4 arguments, not of 5");
    }
}
