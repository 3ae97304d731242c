//! The names in a header: functions have their symbols if C allows it, types their short names after
//! the name of the header.

use std::collections::{BTreeMap, BTreeSet};

use super::c_functions::symbols;
use super::identifiers::{Unique, identifier, is_function_name};
use super::used_types::{FirstUse, UsedBy, UsedType, UsedTypes};
use crate::stubs::StubFile;
use crate::stubs::stub_names::of_type;
use thunkgen_core::collect::ir::declarations::Integer;
use thunkgen_core::emit::symbol_names::{distinct, sanitize};

/// The names of one header.
pub(super) struct Names {
    /// The prefix of types and macros.
    pub prefix: String,
    /// The type of a function of unknown type.
    pub function: String,
    /// All types of the header.
    pub types: BTreeSet<String>,
    unique: Unique,
    of_types: BTreeMap<UsedType, String>,
    of_functions: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn new(stub_file: &StubFile<'_>, used_types: &UsedTypes) -> Names {
        let prefix = identifier(stub_file.name);
        let symbols: BTreeSet<&str> = symbols(stub_file.library).map(|(symbol, _)| symbol).collect();
        let (own, other): (BTreeSet<&str>, BTreeSet<&str>) =
            symbols.into_iter().partition(|name| is_function_name(name));
        let taken: BTreeSet<String> = own.iter().map(|name| (*name).to_owned()).collect();
        let other = other.iter().map(|name| ((*name).to_owned(), format!("{prefix}_{}", sanitize(name)))).collect();
        let mut of_functions = distinct(other, taken);
        of_functions.extend(own.into_iter().map(|name| (name.to_owned(), name.to_owned())));
        let mut unique = Unique::default();
        for name in of_functions.values() {
            unique.take(name);
        }
        let function = unique.name(format!("{prefix}_function"));
        let types = BTreeSet::from([function.clone()]);
        let mut names = Names { prefix, function, types, unique, of_types: BTreeMap::new(), of_functions };
        // Types with their own names first.
        let (late, early): (Vec<_>, Vec<_>) = used_types
            .iter()
            .partition(|(key, first_use)| matches!(key, UsedType::Prototype(_)) && first_use.delegate.is_none());
        for (key, first_use) in early {
            names.add(key, &wanted(key, first_use, stub_file));
        }
        for (key, first_use) in late {
            names.name_by_use(key, first_use, used_types);
        }
        names
    }

    /// A function, by its symbol.
    pub(super) fn function(&self, symbol: &str) -> &str {
        self.of_functions.get(symbol).map_or("", String::as_str)
    }

    /// The name of a type; the function of unknown type if the type is not used.
    pub(super) fn of(&self, key: &UsedType) -> &str {
        self.of_types.get(key).unwrap_or(&self.function)
    }

    fn add(&mut self, key: &UsedType, wanted: &str) {
        let name = self.unique.name(format!("{}_{wanted}", self.prefix));
        self.types.insert(name.clone());
        self.of_types.insert(key.clone(), name);
    }

    /// The name of a function pointer without its own name: after its first use.
    fn name_by_use(&mut self, key: &UsedType, first_use: &FirstUse, used_types: &UsedTypes) {
        if self.of_types.contains_key(key) {
            return;
        }
        let by = match &first_use.by {
            UsedBy::Function(symbol) => sanitize(symbol),
            UsedBy::Type(by) => {
                // The user was found before it, so this ends.
                if let Some(of) = used_types.get(by) {
                    self.name_by_use(by, of, used_types);
                }
                let name = self.of(by);
                name.strip_prefix(&*self.prefix).map_or(name, |name| name.trim_start_matches('_')).to_owned()
            }
        };
        self.add(key, &format!("{by}_{}", sanitize(&first_use.name)));
    }
}

fn wanted(key: &UsedType, first_use: &FirstUse, stub_file: &StubFile<'_>) -> String {
    let types = stub_file.types;
    match key {
        UsedType::Enum(name, underlying) => types.of_enum(name, *underlying).to_owned(),
        UsedType::Struct(index) => types.of_struct(*index).to_owned(),
        UsedType::Prototype(index) => match &first_use.delegate {
            Some(delegate) => types.of_delegate(delegate, Some(*index)).to_owned(),
            None => String::new(),
        },
        UsedType::Handle(name) | UsedType::Unknown(name) => of_type(name),
        UsedType::Vector(bytes) => format!("vector{}", u64::from(*bytes) * 8),
        UsedType::Wide { signed } => (if *signed { "int128" } else { "uint128" }).to_owned(),
    }
}

/// The C type of an enum's underlying integer.
pub(super) fn exact(integer: Integer) -> String {
    format!("{}int{}_t", if integer.signed { "" } else { "u" }, u32::from(integer.bytes) * 8)
}
