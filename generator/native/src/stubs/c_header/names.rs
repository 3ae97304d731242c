//! What things are called in a header: functions by their symbols where C allows it, types by their short names after
//! that of the header.

use std::collections::{BTreeMap, BTreeSet};

use super::functions::symbols;
use super::identifiers::{Unique, identifier, is_function_name};
use super::mentioned::{Mention, MentionedType, Mentioner, Mentions};
use crate::stubs::StubFile;
use crate::stubs::names::of_type;
use thunkgen_core::collect::ir::declarations::Integer;
use thunkgen_core::emit::names::{distinct, sanitize};

/// The names of one header.
pub(super) struct Names {
    /// The header's own, before those of types.
    pub prefix: String,
    /// A function of any type.
    pub function: String,
    /// All types of the header.
    pub types: BTreeSet<String>,
    unique: Unique,
    of_types: BTreeMap<MentionedType, String>,
    of_functions: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn new(stub_file: &StubFile<'_>, mentions: &Mentions) -> Names {
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
        // Those with names of their own first.
        let (late, early): (Vec<_>, Vec<_>) = mentions
            .iter()
            .partition(|(key, mention)| matches!(key, MentionedType::Prototype(_)) && mention.delegate.is_none());
        for (key, mention) in early {
            names.add(key, &wanted(key, mention, stub_file));
        }
        for (key, mention) in late {
            names.mentioned(key, mention, mentions);
        }
        names
    }

    /// A function, by its symbol.
    pub(super) fn function(&self, symbol: &str) -> &str {
        self.of_functions.get(symbol).map_or("", String::as_str)
    }

    /// A type; of one that is not mentioned, the function of any type.
    pub(super) fn of(&self, key: &MentionedType) -> &str {
        self.of_types.get(key).unwrap_or(&self.function)
    }

    fn add(&mut self, key: &MentionedType, wanted: &str) {
        let name = self.unique.name(format!("{}_{wanted}", self.prefix));
        self.types.insert(name.clone());
        self.of_types.insert(key.clone(), name);
    }

    /// A function pointer without a name of its own is called after what mentions it first.
    fn mentioned(&mut self, key: &MentionedType, mention: &Mention, mentions: &Mentions) {
        if self.of_types.contains_key(key) {
            return;
        }
        let by = match &mention.by {
            Mentioner::Function(symbol) => sanitize(symbol),
            Mentioner::Type(by) => {
                // That one was mentioned before it, so this ends.
                if let Some(of) = mentions.get(by) {
                    self.mentioned(by, of, mentions);
                }
                let name = self.of(by);
                name.strip_prefix(&*self.prefix).map_or(name, |name| name.trim_start_matches('_')).to_owned()
            }
        };
        self.add(key, &format!("{by}_{}", sanitize(&mention.name)));
    }
}

fn wanted(key: &MentionedType, mention: &Mention, stub_file: &StubFile<'_>) -> String {
    let types = stub_file.types;
    match key {
        MentionedType::Enum(name, underlying) => types.of_enum(name, *underlying).to_owned(),
        MentionedType::Struct(index) => types.of_struct(*index).to_owned(),
        MentionedType::Prototype(index) => match &mention.delegate {
            Some(delegate) => types.of_delegate(delegate, Some(*index)).to_owned(),
            None => String::new(),
        },
        MentionedType::Handle(name) | MentionedType::Unknown(name) => of_type(name),
        MentionedType::Vector(bytes) => format!("vector{}", u64::from(*bytes) * 8),
        MentionedType::Wide { signed } => (if *signed { "int128" } else { "uint128" }).to_owned(),
    }
}

/// The C type of an integer as wide as an enum.
pub(super) fn exact(integer: Integer) -> String {
    format!("{}int{}_t", if integer.signed { "" } else { "u" }, u32::from(integer.bytes) * 8)
}
