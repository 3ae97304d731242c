//! Native symbols: one wasm symbol has one type, whichever P/Invokes declare it.

use std::collections::{BTreeMap, BTreeSet};

use super::ir::{Linkage, PInvoke};
use super::{Collector, MethodRef, looks_variadic};
use clr_wasm_abi::{FunctionType, Scalar, Signature};
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

/// Every declaration, with its symbol and P/Invoke module.
#[derive(Default)]
pub(super) struct Symbols(Vec<(LinkerSymbol, String, SymbolDeclaration)>);

impl Symbols {
    pub fn add(&mut self, module: &str, entry_point: &str, declaration: SymbolDeclaration) {
        let import_module = match declaration.linkage {
            Linkage::Static => None,
            Linkage::WasmImport { .. } => Some(module.to_owned()),
        };
        let symbol = LinkerSymbol { import_module, name: entry_point.to_owned() };
        self.0.push((symbol, module.to_owned(), declaration));
    }

    /// Turns the declarations into table entries; reports symbols that are declared with several types.
    ///
    /// An entry is an address, which the key of each declaration calls: it stays if one of them may be right.
    pub fn finish(mut self, collector: &mut Collector<'_, '_>) {
        self.0.sort();
        let mut all = self.0.into_iter().peekable();
        while let Some((symbol, module, first)) = all.next() {
            let mut modules = BTreeMap::from([(module, vec![first])]);
            while let Some((_, module, declaration)) = all.next_if(|(other, ..)| *other == symbol) {
                modules.entry(module).or_default().push(declaration);
            }
            if symbol.import_module.is_none() {
                compare_with_export(collector, &symbol.name, &modules);
            }
            if !collector.options.trust_symbols && !can_be_called(collector, &symbol, &modules) {
                continue;
            }
            let of_symbol = prototype(modules.values().flatten()).map(|declaration| declaration.signature.clone());
            for (module, declarations) in modules {
                let Some(first) = declarations.first() else { continue };
                // Imports come after the statically linked functions; the runtime identifies entries only by name.
                if collector.ir.pinvokes.get(&module).is_some_and(|entries| entries.contains_key(&symbol.name)) {
                    let message = format!(
                        "`{}` of this module is also declared without WasmImportLinkageAttribute; the runtime finds \
                         one function by that name, the linked one, so declare all of its P/Invokes alike",
                        symbol.name
                    );
                    let method = first.method.clone();
                    collector.report_declaration(&catalogue::SYMBOL_TYPES, &method, message);
                    continue;
                }
                let assemblies: BTreeSet<String> = declarations.iter().map(|d| d.method.assembly.clone()).collect();
                let signature = of_symbol.clone().unwrap_or_else(|| first.signature.clone());
                let pinvoke = PInvoke { signature, linkage: first.linkage.clone(), assemblies };
                collector.ir.pinvokes.entry(module).or_default().insert(symbol.name.clone(), pinvoke);
            }
        }
    }
}

/// The declaration that a symbol is declared with in C++, which matters for imports only: the one that fits a 32-bit
/// `long`, or the first one.
fn prototype<'d>(declarations: impl Iterator<Item = &'d SymbolDeclaration>) -> Option<&'d SymbolDeclaration> {
    let mut all: Vec<_> = declarations.collect();
    all.sort();
    let (first, others) = all.split_first()?;
    let narrower = |one: &SymbolDeclaration, other: &SymbolDeclaration| {
        is_narrower(&FunctionType::of(&one.signature), &FunctionType::of(&other.signature))
    };
    Some(others.iter().fold(*first, |best, other| if narrower(other, best) { other } else { best }))
}

/// Whether two types differ only in that integers of `one` have 32 bits where those of `other` have 64, as the twins
/// of a function with parameters of the size of a pointer.
fn is_narrower(one: &FunctionType, other: &FunctionType) -> bool {
    let values = |ty: &FunctionType| ty.params.iter().copied().map(Some).chain([ty.result]).collect::<Vec<_>>();
    one != other
        && one.params.len() == other.params.len()
        && values(one)
            .into_iter()
            .zip(values(other))
            .all(|pair| pair.0 == pair.1 || pair == (Some(Scalar::I32), Some(Scalar::I64)))
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
    let of_export = FunctionType::of(&exported);
    let differ = modules.values().flatten().filter(|declared| FunctionType::of(&declared.signature) != of_export);
    let Some(declaration) = to_report(collector, differ.collect()) else { return };
    let message = format!(
        "`{symbol}` has signature `{}` here, but {owner} exports it as `{exported}`; a wasm symbol has one type, so a \
         call of this declaration traps: correct it, or give it another EntryPoint",
        declaration.signature
    );
    collector.report_declaration(&catalogue::SYMBOL_TYPES, &declaration.method, message);
}

/// The declaration that a problem of several is reported at: one that the user can edit, if there is one.
fn to_report<'d>(
    collector: &Collector<'_, '_>,
    mut declarations: Vec<&'d SymbolDeclaration>,
) -> Option<&'d SymbolDeclaration> {
    declarations.sort_by_key(|declared| (collector.options.others.contains(&declared.method.path), *declared));
    declarations.first().copied()
}

/// Compares every declaration of a symbol with the first, and reports each kind of difference once. False if no
/// declaration can be called.
fn can_be_called(
    collector: &mut Collector<'_, '_>,
    symbol: &LinkerSymbol,
    modules: &BTreeMap<String, Vec<SymbolDeclaration>>,
) -> bool {
    let mut all: Vec<&SymbolDeclaration> = modules.values().flatten().collect();
    all.sort();
    let Some((first, others)) = all.split_first() else { return false };
    let types: Vec<FunctionType> = all.iter().map(|declared| FunctionType::of(&declared.signature)).collect();
    // An import is not a function of C, whatever its name.
    let name = if symbol.import_module.is_none() { &*symbol.name } else { "" };
    if looks_variadic(name, &types) {
        report_variadic(collector, symbol, &all);
        return false;
    }
    let of_first = FunctionType::of(&first.signature);
    // By kind: one function has one problem of each.
    let (mut other_functions, mut other_types) = (Vec::new(), Vec::new());
    for &other in others {
        let of_other = FunctionType::of(&other.signature);
        match of_first == of_other {
            true => {}
            false if other.signature.params.len() == first.signature.params.len() => other_types.push(other),
            // No function has two results or two lists of parameters: the entry point of one of them is a slip, and the
            // other one's call works.
            false => other_functions.push(other),
        }
    }
    for (rule, differing) in [(&catalogue::OTHER_FUNCTION, other_functions), (&catalogue::SYMBOL_TYPES, other_types)] {
        let more = others_differ(differing.len());
        let Some(mut other) = to_report(collector, differing) else { continue };
        let mut first = *first;
        if rule == &catalogue::SYMBOL_TYPES && to_report(collector, vec![first, other]) == Some(first) {
            let is_own = |declared: &SymbolDeclaration| !collector.options.others.contains(&declared.method.path);
            if is_own(first) && !is_own(other) {
                (first, other) = (other, first);
            }
        }
        let has_other_result = FunctionType::of(&first.signature).result != FunctionType::of(&other.signature).result;
        let advice = if rule == &catalogue::SYMBOL_TYPES {
            which_can_be_called(symbol, first, other)
        } else {
            let what = if has_other_result { "results" } else { "parameters" };
            format!("the {what} differ, so one of the two names the wrong function")
        };
        let message = format!(
            "`{}` has signature `{}` here but `{}` in {} of {}{more}; {advice}",
            symbol.name, other.signature, first.signature, first.method.full_name, first.method.assembly,
        );
        if rule == &catalogue::SYMBOL_TYPES {
            collector.report_declaration(rule, &other.method, message);
        } else {
            collector.report(rule, &other.method, message);
        }
    }
    true
}

/// Reports a function that looks variadic, which gets no entry in the table.
fn report_variadic(collector: &mut Collector<'_, '_>, symbol: &LinkerSymbol, all: &[&SymbolDeclaration]) {
    let Some((first, others)) = all.split_first() else { return };
    let count = first.signature.params.len();
    let differing: Vec<_> = others.iter().copied().filter(|other| other.signature.params.len() != count).collect();
    let more = others_differ(differing.len());
    let (method, message) = match to_report(collector, differing) {
        Some(other) => {
            let (here, there, method) = (&other.signature, &first.signature, &first.method);
            let message = format!(
                "`{}` has signature `{here}` here but `{there}` in {} of {}{more}; the function looks variadic and gets \
                 no table entry",
                symbol.name, method.full_name, method.assembly
            );
            (&other.method, message)
        }
        None => (
            &first.method,
            format!(
                "`{}` takes variable arguments (`...`) in C and gets no table entry; wrap it in one native function per \
                 signature",
                symbol.name
            ),
        ),
    };
    collector.report(&catalogue::VARIADIC, method, message);
}

/// How many declarations differ besides the one that is reported.
fn others_differ(count: usize) -> String {
    match count.saturating_sub(1) {
        0 => String::new(),
        1 => ", and 1 more declaration differs".to_owned(),
        more => format!(", and {more} more declarations differ"),
    }
}

/// What can be said about two declarations with equally many parameters; `other` is the one that is reported.
fn which_can_be_called(symbol: &LinkerSymbol, first: &SymbolDeclaration, other: &SymbolDeclaration) -> String {
    let (of_first, of_other) = (FunctionType::of(&first.signature), FunctionType::of(&other.signature));
    let twins = |fits: &str| {
        format!("a C `long`, `size_t` or pointer has 32 bits on wasm32: if these differ, {fits} can be called")
    };
    if is_narrower(&of_first, &of_other) {
        twins("only that one")
    } else if is_narrower(&of_other, &of_first) {
        twins("only this one")
    } else if symbol.import_module.is_some() {
        "the import has the other type, so a call of this one traps; give it an EntryPoint of its own".to_owned()
    } else {
        "only the one that matches the native function can be called, and a call of the other traps".to_owned()
    }
}
