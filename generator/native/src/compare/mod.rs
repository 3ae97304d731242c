//! Compares every declaration with the native function that it names.

mod beyond;
mod causes;
mod function_pointers;
mod index;
mod layouts;
mod missing;
mod pairs;
mod unit;
mod values;
mod variadic;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use clr_wasm_abi::FunctionType;
use clr_wasm_file::objects::{Binding, Object};
use clr_wasm_file::{DebugFunction, DebugType, FuncType, Language};
use index::Index;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};
use thunkgen_diagnostics::{Diagnostics, Location, Message, Rule, catalogue};
use unit::{NativeDefinition, NativeUnit, Sources, Usage};
use variadic::{has_one_more, is_variadic};
use words::is_same;

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
    /// The parts of problems that are summed up in one line, a line each.
    pub details: Vec<String>,
    /// Bytes of debug information that were read.
    pub debug_bytes: usize,
    /// How many names missing functions were compared with, to find a similar one.
    pub names_compared: usize,
}

/// Options of a comparison.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct CompareOptions<'o> {
    /// Only P/Invokes of these libraries are compared; `None`: every P/Invoke whose function or library is in a file.
    pub modules: Option<&'o BTreeSet<LibraryName>>,
    /// Only the given files are linked, so a function that none of them defines is missing.
    pub whole_link: bool,
    /// Symbols of `--wrap` (wasm-ld), and what references to them become: from `SYMBOL` to `__wrap_SYMBOL`, and from
    /// `__real_SYMBOL` to `SYMBOL`. See [`wrapped`].
    pub wrapped: &'o BTreeMap<String, String>,
    /// Whether an assembly, by its path, is the user's own: problems with others are warnings.
    pub is_own: &'o dyn Fn(&str) -> bool,
    /// From the path of a source that debug information names to one that exists.
    pub source: &'o dyn Fn(&str) -> Option<String>,
}

impl<'o> CompareOptions<'o> {
    /// Default options, with a function that finds sources.
    pub fn new(source: &'o dyn Fn(&str) -> Option<String>) -> CompareOptions<'o> {
        CompareOptions { modules: None, whole_link: false, wrapped: &NOT_WRAPPED, is_own: &|_| true, source }
    }
}

impl Default for CompareOptions<'_> {
    /// No source exists.
    fn default() -> Self {
        CompareOptions::new(&|_| None)
    }
}

/// Whether a wasm function has the type that a declaration needs.
pub fn has_type(declaration: &Declaration, function: &FuncType) -> bool {
    is_same(&FunctionType::of(&declaration.signature), function)
}

/// A wasm type in terms of signatures; `None` if no signature has it.
pub fn signature_type(function: &FuncType) -> Option<FunctionType> {
    let params = function.params().iter().copied().map(words::scalar).collect::<Option<_>>()?;
    let result = match function.results() {
        [] => None,
        [result] => Some(words::scalar(*result)?),
        _ => return None,
    };
    Some(FunctionType { params, result })
}

/// A declaration in C#: `int (float x, long y)`.
pub fn managed_type(declaration: &Declaration) -> String {
    words::managed(declaration)
}

/// The function of a declaration in C: `int32_t (float, int64_t)`.
pub fn native_type(declaration: &Declaration) -> String {
    words::lowered(&FunctionType::of(&declaration.signature), words::Terms(Language::C))
}

static NOT_WRAPPED: BTreeMap<String, String> = BTreeMap::new();

/// The references that `--wrap` changes, for [`CompareOptions::wrapped`] (LLD, "--wrap").
///
/// ```
/// let wrapped = thunkgen_native::compare::wrapped(["open"]);
/// assert_eq!((&*wrapped["open"], &*wrapped["__real_open"]), ("__wrap_open", "open"));
/// ```
pub fn wrapped<'s>(symbols: impl IntoIterator<Item = &'s str>) -> BTreeMap<String, String> {
    let both = |symbol: &str| {
        [(symbol.to_owned(), format!("__wrap_{symbol}")), (format!("__real_{symbol}"), symbol.to_owned())]
    };
    symbols.into_iter().flat_map(both).collect()
}

/// The declarations with the symbols that the linker uses for their functions.
fn with_wrapped<'n>(declarations: &'n Declarations, wrapped: &BTreeMap<String, String>) -> Cow<'n, Declarations> {
    let mut declarations = Cow::Borrowed(declarations);
    if !wrapped.is_empty() {
        let functions = declarations.to_mut().functions.iter_mut().filter(|one| one.linkage == Linkage::Static);
        for symbol in functions.filter_map(|function| function.entry_point.as_mut()) {
            if let Some(used) = wrapped.get(&**symbol) {
                used.clone_into(symbol);
            }
        }
    }
    declarations
}

/// Compares all declarations with the functions of `objects`; differences go to `diagnostics`.
pub fn compare(
    declarations: &Declarations,
    objects: &[Object<'_>],
    options: &CompareOptions<'_>,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let declarations = with_wrapped(declarations, options.wrapped);
    let declarations = &*declarations;
    let symbols: HashSet<&str> = index::entry_points(declarations).collect();
    // What a caller declares matters for callbacks, and for functions that no file defines.
    let callbacks: HashSet<&str> =
        declarations.callbacks.iter().filter_map(|callback| callback.entry_point.as_deref()).collect();
    let visible = objects.iter().flat_map(|object| &object.functions).filter(|one| one.binding != Binding::Local);
    let defined: HashSet<&str> = visible.map(|one| one.symbol).filter(|symbol| symbols.contains(symbol)).collect();
    let is_use_wanted = |symbol: &str| {
        let used = options.wrapped.get(symbol).map_or(symbol, String::as_str);
        symbols.contains(used) && (callbacks.contains(used) || !defined.contains(used))
    };
    let debug_info = |object: &Object<'_>| object.debug_info(&|symbol| symbols.contains(symbol), &is_use_wanted);
    let debug: Vec<_> = objects.iter().map(debug_info).collect();
    let index = Index::new(objects, &debug, declarations, options.wrapped);
    let mut types = BTreeMap::<&str, Vec<FunctionType>>::new();
    for declaration in declarations.functions.iter().filter(|one| one.linkage == Linkage::Static) {
        if let Some(symbol) = declaration.entry_point.as_deref() {
            types.entry(symbol).or_default().push(FunctionType::of(&declaration.signature));
        }
    }
    let debug_bytes = debug.iter().flatten().map(|info| info.bytes).sum();
    let outcome = Outcome { debug_bytes, ..Outcome::default() };
    let sources = Sources(options.source);
    let (reported, missing) = (BTreeSet::new(), Vec::new());
    let mut comparison =
        Comparison { declarations, types, index, sources, options, diagnostics, reported, missing, outcome };
    for declaration in &declarations.functions {
        match declaration.linkage {
            Linkage::Static => comparison.function(declaration),
            Linkage::WasmImport { .. } => comparison.import(declaration),
        }
    }
    for callback in &declarations.callbacks {
        comparison.callback(callback);
    }
    comparison.report_missing();
    comparison.report_unknown();
    comparison.outcome.names_compared = comparison.index.names_compared();
    comparison.outcome
}

/// A comparison in progress.
struct Comparison<'c, 'n> {
    pub declarations: &'n Declarations,
    /// The types with which P/Invokes declare a symbol.
    types: BTreeMap<&'n str, Vec<FunctionType>>,
    pub index: Index<'n>,
    sources: Sources<'c>,
    options: &'c CompareOptions<'c>,
    diagnostics: &'c mut Diagnostics,
    /// Functions that were reported, once for all of their P/Invokes, by code.
    reported: BTreeSet<(&'static str, &'n str)>,
    /// P/Invokes for which there is neither the function nor one with a similar name.
    missing: Vec<&'n Declaration>,
    pub outcome: Outcome,
}

impl<'n> Comparison<'_, 'n> {
    pub fn report(&mut self, rule: &'static Rule, declaration: &Declaration, message: impl Into<Message>) {
        let location = declaration.location().of_library(&declaration.module);
        match (self.options.is_own)(&declaration.path) {
            true => self.diagnostics.report(rule, location, message),
            false => self.diagnostics.report_softly(rule, location, message),
        }
    }

    /// Whether a P/Invoke can be compared with the files.
    fn is_in_question(&self, module: &str, is_defined: bool) -> bool {
        match self.options.modules {
            Some(_) if module == LibraryName::ANY => is_defined,
            Some(modules) => modules.iter().any(|name| name.is(module) || name.spelling() == LibraryName::ANY),
            None => is_defined || self.index.has_library(module),
        }
    }

    /// Where a function is defined, as shown in messages.
    pub fn place(&self, one: &NativeDefinition<'_>) -> String {
        self.sources.place(one.unit, one.debug)
    }

    /// A P/Invoke of a linked function.
    fn function(&mut self, declaration: &'n Declaration) {
        let Some(symbol) = declaration.entry_point.as_deref() else { return };
        let visible = self.index.visible(symbol);
        // Native code that calls the function declares its type too.
        let is_used = self.index.find(symbol).is_some_and(|found| !found.uses.is_empty());
        if !self.is_in_question(&declaration.module, is_used || !visible.is_empty()) {
            return;
        }
        if visible.is_empty() {
            return self.without_function(declaration, symbol);
        }
        self.outcome.compared += 1;
        let is_named = |one: &NativeDefinition<'_>| {
            declaration.module == LibraryName::ANY || one.unit.is_library(&declaration.module)
        };
        let named: Vec<_> = visible.iter().copied().filter(is_named).collect();
        // The linker resolves symbols and ignores names of libraries. Bitcode of the library may define the symbol too.
        if named.is_empty()
            && self.index.bitcode(Some(&declaration.module)).is_none()
            && let Some(one) = visible.first()
            && let meant = one.unit.meant_by(&declaration.module)
            && (meant.is_some() || self.index.has_library(&declaration.module))
        {
            let message = format!(
                "`{symbol}` is defined in {}, but {} library `{}`; name the library that defines it{}",
                self.place(one),
                if meant.is_some() { "no file is the" } else { "not in the" },
                declaration.module,
                meant.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
            );
            self.report(&catalogue::OTHER_LIBRARY, declaration, message);
        }
        self.defined_twice(declaration, symbol, &visible);
        let candidates = if named.is_empty() { visible } else { named };
        let ours = FunctionType::of(&declaration.signature);
        let fits = |one: &&NativeDefinition<'_>| is_same(&ours, one.ty());
        let same: Vec<_> = candidates.iter().filter(fits).copied().collect();
        self.calls_back(declaration, symbol, &same);
        // In a linked module, static functions may have the same name: one with the type is enough, and only a single
        // function can be compared further.
        let linked: Vec<_> = same.iter().filter(|one| one.unit.is_linked()).collect();
        let one = match &linked[..] {
            [] => candidates.first(),
            [first, others @ ..] => others.iter().all(|other| other.debug == first.debug).then_some(*first),
        };
        if let Some(one) = one {
            self.types(declaration, symbol, one);
        }
    }

    /// Compares the types through which a function calls its parameters with the declared function pointer types.
    fn calls_back(&mut self, declaration: &Declaration, symbol: &str, same: &[NativeDefinition<'n>]) {
        let compiled: Vec<_> = same.iter().map(|one| (one.unit.object, one.function)).collect();
        let Some(one) = same.first() else { return };
        for wrong in function_pointers::wrong_calls(self.declarations, declaration, &compiled) {
            // Its type in the debug information is compared elsewhere.
            let param = one.shape().and_then(|shape| causes::param_at(shape, wrong.value));
            if param.is_some_and(|param| matches!(param.ty, DebugType::Function(_))) {
                continue;
            }
            let side = causes::Side::of(&wrong.ty, None, "the call");
            let cause = causes::cause(&wrong.prototype, &side);
            let message = format!(
                "`{symbol}` of {} calls its {} with a different signature: {cause}",
                self.place(one),
                wrong.place
            );
            let message = causes::with_types(Message::new(message), &wrong.prototype, &side);
            let message = self.with_source(message, symbol, "the function", (one.unit, one.debug));
            self.report(&catalogue::CALLBACK_TYPE, declaration, message);
        }
    }

    fn defined_twice(&mut self, declaration: &Declaration, symbol: &'n str, visible: &[NativeDefinition<'n>]) {
        let mut strong = visible.iter().filter(|function| function.binding() == Binding::Strong);
        let Some(first) = strong.next() else { return };
        if let Some(second) = strong.find(|other| other.is_second(first))
            && self.reported.insert((catalogue::DEFINED_TWICE.code, symbol))
        {
            let message = format!(
                "`{symbol}` is defined in {} and in {}, which the linker reports as an error; remove or rename one, or \
                 make it static",
                self.place(first),
                self.place(second),
            );
            self.report(&catalogue::DEFINED_TWICE, declaration, message);
        }
    }

    fn types(&mut self, declaration: &Declaration, symbol: &'n str, function: &NativeDefinition<'n>) {
        let (place, of) = (self.place(function), (function.unit, function.debug));
        let (theirs, shape) = (function.ty(), function.shape());
        let ours = FunctionType::of(&declaration.signature);
        let side = causes::Side::of(theirs, shape, "the function");
        let all = self.types.get(symbol).map_or(&[][..], Vec::as_slice);
        let looks = match shape {
            Some(shape) => shape.is_variadic.then_some("takes"),
            None => is_variadic(symbol, all, theirs).then_some("seems to take"),
        };
        if let Some(looks) = looks {
            // The generated table has no entry for such an entry point, whatever its P/Invokes are.
            if self.reported.insert((catalogue::NATIVE_VARIADIC.code, symbol)) {
                let message = format!(
                    "`{symbol}` of {place} {looks} variable arguments (`...`), which cannot be passed: wrap it in one \
                     native function per signature"
                );
                let message = causes::with_types(Message::new(message), declaration, &side);
                let message = self.with_source(message, symbol, "the function", of);
                self.report(&catalogue::NATIVE_VARIADIC, declaration, message);
            }
            return;
        }
        if is_same(&ours, theirs) {
            return self.beyond_types(declaration, symbol, of);
        }
        if shape.is_none() && has_one_more(&ours, theirs) && all.iter().all(|ty| *ty == ours) {
            if !self.reported.insert((catalogue::NATIVE_VARIADIC.code, symbol)) {
                return;
            }
            let message = format!(
                "`{symbol}` of {place} has one more int32_t at the end: a parameter that the declaration lacks, or the \
                 address of variable arguments (`...`), which cannot be passed; check the function's declaration, or \
                 compile it with -g"
            );
            let message = causes::with_types(Message::new(message), declaration, &side);
            return self.report(&catalogue::NATIVE_VARIADIC, declaration, message);
        }
        self.wrong_type(&catalogue::NATIVE_TYPE, declaration, symbol, of, &side);
    }

    fn wrong_type(
        &mut self,
        rule: &'static Rule,
        declaration: &Declaration,
        symbol: &str,
        (unit, debug): (NativeUnit<'n>, Option<&DebugFunction>),
        side: &causes::Side<'_>,
    ) {
        let cause = causes::cause(declaration, side);
        let message = Message::new(cause.clone()).shown_as(cause);
        let message = causes::with_types(message, declaration, side);
        let message = message.after(&format!("`{symbol}` of {}: ", self.sources.place(unit, debug)));
        let message = self.with_source(message, symbol, side.what, (unit, debug));
        self.report(rule, declaration, message);
    }

    /// Lets a terminal show where a function is.
    fn with_source(
        &self,
        message: Message,
        symbol: &str,
        what: &str,
        (unit, debug): (NativeUnit<'n>, Option<&DebugFunction>),
    ) -> Message {
        let mention = self.sources.mention(symbol, what, debug);
        message.note_on_terminal(format!("`{symbol}` is in {}", unit.object.place), mention)
    }

    /// Compares a declaration with the type through which native code imports or calls the function.
    pub fn usage(&mut self, rule: &'static Rule, declaration: &Declaration, symbol: &str, one: &Usage<'n>) {
        if !is_same(&FunctionType::of(&declaration.signature), &one.of.ty) {
            let side = causes::Side::of(&one.of.ty, one.shape(), one.what());
            self.wrong_type(rule, declaration, symbol, (one.unit, one.debug), &side);
        }
    }

    /// A P/Invoke of a wasm import. A linked module need not import the function: the linker drops unused imports, and
    /// the app's table of P/Invokes is linked later.
    fn import(&mut self, declaration: &'n Declaration) {
        let Some(name) = declaration.entry_point.as_deref() else { return };
        let module = &declaration.module;
        let uses = self.index.find(name).map_or(&[][..], |found| &found.uses);
        let same = uses.iter().copied().find(|one| one.of.import == Some((module, name)));
        if let Some(one) = same {
            self.outcome.compared += 1;
            return self.usage(&catalogue::NATIVE_TYPE, declaration, name, &one);
        }
        let other = |one: &Usage<'n>| {
            one.of.import.filter(|(of, field)| *of != "env" && *field == name).map(|(of, _)| (of, *one))
        };
        if let Some((other, one)) = uses.iter().find_map(other) {
            self.outcome.compared += 1;
            let message = format!(
                "`{name}` is declared as an import from `{module}`, but {} imports it from `{other}`; name the same module \
                 in both",
                self.sources.place(one.unit, one.debug)
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
        let uses = found.uses.iter().map(|one| (one.unit, &*one.of.ty, one.debug, one.what()));
        let functions = found.functions.iter().filter(|function| function.binding() != Binding::Local);
        let functions = functions.map(|one| (one.unit, one.ty(), one.debug, "the function"));
        let all: Vec<_> = uses.chain(functions).collect();
        self.outcome.callbacks += usize::from(!all.is_empty());
        let fits = |ty| is_same(&ours, ty);
        if all.iter().any(|(unit, ty, ..)| unit.is_linked() && fits(ty)) {
            return;
        }
        let shape = |debug: Option<&'n DebugFunction>| debug.and_then(|debug| debug.shape.as_ref());
        let Some((unit, ty, debug, what)) = all.iter().find(|(_, ty, ..)| !fits(ty)).copied() else {
            for (unit, _, debug, _) in all {
                self.beyond_types(callback, symbol, (unit, debug));
            }
            return;
        };
        let side = causes::Side::of(ty, shape(debug), what);
        self.wrong_type(&catalogue::CALLBACK_TYPE, callback, symbol, (unit, debug), &side);
    }

    /// Reports, once, linked modules without names and bitcode; and when nothing was compared at all.
    fn report_unknown(&mut self) {
        let names = "it has no names for its functions";
        let link = "link with names, or keep its symbol file next to it (--emit-symbol-map)";
        let types = "it is LLVM bitcode, which has no wasm types";
        let compile = "compile without link-time optimisation (-flto), or compare the linked module";
        let of_bitcode = self.index.bitcode(None);
        let is_empty = self.outcome.compared == 0;
        let rule = if is_empty { &catalogue::NOTHING_COMPARED } else { &catalogue::NOT_COMPARABLE };
        let mut is_reported = false;
        for (object, count, lacks, advice) in [
            (self.index.nameless(), self.outcome.unknown, names, link),
            (of_bitcode, self.outcome.in_bitcode, types, compile),
        ] {
            let Some(object) = object.filter(|_| count > 0) else { continue };
            let plural = if count == 1 { "" } else { "s" };
            let message = format!("{lacks}, so {count} P/Invoke{plural} cannot be compared; {advice}");
            self.diagnostics.report(rule, Location::file(object.place.clone()), message);
            is_reported = true;
        }
        if is_empty && !is_reported && (self.outcome.callbacks == 0 || !self.declarations.functions.is_empty()) {
            self.report_nothing();
        }
    }

    /// Reports for each library why none of its P/Invokes was compared.
    fn report_nothing(&mut self) {
        // Several spellings of a library count once.
        let mut modules = BTreeMap::<&str, (&str, &str, usize)>::new();
        let functions = self.declarations.functions.iter().filter(|one| one.linkage == Linkage::Static);
        let functions =
            functions.filter(|one| self.options.modules.is_none() || self.is_in_question(&one.module, false));
        for function in functions.filter(|function| (self.options.is_own)(&function.path)) {
            let stem = LibraryName::stem_of(&function.module);
            modules.entry(stem).or_insert((&function.module, &function.path, 0)).2 += 1;
        }
        if modules.is_empty() {
            let of = if self.options.modules.is_some() { " of these libraries" } else { "" };
            let message =
                format!("none of your own assemblies declares a P/Invoke{of}, so there is nothing to compare");
            return self.diagnostics.report(&catalogue::NOTHING_COMPARED, Location::default(), message);
        }
        for (stem, (module, path, count)) in modules {
            let plural = if count == 1 { "" } else { "s" };
            let why = match (self.index.place_of_library(module), self.index.meant_by(module)) {
                (Some(place), _) => {
                    format!("{place} has its name, but defines none of its functions; name the files that define them")
                }
                (None, Some(name)) => format!("did you mean `{name}`? Names of libraries are case-sensitive"),
                (None, None) => format!(
                    "no given file has its name or defines one of its functions; name its files, or give a file its \
                     name: --native {stem}=FILE"
                ),
            };
            let message = format!("{count} P/Invoke{plural} of `{module}` cannot be compared: {why}");
            self.diagnostics.report(&catalogue::NOTHING_COMPARED, Location::file(path), message);
        }
    }
}
