//! Functions of objects, with their debug information.

use clr_wasm_file::objects::{Binding, Object, ObjectFunction, ObjectKind, Use};
use clr_wasm_file::{DebugFunction, DebugInfo, FuncType, Place, Shape};
use thunkgen_core::collect::LibraryName;
use thunkgen_diagnostics::Mention;

/// An object, a member of an archive, or a linked module.
#[derive(Clone, Copy, Debug)]
pub(super) struct NativeUnit<'n> {
    pub object: &'n Object<'n>,
    /// Its debug information, if it has wanted functions.
    pub info: Option<&'n DebugInfo>,
}

impl<'n> NativeUnit<'n> {
    /// Whether it is the library that a P/Invoke names.
    pub fn is_library(self, module: &str) -> bool {
        // A linked module contains every library.
        self.is_linked() || self.has_name(module)
    }

    /// Whether it has the library's name, or is linked and has P/Invokes of the library.
    pub fn has_name(self, module: &str) -> bool {
        self.object.libraries.iter().any(|name| LibraryName::same(name, module))
    }

    /// Its name, if that is similar to the name in a P/Invoke.
    pub fn meant_by(self, module: &str) -> Option<&'n str> {
        let module = LibraryName::from(module);
        self.object.libraries.iter().map(String::as_str).find(|name| module.is_like(name))
    }

    /// The output of a linker: any function with the name is accepted, and functions may have no names.
    pub fn is_linked(self) -> bool {
        matches!(self.object.kind, ObjectKind::Linked { .. })
    }

    /// LLVM bitcode, in which functions are not read.
    pub fn is_bitcode(self) -> bool {
        self.object.kind == ObjectKind::Bitcode
    }
}

/// A defined function.
#[derive(Clone, Copy, Debug)]
pub(super) struct NativeDefinition<'n> {
    pub unit: NativeUnit<'n>,
    pub function: &'n ObjectFunction<'n>,
    pub debug: Option<&'n DebugFunction>,
}

impl<'n> NativeDefinition<'n> {
    pub fn new(unit: NativeUnit<'n>, function: &'n ObjectFunction<'n>) -> NativeDefinition<'n> {
        NativeDefinition { unit, function, debug: unit.info.and_then(|info| info.function(function)) }
    }

    pub fn ty(&self) -> &'n FuncType {
        &self.function.ty
    }

    pub fn binding(&self) -> Binding {
        self.function.binding
    }

    /// Its parameters and result, from debug information.
    pub fn shape(&self) -> Option<&'n Shape> {
        self.debug?.shape.as_ref()
    }

    /// Whether the linker reports the two as defined twice: it links every object, but of archives only what is missing.
    pub fn is_second(&self, first: &NativeDefinition<'n>) -> bool {
        let (one, other) = (self.unit.object, first.unit.object);
        // One object may be given twice, alone and in an archive.
        let is_same = one.place != other.place && one.bytes == other.bytes;
        let is_object = |one: &NativeDefinition<'_>| !one.unit.is_linked() && !one.unit.object.in_archive;
        is_object(self) && is_object(first) && !is_same
    }

    pub fn is_weak(&self) -> bool {
        self.binding() != Binding::Strong
    }
}

/// A function that is used but not defined here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'n> {
    pub unit: NativeUnit<'n>,
    pub of: &'n Use<'n>,
    pub debug: Option<&'n DebugFunction>,
}

impl<'n> Usage<'n> {
    pub fn new(unit: NativeUnit<'n>, of: &'n Use<'n>) -> Usage<'n> {
        Usage { unit, of, debug: unit.info.and_then(|info| info.declared(of.symbol)) }
    }

    pub fn shape(&self) -> Option<&'n Shape> {
        self.debug?.shape.as_ref()
    }

    /// What the use is, for messages.
    pub fn what(&self) -> &'static str {
        if self.unit.is_linked() || self.of.import.is_some() { "the import" } else { "the caller's declaration" }
    }
}

/// Finds sources: from a path in debug information to one that exists.
pub(super) struct Sources<'s>(pub &'s dyn Fn(&str) -> Option<String>);

impl Sources<'_> {
    /// `native/draw.c:12`; `None` if the file does not exist.
    pub fn spot(&self, place: Option<&Place>) -> Option<String> {
        let place = place?;
        let path = (self.0)(&place.path)?;
        Some(if place.line == 0 { path } else { format!("{path}:{}", place.line) })
    }

    /// The line of a function in its source, for a terminal.
    pub fn mention(&self, symbol: &str, what: &str, debug: Option<&DebugFunction>) -> Option<Mention> {
        let place = debug?.place.as_ref()?;
        let line = u32::try_from(place.line).ok().filter(|&line| line > 0)?;
        Some(Mention { file: (self.0)(&place.path)?, line, name: symbol.to_owned(), what: what.to_owned() })
    }

    /// Where a function is: the object and, if its source exists, the line.
    pub fn place(&self, unit: NativeUnit<'_>, debug: Option<&DebugFunction>) -> String {
        match self.spot(debug.and_then(|debug| debug.place.as_ref())) {
            Some(spot) => format!("{} at {spot}", unit.object.place),
            None => unit.object.place.clone(),
        }
    }
}
