//! The C# declarations of a library's functions, which may occur several times, in one or more assemblies.

use std::collections::{BTreeMap, BTreeSet};

use super::csharp_text;
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

/// All declarations of a function's entry point; the generated function follows this one.
pub(super) fn of<'d>(written: &'d Declaration, declarations: &'d Declarations) -> Vec<Declared<'d>> {
    // They follow each other.
    fn symbol(of: &Declaration) -> (&str, Option<&str>) {
        (&of.module, of.entry_point.as_deref())
    }
    let from = declarations.functions.partition_point(|of| symbol(of) < symbol(written));
    let all = declarations.functions[from..].iter().take_while(|of| symbol(of) == symbol(written));
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
