//! Names from metadata as C identifiers.

use std::collections::{BTreeMap, BTreeSet};

use super::reserved::{MACROS, is_reserved};
use crate::stubs::names::of_field;
use thunkgen_core::emit::names::sanitize;

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

/// Names that are each given once: the second of one gets a number.
#[derive(Default)]
pub(super) struct Unique {
    used: BTreeSet<String>,
    /// The last number of a name.
    numbers: BTreeMap<String, u32>,
}

impl Unique {
    /// Nothing gets this name.
    pub(super) fn take(&mut self, name: &str) {
        self.used.insert(name.to_owned());
    }

    /// The name, or one that starts with it.
    pub(super) fn name(&mut self, wanted: String) -> String {
        if self.used.insert(wanted.clone()) {
            return wanted;
        }
        let number = self.numbers.entry(wanted.clone()).or_insert(1);
        loop {
            *number = number.saturating_add(1);
            let name = format!("{wanted}_{number}");
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// Names of members or parameters: free words, each once.
pub(super) struct Local<'t> {
    unique: Unique,
    /// What also has a meaning there.
    types: &'t BTreeSet<String>,
}

impl<'t> Local<'t> {
    pub(super) fn new(types: &'t BTreeSet<String>) -> Self {
        Local { unique: Unique::default(), types }
    }

    /// The name a member gets; `otherwise` for one without a name.
    pub(super) fn name(&mut self, name: &str, otherwise: &str) -> String {
        let name = of_field(name);
        let mut name = identifier(if name.is_empty() { otherwise } else { name });
        if is_reserved(&name) {
            name.push('_');
        }
        loop {
            let unique = self.unique.name(name.clone());
            if !self.types.contains(&unique) {
                return unique;
            }
        }
    }
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
            "a_2",
            "p2",
            "errno_",
            "lib_Pair_2",
            "int32_t_",
            "Name",
            "xTHUNKGEN_X",
            "_value",
            "x_A",
            "x1",
            "x_C3__A9_",
            "a_",
        ];
        assert_eq!(names, expected);
    }
}
