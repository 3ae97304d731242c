//! How C# declares the functions of a library: some of them several times, in one assembly or in many.

use std::collections::{BTreeMap, BTreeSet};

use super::{Library, text};
use clr_wasm_abi::{FunctionType, Signature};
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};

/// Declarations of one entry point that read the same.
pub(super) struct Declared<'d> {
    /// As C# has it, in one line.
    pub csharp: String,
    pub signature: &'d Signature,
    /// In which assemblies.
    pub assemblies: BTreeSet<&'d str>,
    /// A function of the type that is written can be called by them.
    pub fits: bool,
}

/// All declarations of each entry point. The first ones are what is written.
pub(super) fn all<'d>(library: &Library<'d>, declarations: &'d Declarations) -> BTreeMap<&'d str, Vec<Declared<'d>>> {
    let mut found: BTreeMap<&str, Vec<&Declaration>> = BTreeMap::new();
    for function in declarations.functions.iter().filter(|function| function.module == library.module) {
        found.entry(function.entry_point.as_deref().unwrap_or_default()).or_default().push(function);
    }
    let written = library.functions.iter().filter_map(|function| Some((function.entry_point.as_deref()?, *function)));
    written.map(|(symbol, function)| (symbol, of_one(function, found.remove(symbol).unwrap_or_default()))).collect()
}

fn of_one<'d>(written: &'d Declaration, all: Vec<&'d Declaration>) -> Vec<Declared<'d>> {
    let key = |of: &Declaration| (text::csharp(of), of.signature.to_string());
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
