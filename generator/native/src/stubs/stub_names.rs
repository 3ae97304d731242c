//! Names in stubs: file names from module names, type names from full names in C#.
//!
//! Both are the same for every language, and in every file: two names are never equal, even ignoring
//! case, and depend only on the declarations.

mod reserved_file_names;

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};

use reserved_file_names::NO_FILES;
use thunkgen_core::collect::ir::declarations::{Declarations, Integer, NativeType};
use thunkgen_core::emit::symbol_names::{distinct, sanitize};

/// Maximum length of a name in characters, without the suffix that makes it unique. File systems allow 255.
const MAX_CHARS: usize = 120;

/// Names with another meaning in stub files.
const NO_TYPES: [&str; 8] = ["Clone", "Copy", "Functions", "Implementation", "None", "Option", "Self", "Some"];

/// The name of a module's file, without extension: snake case, an identifier in every language.
pub(super) fn files<'m>(modules: impl Iterator<Item = &'m str>) -> BTreeMap<String, String> {
    let wanted = modules.map(|module| (module.to_owned(), snake(module, "module"))).collect();
    distinct(wanted, NO_FILES.iter().map(|name| (*name).to_owned()).collect())
}

/// A name in snake case: an identifier, but maybe a keyword; `unnamed` if the result would be empty.
pub(super) fn snake(name: &str, unnamed: &str) -> String {
    // A leading underscore is kept, so that the name differs from a keyword or another name.
    identifier(sanitize(name).to_snake_case(), unnamed)
}

/// A name in upper camel case; `unnamed` if the result would be empty.
pub(super) fn camel(name: &str, unnamed: &str) -> String {
    identifier(sanitize(name).to_upper_camel_case(), unnamed)
}

fn identifier(name: String, unnamed: &str) -> String {
    let name: String = name.chars().take(MAX_CHARS).collect();
    match name.bytes().next() {
        None => unnamed.to_owned(),
        Some(b'0'..=b'9') => format!("{unnamed}_{name}"),
        Some(_) => name,
    }
}

/// The name of a field; that of the property for a backing field `<Name>k__BackingField`.
pub(super) fn of_field(name: &str) -> &str {
    let made_for = name.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    made_for.map_or(name, |(made_for, _)| if made_for.is_empty() { name } else { made_for })
}

/// The name of a type without its namespace, in upper camel case.
pub(super) fn of_type(full_name: &str) -> String {
    camel(&in_csharp(short(full_name)), "Type")
}

/// The names of the types in declarations, in upper camel case.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeNames {
    names: BTreeMap<Key, String>,
}

/// A type with its own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Struct(usize),
    Enum(String, Integer),
    Delegate(String, Option<usize>),
}

impl TypeNames {
    /// Names for all types of the declarations.
    pub fn new(declarations: &Declarations) -> TypeNames {
        let mut keys: BTreeSet<Key> = (0..declarations.structs.len()).map(Key::Struct).collect();
        let of_fields = declarations.structs.iter().flat_map(|of| of.fields.iter().flatten().map(|field| &field.ty));
        let functions = declarations.functions.iter().chain(&declarations.callbacks);
        let params = functions.flat_map(|function| function.params.iter().chain([&function.ret]));
        let of_prototypes = declarations.prototypes.iter().flat_map(|of| of.params.iter().chain([&of.ret]));
        for ty in params.chain(of_prototypes).map(|param| &param.native).chain(of_fields) {
            add(ty, &mut keys);
        }
        // A name that several types prefer is used by none.
        let short = keys.iter().map(|key| (key, of_type(full_name(key, declarations))));
        let short: Vec<(&Key, String)> = short.collect();
        let mut users: BTreeMap<String, usize> = NO_TYPES.iter().map(|name| (name.to_lowercase(), 1)).collect();
        for (_, name) in &short {
            *users.entry(name.to_lowercase()).or_default() += 1;
        }
        let mut identities = BTreeMap::new();
        let mut wanted = BTreeMap::new();
        let mut numbers = BTreeMap::new();
        for (key, name) in short {
            let identity = unique(identity(key, declarations), &identities, &mut numbers);
            let alone = users.get(&name.to_lowercase()) == Some(&1);
            let name = if alone { name } else { long(key, declarations) };
            wanted.insert(identity.clone(), name);
            identities.insert(identity, key.clone());
        }
        let taken = NO_TYPES.iter().map(|name| (*name).to_owned()).collect();
        let mut used = BTreeSet::new();
        let mut names = BTreeMap::new();
        for (identity, name) in distinct(wanted, taken) {
            let Some(key) = identities.remove(&identity) else { continue };
            // The suffix of a disambiguated name follows an underscore, which camel case does not contain.
            let without = name.replace('_', "");
            let name = if used.contains(&without) { name } else { without };
            used.insert(name.clone());
            names.insert(key, name);
        }
        TypeNames { names }
    }

    /// Name of a struct, by its index.
    pub fn of_struct(&self, index: usize) -> &str {
        self.get(&Key::Struct(index))
    }

    /// Name of an enum.
    pub fn of_enum(&self, full_name: &str, underlying: Integer) -> &str {
        self.get(&Key::Enum(full_name.to_owned(), underlying))
    }

    /// Name of a delegate, as a pointer to a function of this prototype.
    pub fn of_delegate(&self, full_name: &str, prototype: Option<usize>) -> &str {
        self.get(&Key::Delegate(full_name.to_owned(), prototype))
    }

    /// Every name.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }

    fn get(&self, key: &Key) -> &str {
        self.names.get(key).map_or("Unnamed", String::as_str)
    }
}

fn add(ty: &NativeType, keys: &mut BTreeSet<Key>) {
    match ty {
        NativeType::Enum { name, underlying } => {
            keys.insert(Key::Enum(name.clone(), *underlying));
        }
        NativeType::Function { delegate: Some(name), prototype } => {
            keys.insert(Key::Delegate(name.clone(), *prototype));
        }
        NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => add(to, keys),
        NativeType::Repeated { element, .. } => add(element, keys),
        _ => {}
    }
}

fn full_name<'n>(key: &'n Key, declarations: &'n Declarations) -> &'n str {
    match key {
        Key::Struct(index) => declarations.structs.get(*index).map_or("", |of| &of.name),
        Key::Enum(name, _) | Key::Delegate(name, _) => name,
    }
}

/// A metadata name in C# syntax: without the counts of type parameters, and with dots before nested types.
pub(super) fn in_csharp(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut parts = name.split('`');
    out.extend(parts.next());
    for part in parts {
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out.replace('+', ".")
}

/// A full name and its type arguments, without namespaces.
fn short(full: &str) -> &str {
    let end = full.find('<').unwrap_or(full.len());
    let start = full.get(..end).and_then(|name| name.rfind('.')).map_or(0, |dot| dot + 1);
    full.get(start..).unwrap_or(full)
}

fn long(key: &Key, declarations: &Declarations) -> String {
    let name = camel(&in_csharp(full_name(key, declarations)), "Type");
    match key {
        Key::Struct(index) if declarations.structs.get(*index).is_some_and(|of| of.is_marshalled) => name + "Native",
        _ => name,
    }
}

/// The identity of a type, which does not depend on other types.
fn identity(key: &Key, declarations: &Declarations) -> String {
    let name = full_name(key, declarations);
    match key {
        Key::Struct(index) => match declarations.structs.get(*index) {
            Some(of) => format!("{name} struct {} {} {}", of.is_marshalled, of.size, of.align),
            None => format!("{name} struct"),
        },
        Key::Enum(_, underlying) => format!("{name} enum {} {}", underlying.bytes, underlying.signed),
        Key::Delegate(..) => format!("{name} delegate"),
    }
}

/// The identity with a number, if types of several assemblies have it. `numbers` has the last number of each.
fn unique(identity: String, taken: &BTreeMap<String, Key>, numbers: &mut BTreeMap<String, usize>) -> String {
    if !taken.contains_key(&identity) {
        return identity;
    }
    let number = numbers.entry(identity.clone()).or_insert(1);
    loop {
        *number += 1;
        let numbered = format!("{identity} {number}");
        if !taken.contains_key(&numbered) {
            return numbered;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thunkgen_core::collect::ir::declarations::Struct;

    fn file(modules: &[&str]) -> Vec<String> {
        let mut names = files(modules.iter().copied());
        modules.iter().map(|module| names.remove(*module).unwrap_or_default()).collect()
    }

    #[test]
    fn names_of_files() {
        assert_eq!(
            file(&["libSkiaSharp", "libSystem.Native", "QCall", "*", "../evil", ""]),
            ["lib_skia_sharp", "lib_system_native", "q_call", "module_2a", "module_2f_evil", "module"]
        );
        // Invalid and colliding names get a hash of the module, which does not depend on other modules.
        let [keyword, lower, upper] = &file(&["self", "a.b", "A-B"])[..] else { panic!() };
        assert!(keyword.starts_with("self_") && lower.starts_with("a_b_") && upper.starts_with("a_b_"));
        assert_ne!(lower, upper);
        assert_eq!(file(&["a.b", "x", "A-B"]), [lower, "x", upper]);
        assert!(file(&[&"long".repeat(1000)])[0].len() <= MAX_CHARS);
        for hidden in ["core", "string", "Math"] {
            assert!(file(&[hidden])[0].starts_with(&format!("{}_", hidden.to_lowercase())), "{hidden}");
        }
    }

    #[test]
    fn names_of_fields() {
        let names = ["<Name>k__BackingField", "<name>P", "<>x", "<x", "x"].map(of_field);
        assert_eq!(names, ["Name", "name", "<>x", "<x", "x"]);
    }

    #[test]
    fn names_of_types() {
        let of = |name: &str, is_marshalled| Struct {
            name: name.to_owned(),
            documentation_id: String::new(),
            is_marshalled,
            size: 4,
            align: 4,
            fields: None,
        };
        let names = |structs: &[(&str, bool)]| {
            let structs: Vec<Struct> = structs.iter().map(|(name, native)| of(name, *native)).collect();
            let count = structs.len();
            let names = TypeNames::new(&Declarations { structs, ..Declarations::default() });
            (0..count).map(|index| names.of_struct(index).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&[("N.Outer+Inner", false), ("Pair`1<System.Guid>", true)]), ["OuterInner", "PairSystemGuid"]);
        // Made unique by their namespaces, by their kind, and by a hash.
        assert_eq!(names(&[("A.X", false), ("B.X", false)]), ["AX", "BX"]);
        assert_eq!(names(&[("A.X", false), ("A.X", true)]), ["AX", "AXNative"]);
        let same = names(&[("A.X", false), ("A.X", false), ("Option", false)]);
        assert!(same.iter().collect::<BTreeSet<_>>().len() == 3 && same.iter().all(|name| name.len() > 8), "{same:?}");
    }
}
