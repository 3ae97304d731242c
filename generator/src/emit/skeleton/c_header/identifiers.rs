//! Names from metadata as C identifiers.

use std::collections::BTreeSet;

use super::reserved::{MACROS, is_reserved};
use crate::emit::names::sanitize;

/// A name with every character that C does not allow written as its bytes; it starts like no macro of the header.
pub(super) fn identifier(name: &str) -> String {
    let name = sanitize(name);
    match name.as_bytes() {
        // With a capital or another underscore behind it, it is the compiler's.
        [b'A'..=b'Z' | b'a'..=b'z', ..] | [b'_', b'0'..=b'9' | b'a'..=b'z', ..] if !name.starts_with(MACROS) => name,
        _ => format!("x{name}"),
    }
}

/// True when a symbol can be the name of a C function as it is.
pub(super) fn is_function_name(symbol: &str) -> bool {
    let starts = symbol.bytes().next().is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic());
    starts && symbol.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) && !is_reserved(symbol)
}

/// Names of members or parameters: free words, each once.
pub(super) struct Local<'t> {
    used: BTreeSet<String>,
    /// What also has a meaning there.
    types: &'t BTreeSet<String>,
}

impl<'t> Local<'t> {
    pub(super) fn new(types: &'t BTreeSet<String>) -> Self {
        Local { used: BTreeSet::new(), types }
    }

    /// The name a member gets; `otherwise` for one without a name.
    pub(super) fn name(&mut self, name: &str, otherwise: &str) -> String {
        let name = without_mangling(name);
        let mut name = identifier(if name.is_empty() { otherwise } else { name });
        while is_reserved(&name) || self.types.contains(&name) || !self.used.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

/// The property of a field that C# made for it.
fn without_mangling(name: &str) -> &str {
    let property = name.strip_prefix('<').and_then(|rest| rest.split_once(">k__"));
    property.map_or(name, |(property, _)| property)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_keep_free_names() {
        for free in ["f", "SystemNative_Read", "_read", "Main"] {
            assert!(is_function_name(free), "{free}");
        }
        for other in ["", "1f", "a-b", "é", "errno", "int", "class", "__has_include", "main", "size_t", "a b"] {
            assert!(!is_function_name(other), "{other}");
        }
    }

    #[test]
    fn members_are_free_words_each_once() {
        let types = BTreeSet::from(["lib_Pair".to_owned()]);
        let mut local = Local::new(&types);
        let given = [
            "a",
            "a",
            "",
            "errno",
            "lib_Pair",
            "int32_t",
            "<Name>k__BackingField",
            "THUNKGEN_X",
            "_value",
            "_A",
            "1",
            "é",
            "a_",
        ];
        let names: Vec<String> = given.iter().map(|name| local.name(name, "p2")).collect();
        let expected = [
            "a",
            "a_",
            "p2",
            "errno_",
            "lib_Pair_",
            "int32_t_",
            "Name",
            "xTHUNKGEN_X",
            "_value",
            "x_A",
            "x1",
            "x_C3__A9_",
            "a__",
        ];
        assert_eq!(names, expected);
    }
}
