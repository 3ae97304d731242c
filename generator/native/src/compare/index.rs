//! Which objects have a symbol.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, HashMap};

use super::unit::{NativeDefinition, NativeUnit, Usage};
use clr_wasm_file::DebugInfo;
use clr_wasm_file::objects::{Binding, Object, ObjectKind};
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::nearest_name::NearestName;

/// The functions and uses of the wanted symbols. Nothing is iterated in hash order.
pub(super) struct Index<'n> {
    units: Vec<NativeUnit<'n>>,
    symbols: HashMap<&'n str, FoundSymbol<'n>>,
    /// Places of the files, by the name of a library without its decoration.
    libraries: HashMap<&'n str, &'n str>,
    /// Computed for the first missing function.
    visible_names: OnceCell<Visible<'n>>,
    names_compared: Cell<usize>,
}

/// Functions and uses of one symbol, in the order of the files.
#[derive(Default)]
pub(super) struct FoundSymbol<'n> {
    pub functions: Vec<NativeDefinition<'n>>,
    pub uses: Vec<Usage<'n>>,
}

impl<'n> Index<'n> {
    /// `debug` is the debug information of each object; `wrapped` changes the symbols of references.
    pub fn new(
        objects: &'n [Object<'n>],
        debug: &'n [Option<DebugInfo>],
        declarations: &'n Declarations,
        wrapped: &BTreeMap<String, String>,
    ) -> Index<'n> {
        let mut symbols: HashMap<&str, FoundSymbol<'n>> =
            entry_points(declarations).map(|symbol| (symbol, FoundSymbol::default())).collect();
        let debug = debug.iter().map(Option::as_ref);
        let units: Vec<_> = objects.iter().zip(debug).map(|(object, info)| NativeUnit { object, info }).collect();
        for unit in &units {
            for function in &unit.object.functions {
                if let Some(found) = symbols.get_mut(function.symbol) {
                    found.functions.push(NativeDefinition::new(*unit, function));
                }
            }
            for one in &unit.object.uses {
                // The name of an import may be wanted too.
                let field = one.import.map(|(_, field)| field).filter(|field| *field != one.symbol);
                let symbol = wrapped.get(one.symbol).map_or(one.symbol, String::as_str);
                for name in [Some(symbol), field].into_iter().flatten() {
                    if let Some(found) = symbols.get_mut(name) {
                        found.uses.push(Usage::new(*unit, one));
                    }
                }
            }
        }
        let mut libraries = HashMap::new();
        for object in objects {
            for name in &object.libraries {
                libraries.entry(LibraryName::stem_of(name)).or_insert(&*object.place);
            }
        }
        Index { units, symbols, libraries, visible_names: OnceCell::new(), names_compared: Cell::new(0) }
    }

    pub fn find(&self, symbol: &str) -> Option<&FoundSymbol<'n>> {
        self.symbols.get(symbol)
    }

    /// The functions with this name that are visible to other objects. The first is the one that the linker uses.
    pub fn visible(&self, symbol: &str) -> Vec<NativeDefinition<'n>> {
        let all = self.find(symbol).map_or(&[][..], |found| &found.functions);
        let mut visible: Vec<_> = all.iter().copied().filter(|function| function.binding() != Binding::Local).collect();
        // The linker uses all objects, and strong functions before weak ones; then the first archive that has a missing symbol.
        visible.sort_by_key(|one| (one.unit.object.in_archive, !one.unit.object.in_archive && one.is_weak()));
        visible
    }

    /// Whether a file has the library's name, or a linked module has P/Invokes of the library.
    pub fn has_library(&self, module: &str) -> bool {
        self.place_of_library(module).is_some()
    }

    /// A file with the library's name.
    pub fn place_of_library(&self, module: &str) -> Option<&'n str> {
        self.libraries.get(LibraryName::stem_of(module)).copied()
    }

    /// Whether there is a linked module, which contains every library.
    pub fn has_linked(&self) -> bool {
        self.units.iter().any(|unit| unit.is_linked())
    }

    /// The name of a file that is similar to the library's name.
    pub fn meant_by(&self, module: &str) -> Option<&'n str> {
        self.units.iter().find_map(|unit| unit.meant_by(module))
    }

    /// Whether a file is the library and has names for all of its functions.
    pub fn has_named_library(&self, module: &str) -> bool {
        self.units.iter().any(|unit| !unit.is_linked() && !unit.is_bitcode() && unit.is_library(module))
    }

    /// The first linked module in which only exported functions have names.
    pub fn nameless(&self) -> Option<&'n Object<'n>> {
        self.objects().find(|object| object.kind == ObjectKind::Linked { names: false })
    }

    fn objects(&self) -> impl Iterator<Item = &'n Object<'n>> {
        self.units.iter().map(|unit| unit.object)
    }

    /// The first bitcode of the library; with `None`, of any library.
    pub fn bitcode(&self, module: Option<&str>) -> Option<&'n Object<'n>> {
        let is_asked = |unit: &&NativeUnit<'_>| module.is_none_or(|module| unit.is_library(module));
        self.units.iter().filter(|unit| unit.is_bitcode()).find(is_asked).map(|unit| unit.object)
    }

    /// The most similar symbol and its definition; the same name in C++ comes first.
    pub fn nearest(&self, symbol: &str) -> Option<(&'n str, NativeDefinition<'n>)> {
        let Visible { names, definitions } = self.visible_names.get_or_init(|| self.all_visible());
        let mangled = names.starting_with(&format!("_Z{}{symbol}", symbol.len())).next();
        // A name with another number is another function: `glVertex2f`, `glVertex3f`.
        let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
        let own = digits(symbol);
        let passes = |name: &str| {
            self.names_compared.set(self.names_compared.get() + 1);
            digits(name) == own
        };
        let name = mangled.or_else(|| names.find_where(symbol, passes))?;
        definitions.get_key_value(name).map(|(name, definition)| (*name, *definition))
    }

    /// How many names were compared by [`Self::nearest`].
    pub fn names_compared(&self) -> usize {
        self.names_compared.get()
    }

    /// Every function that is visible to other objects; of several with one name, the first.
    fn all_visible(&self) -> Visible<'n> {
        let all = self.units.iter().flat_map(|unit| {
            unit.object.functions.iter().map(move |function| (function.symbol, NativeDefinition::new(*unit, function)))
        });
        let mut definitions: HashMap<&str, NativeDefinition<'n>> = HashMap::new();
        for (name, function) in all.filter(|(_, function)| function.binding() != Binding::Local) {
            definitions.entry(name).or_insert(function);
        }
        Visible { names: NearestName::new(definitions.keys().copied()), definitions }
    }
}

/// The symbols that managed code uses or exports.
pub(super) fn entry_points(declarations: &Declarations) -> impl Iterator<Item = &str> {
    let all = declarations.functions.iter().chain(&declarations.callbacks);
    all.filter_map(|declaration| declaration.entry_point.as_deref())
}

/// The functions among which a similar name is searched.
struct Visible<'n> {
    names: NearestName<'n>,
    definitions: HashMap<&'n str, NativeDefinition<'n>>,
}
