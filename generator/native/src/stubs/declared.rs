//! The C# declarations of a library's functions, which may occur several times, in one or more assemblies.

use std::collections::{BTreeMap, BTreeSet};

use super::{Library, csharp_text};
use clr_wasm_abi::{FunctionType, Signature};
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};

/// Declarations of one entry point with the same text.
pub(super) struct Declared<'d> {
    /// The C# declaration, in one line.
    pub csharp: String,
    pub signature: &'d Signature,
    /// Assemblies with the declaration.
    pub assemblies: BTreeSet<&'d str>,
    /// Whether the declaration has the type of the generated function.
    pub fits: bool,
}

/// All declarations of each entry point; the generated function follows the first one.
pub(super) fn all<'d>(library: &Library<'d>, declarations: &'d Declarations) -> BTreeMap<&'d str, Vec<Declared<'d>>> {
    let mut found: BTreeMap<&str, Vec<&Declaration>> = BTreeMap::new();
    for function in declarations.functions.iter().filter(|function| function.module == library.module) {
        found.entry(function.entry_point.as_deref().unwrap_or_default()).or_default().push(function);
    }
    let written = library.functions.iter().filter_map(|function| Some((function.entry_point.as_deref()?, *function)));
    written.map(|(symbol, function)| (symbol, of_one(function, found.remove(symbol).unwrap_or_default()))).collect()
}

fn of_one<'d>(written: &'d Declaration, all: Vec<&'d Declaration>) -> Vec<Declared<'d>> {
    let key = |of: &Declaration| (csharp_text::csharp(of), of.signature.to_string());
    let first = key(written);
    let ty = FunctionType::of(&written.signature);
    let mut declared: BTreeMap<(bool, (String, String)), Declared<'d>> = BTreeMap::new();
    for other in [written].into_iter().chain(all) {
        let key = key(other);
        let group = declared.entry((key != first, key.clone())).or_insert_with(|| Declared {
            csharp: key.0,
            signature: &other.signature,
            assemblies: BTreeSet::new(),
            fits: FunctionType::of(&other.signature) == ty,
        });
        group.assemblies.insert(&other.assembly);
    }
    declared.into_values().collect()
}
