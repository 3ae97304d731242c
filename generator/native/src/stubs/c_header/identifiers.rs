//! Names from metadata as C identifiers.

use std::collections::{BTreeMap, BTreeSet};

use super::reserved::{MACROS, is_reserved};
use crate::stubs::stub_names::of_field;
use thunkgen_core::emit::symbol_names::sanitize;

/// A name in which characters that C does not allow are written as bytes. It does not start with the macro prefix.
pub(super) fn identifier(name: &str) -> String {
    let name = sanitize(name);
    match name.as_bytes() {
        // An underscore followed by a capital or another underscore is reserved.
        [b'A'..=b'Z' | b'a'..=b'z', ..] | [b'_', b'0'..=b'9' | b'a'..=b'z', ..] if !name.starts_with(MACROS) => name,
        _ => format!("x{name}"),
    }
}

/// True if a symbol is a valid name of a C function.
pub(super) fn is_function_name(symbol: &str) -> bool {
    let starts = symbol.bytes().next().is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic());
    starts && symbol.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric()) && !is_reserved(symbol)
}

/// Unique names: a repeated name gets a number.
#[derive(Default)]
pub(super) struct Unique {
    used: BTreeSet<String>,
    /// The last number of a name.
    numbers: BTreeMap<String, u32>,
}

impl Unique {
    /// Reserves a name.
    pub(super) fn take(&mut self, name: &str) {
        self.used.insert(name.to_owned());
    }

    /// The name, with a number if it is taken.
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

/// Unique names of members or parameters that are not reserved words.
pub(super) struct Local<'t> {
    unique: Unique,
    /// Other names that are taken.
    types: &'t BTreeSet<String>,
}

impl<'t> Local<'t> {
    pub(super) fn new(types: &'t BTreeSet<String>) -> Self {
        Local { unique: Unique::default(), types }
    }

    /// The name of a member; `otherwise` if it has none.
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
