//! Which objects have a symbol.

use std::collections::HashMap;

use super::objects::{Binding, Function, Kind, Object, Use};
use crate::collect::ir::declarations::Declarations;

/// The functions and uses of the symbols that are asked for. Nothing is iterated in hash order.
pub(super) struct Index<'n, 'a> {
    pub objects: &'n [Object<'a>],
    symbols: HashMap<&'n str, Found<'n, 'a>>,
}

/// What the objects have of one symbol, in their order.
#[derive(Default)]
pub(super) struct Found<'n, 'a> {
    pub functions: Vec<(&'n Object<'a>, &'n Function<'a>)>,
    pub uses: Vec<(&'n Object<'a>, &'n Use<'a>)>,
}

impl<'n, 'a> Index<'n, 'a> {
    pub fn new(objects: &'n [Object<'a>], declarations: &'n Declarations) -> Index<'n, 'a> {
        let all = declarations.functions.iter().chain(&declarations.callbacks);
        let mut symbols: HashMap<&str, Found<'n, 'a>> =
            all.filter_map(|declaration| Some((declaration.entry_point.as_deref()?, Found::default()))).collect();
        for object in objects {
            for function in &object.functions {
                if let Some(found) = symbols.get_mut(function.symbol) {
                    found.functions.push((object, function));
                }
            }
            for one in &object.uses {
                // An import may be asked for by its own name too.
                let field = one.import.map(|(_, field)| field).filter(|field| *field != one.symbol);
                for name in [Some(one.symbol), field].into_iter().flatten() {
                    if let Some(found) = symbols.get_mut(name) {
                        found.uses.push((object, one));
                    }
                }
            }
        }
        Index { objects, symbols }
    }

    pub fn find(&self, symbol: &str) -> Option<&Found<'n, 'a>> {
        self.symbols.get(symbol)
    }

    /// The functions other objects see by this name, those that count before the others.
    pub fn visible(&self, symbol: &str) -> Vec<(&'n Object<'a>, &'n Function<'a>)> {
        let all = self.find(symbol).map_or(&[][..], |found| &found.functions);
        let mut visible: Vec<_> = all.iter().copied().filter(|(_, f)| f.binding != Binding::Local).collect();
        visible.sort_by_key(|(_, function)| function.binding != Binding::Strong);
        // One object that was named twice, alone and in an archive, is no second definition.
        let mut distinct: Vec<(&Object<'a>, &Function<'a>)> = Vec::new();
        for (object, function) in visible {
            let is_copy = object.kind == Kind::Relocatable
                && distinct.iter().any(|(other, _)| other.place != object.place && other.bytes == object.bytes);
            if !is_copy {
                distinct.push((object, function));
            }
        }
        distinct
    }

    /// Whether some object is the library.
    pub fn has_library(&self, module: &str) -> bool {
        self.objects.iter().any(|object| object.is_library(module))
    }

    /// The linked modules of whose functions only the exported ones have names.
    pub fn nameless(&self) -> Option<&'n Object<'a>> {
        self.objects.iter().find(|object| object.kind == Kind::Linked { names: false })
    }

    /// The symbol most like this one, and where it is: the same name in C++ first.
    pub fn nearest(&self, symbol: &str) -> Option<(&'n str, &'n Object<'a>)> {
        let mangled = format!("_Z{}{symbol}", symbol.len());
        let mut best: Option<(f64, &str, &Object<'a>)> = None;
        for object in self.objects {
            for function in object.functions.iter().filter(|function| function.binding != Binding::Local) {
                let likeness = if function.symbol.starts_with(&mangled) {
                    2.0
                } else {
                    strsim::normalized_damerau_levenshtein(symbol, function.symbol)
                };
                if likeness > best.map_or(MIN_LIKENESS, |(best, ..)| best) {
                    best = Some((likeness, function.symbol, object));
                }
            }
        }
        best.map(|(_, name, object)| (name, object))
    }
}

/// Names less alike than this have nothing to do with each other; 1 is equality.
const MIN_LIKENESS: f64 = 0.7;
