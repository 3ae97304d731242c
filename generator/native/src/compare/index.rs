//! Finds the objects and Rust sources that define or use a symbol.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::unit::{NativeDefinition, NativeUnit, RustLibrary, Usage};
use clr_wasm_file::objects::{Binding, Object, ObjectKind};
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_rust_source::{Hidden, Unexpanded};

/// The definitions and uses of the declared symbols. Nothing is iterated in hash order.
pub(super) struct Index<'n> {
    objects: &'n [Object<'n>],
    rust: &'n [RustLibrary],
    symbols: HashMap<&'n str, FoundSymbol<'n>>,
    /// Built when the first function is missing.
    visible_names: OnceCell<Visible<'n>>,
}

/// The definitions and uses of one symbol, in the order of the files.
#[derive(Default)]
pub(super) struct FoundSymbol<'n> {
    pub functions: Vec<NativeDefinition<'n>>,
    pub uses: Vec<Usage<'n>>,
}

impl<'n> Index<'n> {
    pub fn new(objects: &'n [Object<'n>], rust: &'n [RustLibrary], declarations: &'n Declarations) -> Index<'n> {
        let all = declarations.functions.iter().chain(&declarations.callbacks);
        let mut symbols: HashMap<&str, FoundSymbol<'n>> =
            all.filter_map(|declaration| Some((declaration.entry_point.as_deref()?, FoundSymbol::default()))).collect();
        for object in objects {
            for function in &object.functions {
                if let Some(found) = symbols.get_mut(function.symbol) {
                    found.functions.push(NativeDefinition::of_object(object, function));
                }
            }
            for one in &object.uses {
                // An import may also be looked up by its own name.
                let field = one.import.map(|(_, field)| field).filter(|field| *field != one.symbol);
                for name in [Some(one.symbol), field].into_iter().flatten() {
                    if let Some(found) = symbols.get_mut(name) {
                        found.uses.push(Usage::of_object(object, one));
                    }
                }
            }
        }
        for library in rust {
            for function in &library.source.functions {
                if let Some(found) = symbols.get_mut(&*function.symbol) {
                    found.functions.push(NativeDefinition::of_rust(library, function));
                }
            }
            for one in &library.source.imports {
                if let Some(found) = symbols.get_mut(&*one.symbol) {
                    found.uses.push(Usage::of_rust(library, one));
                }
            }
        }
        Index { objects, rust, symbols, visible_names: OnceCell::new() }
    }

    pub fn find(&self, symbol: &str) -> Option<&FoundSymbol<'n>> {
        self.symbols.get(symbol)
    }

    /// The visible functions with this name, preferred ones first.
    pub fn visible(&self, symbol: &str) -> Vec<NativeDefinition<'n>> {
        let all = self.find(symbol).map_or(&[][..], |found| &found.functions);
        let mut visible: Vec<_> = all.iter().copied().filter(|function| function.binding != Binding::Local).collect();
        visible.sort_by_key(|function| function.binding != Binding::Strong);
        visible
    }

    /// Whether a file is the library.
    pub fn has_library(&self, module: &str) -> bool {
        self.units().any(|unit| unit.is_library(module))
    }

    /// Whether a file is the library and has the names of all its functions.
    pub fn has_named_library(&self, module: &str) -> bool {
        self.units().any(|unit| !unit.is_linked() && !unit.is_bitcode() && unit.is_library(module))
    }

    /// Whether Rust sources are the library.
    pub fn is_rust(&self, module: &str) -> bool {
        self.units().any(|unit| unit.is_rust() && unit.is_library(module))
    }

    fn units(&self) -> impl Iterator<Item = NativeUnit<'n>> {
        self.objects.iter().map(NativeUnit::Object).chain(self.rust.iter().map(NativeUnit::Rust))
    }

    /// A linked module in which only exported functions have names.
    pub fn nameless(&self) -> Option<&'n Object<'n>> {
        self.objects.iter().find(|object| object.kind == ObjectKind::Linked { names: false })
    }

    /// A bitcode file of the library, or of any library for `None`.
    pub fn bitcode(&self, module: Option<&str>) -> Option<&'n Object<'n>> {
        let is_asked = |object: &&Object<'_>| module.is_none_or(|module| NativeUnit::Object(object).is_library(module));
        self.objects.iter().filter(|object| object.kind == ObjectKind::Bitcode).find(is_asked)
    }

    /// A Rust function with the name that is not exported under it.
    pub fn hidden(&self, name: &str) -> Option<&'n Hidden> {
        let all = self.rust.iter().flat_map(|library| &library.source.hidden);
        all.filter(|hidden| hidden.name == name).max_by_key(|hidden| (hidden.exported_as.is_some(), hidden.is_c))
    }

    /// Macros in the sources of a library, or in all, that may define what is missing.
    pub fn unexpanded(&self, module: Option<&str>) -> Vec<&'n Unexpanded> {
        let is_asked =
            |library: &&RustLibrary| module.is_none_or(|module| NativeUnit::Rust(library).is_library(module));
        self.rust.iter().filter(is_asked).flat_map(|library| &library.source.unexpanded).collect()
    }

    /// The most similar symbol and its definition: the same name in C++ first.
    pub fn nearest(&self, symbol: &str) -> Option<(&'n str, NativeDefinition<'n>)> {
        let Visible { names, definitions } = self.visible_names.get_or_init(|| self.all_visible());
        let mangled = names.starting_with(&format!("_Z{}{symbol}", symbol.len())).next();
        // A different number in the name means a different function.
        let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
        let own = digits(symbol);
        let name = mangled.or_else(|| names.find_where(symbol, |name| digits(name) == own))?;
        definitions.get_key_value(name).map(|(name, definition)| (*name, *definition))
    }

    /// Every visible function; the first of several with the same name.
    fn all_visible(&self) -> Visible<'n> {
        let of_objects = self.objects.iter().flat_map(|object| {
            object
                .functions
                .iter()
                .map(move |function| (function.symbol, NativeDefinition::of_object(object, function)))
        });
        let of_rust = self.rust.iter().flat_map(|library| {
            let functions = library.source.functions.iter();
            functions.map(move |function| (&*function.symbol, NativeDefinition::of_rust(library, function)))
        });
        let mut definitions: HashMap<&str, NativeDefinition<'n>> = HashMap::new();
        for (name, function) in of_objects.chain(of_rust).filter(|(_, function)| function.binding != Binding::Local) {
            definitions.entry(name).or_insert(function);
        }
        Visible { names: NearestName::new(definitions.keys().copied()), definitions }
    }
}

/// The functions to suggest for a misspelled name.
struct Visible<'n> {
    names: NearestName<'n>,
    definitions: HashMap<&'n str, NativeDefinition<'n>>,
}
