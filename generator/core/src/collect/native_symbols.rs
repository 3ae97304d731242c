//! Native symbols: one wasm symbol has one type, whichever P/Invokes declare it.

use std::collections::{BTreeMap, BTreeSet};

use super::ir::{Linkage, PInvoke};
use super::{Collector, MethodRef};
use clr_wasm_abi::{FunctionType, Signature};
use thunkgen_diagnostics::catalogue;

/// A P/Invoke that needs a table entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SymbolDeclaration {
    signature: Signature,
    method: MethodRef,
    linkage: Linkage,
}

impl SymbolDeclaration {
    pub fn new(method: MethodRef, signature: Signature, linkage: Linkage) -> SymbolDeclaration {
        SymbolDeclaration { signature, method, linkage }
    }
}

/// A function as the linker identifies it: a symbol, or an import of a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LinkerSymbol {
    import_module: Option<String>,
    name: String,
}

/// Every declaration, by symbol and then by P/Invoke module.
#[derive(Default)]
pub(super) struct Symbols(BTreeMap<LinkerSymbol, BTreeMap<String, Vec<SymbolDeclaration>>>);

impl Symbols {
    pub fn add(&mut self, module: &str, entry_point: &str, declaration: SymbolDeclaration) {
        let import_module = match declaration.linkage {
            Linkage::Static => None,
            Linkage::WasmImport { .. } => Some(module.to_owned()),
        };
        let symbol = LinkerSymbol { import_module, name: entry_point.to_owned() };
        self.0.entry(symbol).or_default().entry(module.to_owned()).or_default().push(declaration);
    }

    /// Turns the declarations into table entries; reports symbols that are declared with several types.
    pub fn finish(self, collector: &mut Collector<'_, '_>) {
        for (symbol, mut modules) in self.0 {
            modules.values_mut().for_each(|declarations| declarations.sort());
            if symbol.import_module.is_none() {
                compare_with_export(collector, &symbol.name, &modules);
            }
            if !collector.options.trust_symbols && !has_one_type(collector, &symbol.name, &modules) {
                continue;
            }
            for (module, declarations) in modules {
                let Some(first) = declarations.first() else { continue };
                // Imports come after the statically linked functions; the runtime identifies entries only by name.
                if collector.ir.pinvokes.get(&module).is_some_and(|entries| entries.contains_key(&symbol.name)) {
                    let message = format!(
                        "`{}` of this module is also declared without WasmImportLinkageAttribute; the runtime finds \
                         one function by that name, so declare all of its P/Invokes alike",
                        symbol.name
                    );
                    let method = first.method.clone();
                    collector.report(&catalogue::SYMBOL_TYPES, &method, message);
                    continue;
                }
                let assemblies: BTreeSet<String> = declarations.iter().map(|d| d.method.assembly.clone()).collect();
                let pinvoke =
                    PInvoke { signature: first.signature.clone(), linkage: first.linkage.clone(), assemblies };
                collector.ir.pinvokes.entry(module).or_default().insert(symbol.name.clone(), pinvoke);
            }
        }
    }
}

/// Compares the declarations of a symbol with the callback that is exported under the same name.
fn compare_with_export(
    collector: &mut Collector<'_, '_>,
    symbol: &str,
    modules: &BTreeMap<String, Vec<SymbolDeclaration>>,
) {
    let Some(callback) = collector.exports.get(symbol).and_then(|key| collector.ir.callbacks.get(key)) else { return };
    let exported = callback.signature.clone();
    let owner = format!("{}.{} of {}", callback.type_full_name, callback.method, callback.assembly);
    for declaration in modules.values().flatten() {
        if FunctionType::of(&declaration.signature) != FunctionType::of(&exported) {
            let message = format!(
                "`{symbol}` has signature `{}` here, but {owner} exports it as `{exported}`; a wasm symbol has one type, \
                 so correct one of the two declarations",
                declaration.signature
            );
            collector.report(&catalogue::SYMBOL_TYPES, &declaration.method, message);
        }
    }
}

/// Compares every declaration of a symbol with the first.
fn has_one_type(
    collector: &mut Collector<'_, '_>,
    symbol: &str,
    modules: &BTreeMap<String, Vec<SymbolDeclaration>>,
) -> bool {
    let mut all: Vec<&SymbolDeclaration> = modules.values().flatten().collect();
    all.sort();
    let Some((first, others)) = all.split_first() else { return false };
    let mut one_type = true;
    for other in others {
        let (of_first, of_other) = (FunctionType::of(&first.signature), FunctionType::of(&other.signature));
        if of_first == of_other {
            continue;
        }
        let (ours, theirs) = (&first.method, &other.method);
        let shapes = format!(
            "`{symbol}` has signature `{}` here but `{}` in {} of {}",
            other.signature, first.signature, ours.full_name, ours.assembly
        );
        if of_first.result != of_other.result && other.signature.params.len() != first.signature.params.len() {
            // No function has two results: the entry point of one of them is a slip, and the other one's call works.
            let message = format!("{shapes}; the results differ, so one of the two names the wrong function");
            collector.report(&catalogue::OTHER_FUNCTION, theirs, message);
            continue;
        }
        one_type = false;
        if other.signature.params.len() == first.signature.params.len() {
            let message = format!("{shapes}; a wasm symbol has one type, so correct one of the two declarations");
            collector.report(&catalogue::SYMBOL_TYPES, theirs, message);
        } else {
            let message = format!("{shapes}; the function looks variadic and gets no table entry");
            collector.report(&catalogue::VARIADIC, theirs, message);
        }
    }
    one_type
}
