//! Every declaration against the function it names.

use wasmparser::FuncType;

use super::causes;
use super::function_pointers;
use super::index::Index;
use super::objects::{Binding, Function, Kind, Object};
use super::report::Outcome;
use super::variadic::is_variadic;
use super::words::is_same;
use crate::abi::FunctionType;
use crate::collect::ir::Linkage;
use crate::collect::ir::declarations::{Declaration, Declarations};
use crate::diagnostics::{Diagnostics, Location, Rule, catalogue};

/// As the module of a P/Invoke: any library.
const ANY_MODULE: &str = "*";

/// Compares all declarations with the functions of `objects`; differences go to `diagnostics`.
pub fn compare(declarations: &Declarations, objects: &[Object<'_>], diagnostics: &mut Diagnostics) -> Outcome {
    let index = Index::new(objects, declarations);
    let mut comparison = Comparison { declarations, index, diagnostics, outcome: Outcome::default() };
    for declaration in &declarations.functions {
        match declaration.linkage {
            Linkage::Static => comparison.function(declaration),
            Linkage::WasmImport { .. } => comparison.import(declaration),
        }
    }
    for callback in &declarations.callbacks {
        comparison.callback(callback);
    }
    comparison.tell_unknown();
    comparison.outcome
}

struct Comparison<'c, 'n, 'a> {
    declarations: &'n Declarations,
    index: Index<'n, 'a>,
    diagnostics: &'c mut Diagnostics,
    outcome: Outcome,
}

impl<'n, 'a> Comparison<'_, 'n, 'a> {
    fn report(&mut self, rule: &'static Rule, declaration: &Declaration, message: String) {
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
        let is_named =
            |(object, _): &(&Object<'_>, _)| declaration.module == ANY_MODULE || object.is_library(&declaration.module);
        let named: Vec<_> = visible.iter().copied().filter(is_named).collect();
        if named.is_empty()
            && let Some((object, _)) = visible.first()
        {
            let has_file = if self.index.has_library(&declaration.module) { "has none" } else { "is not given" };
            let message = format!(
                "`{symbol}` is in {}, while the library `{}` {has_file}; name the library that has the function",
                object.place, declaration.module
            );
            self.report(&catalogue::OTHER_LIBRARY, declaration, message);
        }
        self.defined_twice(declaration, symbol, &visible);
        let candidates = if named.is_empty() { visible } else { named };
        let ours = FunctionType::of(&declaration.signature);
        let same: Vec<_> = candidates.iter().copied().filter(|(_, function)| is_same(&ours, &function.ty)).collect();
        self.calls_back(declaration, symbol, &same);
        // In a linked module, static functions may have the name too: any of them will do.
        if same.iter().any(|(object, _)| object.kind != Kind::Relocatable) {
            return;
        }
        if let Some((object, function)) = candidates.first() {
            self.types(declaration, symbol, &object.place, function);
        }
    }

    /// A function that calls what it gets: by the type that managed code gives it?
    fn calls_back(&mut self, declaration: &Declaration, symbol: &str, same: &[(&'n Object<'a>, &'n Function<'a>)]) {
        let Some((object, _)) = same.first() else { return };
        for wrong in function_pointers::called_otherwise(self.declarations, declaration, same) {
            let types = causes::side_by_side(&wrong.prototype, "the call", &wrong.ty);
            let cause = causes::cause(&wrong.prototype, &wrong.ty).replace("the function", "the call");
            let message =
                format!("`{symbol}` of {} calls its {} by another type: {cause}; {types}", object.place, wrong.place);
            self.report(&catalogue::CALLBACK_TYPE, declaration, message);
        }
    }

    fn defined_twice(
        &mut self,
        declaration: &Declaration,
        symbol: &str,
        visible: &[(&'n Object<'a>, &'n Function<'a>)],
    ) {
        let mut strong = visible.iter().filter(|(_, function)| function.binding == Binding::Strong);
        if let (Some((first, _)), Some((second, _))) = (strong.next(), strong.next()) {
            let message = format!(
                "`{symbol}` is defined in {} and in {}, and the linker takes whichever it meets; remove or rename one, \
                 or make it static",
                first.place, second.place
            );
            self.report(&catalogue::DEFINED_TWICE, declaration, message);
        }
    }

    fn types(&mut self, declaration: &Declaration, symbol: &str, place: &str, function: &Function<'_>) {
        let ours = FunctionType::of(&declaration.signature);
        if is_same(&ours, &function.ty) {
            return;
        }
        let same_symbol =
            |other: &&Declaration| other.entry_point.as_deref() == Some(symbol) && other.linkage == Linkage::Static;
        let all = self.declarations.functions.iter().filter(same_symbol);
        let all: Vec<FunctionType> = all.map(|other| FunctionType::of(&other.signature)).collect();
        if is_variadic(&all, &function.ty) {
            let types = causes::side_by_side(declaration, "the function", &function.ty);
            let message = format!(
                "`{symbol}` of {place} looks variadic, with the address of its variable arguments last: wrap it in one \
                 native function per shape; {types}"
            );
            return self.report(&catalogue::NATIVE_VARIADIC, declaration, message);
        }
        self.wrong_type(&catalogue::NATIVE_TYPE, declaration, symbol, (place, "the function"), &function.ty);
    }

    fn wrong_type(
        &mut self,
        rule: &'static Rule,
        declaration: &Declaration,
        symbol: &str,
        (place, what): (&str, &str),
        theirs: &FuncType,
    ) {
        let types = causes::side_by_side(declaration, what, theirs);
        let cause = causes::cause(declaration, theirs);
        self.report(rule, declaration, format!("`{symbol}` of {place}: {cause}; {types}"));
    }

    /// A P/Invoke whose function is in none of the files.
    fn without_function(&mut self, declaration: &'n Declaration, symbol: &str) {
        let module = &declaration.module;
        // The type by which native code calls it is the one that the linker will hold the function to.
        let uses = self.index.find(symbol).map_or(&[][..], |found| &found.uses);
        if let Some((object, one)) = uses.first().copied() {
            self.outcome.compared += 1;
            if !is_same(&FunctionType::of(&declaration.signature), &one.ty) {
                let what = match object.kind {
                    Kind::Relocatable => "its use",
                    Kind::Linked { .. } => "its import",
                };
                self.wrong_type(&catalogue::NATIVE_TYPE, declaration, symbol, (&object.place, what), &one.ty);
            }
            return;
        }
        let local = self.index.find(symbol).and_then(|found| found.functions.first().copied());
        if let Some((object, _)) = local {
            let message = format!("`{symbol}` of {} is static, so nothing can call it; remove `static`", object.place);
            return self.report(&catalogue::NO_NATIVE_FUNCTION, declaration, message);
        }
        let is_relocatable_library =
            |object: &Object<'_>| object.kind == Kind::Relocatable && object.is_library(module);
        if !self.index.objects.iter().any(is_relocatable_library) && self.index.nameless().is_some() {
            self.outcome.unknown += 1;
            return;
        }
        if module != ANY_MODULE && !self.index.has_library(module) {
            *self.outcome.without_file.entry(module.clone()).or_default() += 1;
            return;
        }
        let nearest = self.index.nearest(symbol);
        let message = match nearest {
            Some((name, object)) if name.starts_with("_Z") => format!(
                "no function `{symbol}`; {} has it as the C++ function `{name}`: put extern \"C\" before it",
                object.place
            ),
            Some((name, object)) => {
                format!("no function `{symbol}` in `{module}`; did you mean `{name}` of {}?", object.place)
            }
            None => format!("no function `{symbol}` in `{module}`, nor one with a name like it"),
        };
        self.report(&catalogue::NO_NATIVE_FUNCTION, declaration, message);
    }

    /// A P/Invoke of a wasm import. Where a linked module imports other functions of the module but not this one, that
    /// says nothing: the linker drops what nothing used, and the app's own table of P/Invokes is linked later.
    fn import(&mut self, declaration: &'n Declaration) {
        let Some(name) = declaration.entry_point.as_deref() else { return };
        let module = &declaration.module;
        let uses = self.index.find(name).map_or(&[][..], |found| &found.uses);
        let same: Vec<_> = uses.iter().copied().filter(|(_, one)| one.import == Some((module, name))).collect();
        if let Some((object, one)) = same.first() {
            self.outcome.compared += 1;
            if !is_same(&FunctionType::of(&declaration.signature), &one.ty) {
                self.wrong_type(&catalogue::NATIVE_TYPE, declaration, name, (&object.place, "its import"), &one.ty);
            }
            return;
        }
        let is_other =
            |one: &super::objects::Use<'_>| one.import.is_some_and(|(of, field)| of != "env" && field == name);
        if let Some((object, one)) = uses.iter().copied().find(|(_, one)| is_other(one)) {
            self.outcome.compared += 1;
            let other = one.import.map_or("", |(module, _)| module);
            let message = format!(
                "`{name}` is declared as an import of `{module}`, but {} imports it of `{other}`; name one module",
                object.place
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
        let uses = found.uses.iter().map(|(object, one)| (*object, &one.ty, "its use"));
        let functions = found.functions.iter().filter(|(_, function)| function.binding != Binding::Local);
        let all: Vec<_> = uses.chain(functions.map(|(object, f)| (*object, &f.ty, "the function"))).collect();
        self.outcome.callbacks += usize::from(!all.is_empty());
        if all.iter().any(|(object, ty, _)| object.kind != Kind::Relocatable && is_same(&ours, ty)) {
            return;
        }
        for (object, ty, what) in all {
            if !is_same(&ours, ty) {
                self.wrong_type(&catalogue::CALLBACK_TYPE, callback, symbol, (&object.place, what), ty);
                return;
            }
        }
    }

    /// What a linked module without names cannot tell, once.
    fn tell_unknown(&mut self) {
        let Some(object) = self.index.nameless().filter(|_| self.outcome.unknown > 0) else { return };
        let message = format!(
            "it has no names of its functions, so {} cannot be compared; link with names, or keep the file of symbols \
             beside it (--emit-symbol-map)",
            if self.outcome.unknown == 1 {
                "1 P/Invoke".to_owned()
            } else {
                format!("{} P/Invokes", self.outcome.unknown)
            }
        );
        let location = Location::file(object.place.clone());
        self.diagnostics.report(&catalogue::NO_NATIVE_NAMES, location, message);
    }
}
