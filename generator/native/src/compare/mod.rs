//! Compares every declaration with the native function that it names.

mod beyond;
mod causes;
mod function_pointers;
mod index;
mod layouts;
mod missing;
mod pairs;
mod unit;
mod unknown;
mod values;
mod variadic;
mod words;

use std::collections::BTreeMap;

use clr_wasm_abi::FunctionType;
use clr_wasm_file::objects::{Binding, Object};
use index::Index;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};
use thunkgen_rust_source::{Imported, Unknown};
use unit::{NativeDefinition, NativeUnit, Usage};
use variadic::is_variadic;
use words::is_same;

pub use unit::RustLibrary;

/// The result of a comparison: counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// P/Invokes with a native function.
    pub compared: usize,
    /// Callbacks that native code calls by name.
    pub callbacks: usize,
    /// P/Invokes of libraries that are not among the files, by module.
    pub without_file: BTreeMap<String, usize>,
    /// P/Invokes that may be in a linked module without names.
    pub unknown: usize,
    /// P/Invokes that may be in bitcode.
    pub in_bitcode: usize,
}

/// Compares all declarations with the functions of `objects` and of Rust sources; differences go to `diagnostics`.
pub fn compare(
    declarations: &Declarations,
    objects: &[Object<'_>],
    rust: &[RustLibrary],
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let index = Index::new(objects, rust, declarations);
    let mut types = BTreeMap::<&str, Vec<FunctionType>>::new();
    for declaration in declarations.functions.iter().filter(|one| one.linkage == Linkage::Static) {
        if let Some(symbol) = declaration.entry_point.as_deref() {
            types.entry(symbol).or_default().push(FunctionType::of(&declaration.signature));
        }
    }
    let mut comparison = Comparison { declarations, types, index, diagnostics, outcome: Outcome::default() };
    for declaration in &declarations.functions {
        match declaration.linkage {
            Linkage::Static => comparison.function(declaration),
            Linkage::WasmImport { .. } => comparison.import(declaration),
        }
    }
    for callback in &declarations.callbacks {
        comparison.callback(callback);
    }
    comparison.report_incomparable();
    comparison.outcome
}

/// A comparison in progress.
struct Comparison<'c, 'n> {
    pub declarations: &'n Declarations,
    /// The types with which P/Invokes declare a symbol.
    types: BTreeMap<&'n str, Vec<FunctionType>>,
    pub index: Index<'n>,
    diagnostics: &'c mut Diagnostics,
    pub outcome: Outcome,
}

impl<'n> Comparison<'_, 'n> {
    pub fn report(&mut self, rule: &'static Rule, declaration: &Declaration, message: String) {
        self.diagnostics.report(rule, declaration.location(), message);
    }

    /// A P/Invoke of a linked function.
    fn function(&mut self, declaration: &'n Declaration) {
        let Some(symbol) = declaration.entry_point.as_deref() else { return };
        let visible = self.index.visible(symbol);
        if visible.is_empty() {
            return self.without_function(declaration, symbol);
        }
        self.outcome.compared += 1;
        let is_named = |one: &NativeDefinition<'_>| {
            declaration.module == LibraryName::ANY || one.unit.is_library(&declaration.module)
        };
        let named: Vec<_> = visible.iter().copied().filter(is_named).collect();
        // Bitcode of the library may define it too.
        if named.is_empty()
            && self.index.bitcode(Some(&declaration.module)).is_none()
            && let Some(one) = visible.first()
        {
            let has_file =
                if self.index.has_library(&declaration.module) { "does not define it" } else { "is missing" };
            let meant = one.unit.meant_by(&declaration.module);
            let meant = meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            let message = format!(
                "`{symbol}` is defined in {}, but the library `{}` {has_file}; name the library that defines it{meant}",
                one.place(),
                declaration.module
            );
            self.report(&catalogue::OTHER_LIBRARY, declaration, message);
        }
        self.defined_twice(declaration, symbol, &visible);
        let candidates = if named.is_empty() { visible } else { named };
        let ours = FunctionType::of(&declaration.signature);
        let fits = |one: &&NativeDefinition<'_>| one.ty.is_ok_and(|ty| is_same(&ours, ty));
        let same: Vec<_> = candidates.iter().filter(fits).copied().collect();
        self.calls_back(declaration, symbol, &same);
        // In a linked module, static functions may have the name too: any of them may be the right one.
        if !same.iter().any(|one| one.unit.is_linked())
            && let Some(one) = candidates.iter().find(|one| !one.unit.is_rust())
        {
            self.types(declaration, symbol, one);
        }
        // If a build selects one of several, a matching one is assumed.
        let rust = || candidates.iter().filter(|one| one.unit.is_rust());
        if let Some(one) = rust().find(fits).or_else(|| rust().next()) {
            self.types(declaration, symbol, one);
        }
    }

    /// Compares the calls of function pointers that a function receives with their declared types.
    fn calls_back(&mut self, declaration: &Declaration, symbol: &str, same: &[NativeDefinition<'n>]) {
        let compiled = same.iter().filter_map(|one| match one.unit {
            NativeUnit::Object(object) => Some((object, one.compiled?)),
            NativeUnit::Rust(_) => None,
        });
        let compiled: Vec<_> = compiled.collect();
        let Some((object, _)) = compiled.first() else { return };
        for wrong in function_pointers::wrong_calls(self.declarations, declaration, &compiled) {
            let side = causes::Side::of(NativeUnit::Object(object), &wrong.ty, None, "the call");
            let types = causes::side_by_side(&wrong.prototype, &side);
            let cause = causes::cause(&wrong.prototype, &side).replace("the function", "the call");
            let message = format!(
                "`{symbol}` of {} calls {} with a different signature: {cause}; {types}",
                object.place, wrong.place
            );
            self.report(&catalogue::CALLBACK_TYPE, declaration, message);
        }
    }

    fn defined_twice(&mut self, declaration: &Declaration, symbol: &str, visible: &[NativeDefinition<'n>]) {
        let mut strong = visible.iter().filter(|function| function.binding == Binding::Strong);
        let Some(first) = strong.next() else { return };
        if let Some(second) = strong.find(|other| other.is_second(first)) {
            let message = format!(
                "`{symbol}` is defined in {} and in {}, and the linker may use either; remove or rename one{}",
                first.place(),
                second.place(),
                if first.unit.is_rust() && second.unit.is_rust() { "" } else { ", or make it static" }
            );
            self.report(&catalogue::DEFINED_TWICE, declaration, message);
        }
    }

    fn types(&mut self, declaration: &Declaration, symbol: &str, function: &NativeDefinition<'n>) {
        let place = function.place();
        let theirs = match function.ty {
            Ok(theirs) => theirs,
            Err(unknown) => return self.unknown(declaration, symbol, &place, unknown),
        };
        let shape = function.source.and_then(|source| source.shape.as_ref().ok());
        let is_known_variadic = shape.is_some_and(|shape| shape.is_variadic);
        let ours = FunctionType::of(&declaration.signature);
        if is_same(&ours, theirs) && !is_known_variadic {
            return self.beyond_types(declaration, symbol, (function.unit, shape, place));
        }
        let side = causes::Side::of(function.unit, theirs, shape, "the function");
        let all = self.types.get(symbol).map_or(&[][..], Vec::as_slice);
        if is_known_variadic || (shape.is_none() && is_variadic(all, theirs)) {
            let looks = if is_known_variadic { "is" } else { "looks" };
            let message = format!(
                "`{symbol}` of {place} {looks} variadic (its last parameter is the address of the arguments): wrap it in one \
                 native function per signature; {}",
                causes::side_by_side(declaration, &side)
            );
            return self.report(&catalogue::NATIVE_VARIADIC, declaration, message);
        }
        // A function with a single definition is wrong in every build that contains it.
        let has_other = self.index.find(symbol).is_some_and(|found| found.functions.len() > 1);
        if has_other && function.source.is_some_and(|source| source.is_conditional) {
            let message = format!(
                "`{symbol}` of {place} exists only under a condition (`cfg`), and then: {}; {}",
                causes::cause(declaration, &side),
                causes::side_by_side(declaration, &side)
            );
            return self.report(&catalogue::NATIVE_TYPE_UNKNOWN, declaration, message);
        }
        self.wrong_type(&catalogue::NATIVE_TYPE, declaration, symbol, &place, &side);
    }

    fn wrong_type(
        &mut self,
        rule: &'static Rule,
        declaration: &Declaration,
        symbol: &str,
        place: &str,
        side: &causes::Side<'_>,
    ) {
        let types = causes::side_by_side(declaration, side);
        let cause = causes::cause(declaration, side);
        self.report(rule, declaration, format!("`{symbol}` of {place}: {cause}; {types}"));
    }

    fn unknown(&mut self, declaration: &Declaration, symbol: &str, place: &str, unknown: &Unknown) {
        let (rule, message) = unknown::diagnostic(symbol, place, unknown);
        self.report(rule, declaration, message);
    }

    /// An import or a call of a function that managed code or another library provides.
    pub fn usage(&mut self, rule: &'static Rule, declaration: &Declaration, symbol: &str, one: &Usage<'n>) {
        match one.ty {
            Ok(theirs) if is_same(&FunctionType::of(&declaration.signature), theirs) => {}
            Ok(theirs) => {
                let shape = one.source.and_then(|source| source.shape.as_ref().ok());
                let side = causes::Side::of(one.unit, theirs, shape, one.what());
                self.wrong_type(rule, declaration, symbol, &one.place(), &side);
            }
            Err(unknown) => self.unknown(declaration, symbol, &one.place(), unknown),
        }
    }

    /// A P/Invoke of a wasm import. A linked module that imports other functions of the module but not this one does
    /// not contradict it: the linker drops unused imports, and the app's table of P/Invokes is linked later.
    fn import(&mut self, declaration: &'n Declaration) {
        let Some(name) = declaration.entry_point.as_deref() else { return };
        let module = &declaration.module;
        let uses = self.index.find(name).map_or(&[][..], |found| &found.uses);
        let same = uses.iter().copied().find(|one| one.import == Some((module, name)));
        if let Some(one) = same {
            self.outcome.compared += 1;
            return self.usage(&catalogue::NATIVE_TYPE, declaration, name, &one);
        }
        let other =
            |one: &Usage<'n>| one.import.filter(|(of, field)| *of != "env" && *field == name).map(|(of, _)| (of, *one));
        if let Some((other, one)) = uses.iter().find_map(other) {
            self.outcome.compared += 1;
            let message = format!(
                "`{name}` is declared as an import of `{module}`, but {} imports it from `{other}`; use one module name",
                one.place()
            );
            self.report(&catalogue::OTHER_IMPORT_MODULE, declaration, message);
            return;
        }
        *self.outcome.without_file.entry(module.clone()).or_default() += 1;
    }

    /// A callback that native code calls by its exported name.
    fn callback(&mut self, callback: &'n Declaration) {
        let Some(symbol) = callback.entry_point.as_deref() else { return };
        let Some(found) = self.index.find(symbol) else { return };
        let ours = FunctionType::of(&callback.signature);
        let of_source = |source: &'n Imported| source.shape.as_ref().ok();
        let uses =
            found.uses.iter().map(|one| (one.unit, one.ty, one.source.and_then(of_source), one.place(), one.what()));
        let functions = found.functions.iter().filter(|function| function.binding != Binding::Local);
        let functions = functions.map(|one| (one.unit, one.ty, None, one.place(), "the function"));
        let all: Vec<_> = uses.chain(functions).collect();
        self.outcome.callbacks += usize::from(!all.is_empty());
        let fits = |ty: &Result<_, _>| ty.is_ok_and(|ty| is_same(&ours, ty));
        if all.iter().any(|(unit, ty, ..)| unit.is_linked() && fits(ty)) {
            return;
        }
        let Some((unit, ty, shape, place, what)) = all.iter().find(|(_, ty, ..)| !fits(ty)).cloned() else {
            for (unit, _, shape, place, _) in all {
                self.beyond_types(callback, symbol, (unit, shape, place));
            }
            return;
        };
        match ty {
            Ok(theirs) => {
                let side = causes::Side::of(unit, theirs, shape, what);
                self.wrong_type(&catalogue::CALLBACK_TYPE, callback, symbol, &place, &side);
            }
            Err(unknown) => self.unknown(callback, symbol, &place, unknown),
        }
    }

    /// Reports a linked module without names and bitcode, once each.
    fn report_incomparable(&mut self) {
        let names = "it has no function names";
        let link = "link with names, or keep the symbol file next to it (--emit-symbol-map)";
        let types = "it is LLVM bitcode, which has no wasm types";
        let compile = "compile without link-time optimisation (-flto), or compare the linked module";
        let of_bitcode = self.index.bitcode(None);
        for (object, count, lacks, advice) in [
            (self.index.nameless(), self.outcome.unknown, names, link),
            (of_bitcode, self.outcome.in_bitcode, types, compile),
        ] {
            let Some(object) = object.filter(|_| count > 0) else { continue };
            let plural = if count == 1 { "" } else { "s" };
            let message = format!("{lacks}, so {count} P/Invoke{plural} cannot be compared; {advice}");
            self.diagnostics.report(&catalogue::NOT_COMPARABLE, Location::file(object.place.clone()), message);
        }
    }
}
