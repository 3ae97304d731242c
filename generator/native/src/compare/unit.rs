//! The files with functions: objects, and the sources of Rust libraries.

use clr_wasm_file::FuncType;

use clr_wasm_file::objects::{self, Binding, Object, ObjectKind};
use thunkgen_core::collect::LibraryName;
use thunkgen_rust_source::{Crate, Exported, Imported, Unknown};

/// The sources of a native library: a crate or a single file.
#[derive(Clone, Debug)]
pub struct RustLibrary {
    /// Names of the libraries it belongs to, with `-` and with `_`.
    pub names: Vec<String>,
    /// The content of its sources.
    pub source: Crate,
}

/// A file of the native side.
#[derive(Clone, Copy, Debug)]
pub(super) enum NativeUnit<'n> {
    Object(&'n Object<'n>),
    Rust(&'n RustLibrary),
}

impl<'n> NativeUnit<'n> {
    /// Whether it belongs to the library that a P/Invoke names.
    pub fn is_library(self, module: &str) -> bool {
        match self {
            // A linked module may contain every library.
            NativeUnit::Object(object) => {
                self.is_linked() || object.libraries.iter().any(|name| LibraryName::same(name, module))
            }
            NativeUnit::Rust(library) => library.names.iter().any(|name| LibraryName::same(name, module)),
        }
    }

    /// Its name, if a P/Invoke seems to misspell it.
    pub fn meant_by(self, module: &str) -> Option<&'n str> {
        let names = match self {
            NativeUnit::Object(object) => &object.libraries,
            NativeUnit::Rust(library) => &library.names,
        };
        let module = LibraryName::from(module);
        names.iter().map(String::as_str).find(|name| module.is_like(name))
    }

    /// Whether it is a linked module: any function with the name may be the right one, and some have no name.
    pub fn is_linked(self) -> bool {
        matches!(self, NativeUnit::Object(object) if matches!(object.kind, ObjectKind::Linked { .. }))
    }

    /// Whether its content is unknown.
    pub fn is_bitcode(self) -> bool {
        matches!(self, NativeUnit::Object(object) if object.kind == ObjectKind::Bitcode)
    }

    pub fn is_rust(self) -> bool {
        matches!(self, NativeUnit::Rust(_))
    }

    /// Whether one may be compiled from the other.
    fn is_made_of(self, other: NativeUnit<'_>) -> bool {
        match (self, other) {
            (NativeUnit::Rust(library), NativeUnit::Object(object))
            | (NativeUnit::Object(object), NativeUnit::Rust(library)) => {
                library.names.iter().any(|name| object.libraries.iter().any(|of| LibraryName::same(name, of)))
            }
            (NativeUnit::Object(_), NativeUnit::Object(_)) | (NativeUnit::Rust(_), NativeUnit::Rust(_)) => false,
        }
    }
}

/// A defined function.
#[derive(Clone, Copy, Debug)]
pub(super) struct NativeDefinition<'n> {
    pub unit: NativeUnit<'n>,
    pub ty: Result<&'n FuncType, &'n Unknown>,
    pub binding: Binding,
    /// The function of an object.
    pub compiled: Option<&'n objects::ObjectFunction<'n>>,
    /// The source of a Rust function.
    pub source: Option<&'n Exported>,
}

impl<'n> NativeDefinition<'n> {
    pub fn of_object(object: &'n Object<'n>, function: &'n objects::ObjectFunction<'n>) -> NativeDefinition<'n> {
        NativeDefinition {
            unit: NativeUnit::Object(object),
            ty: Ok(&*function.ty),
            binding: function.binding,
            compiled: Some(function),
            source: None,
        }
    }

    pub fn of_rust(library: &'n RustLibrary, function: &'n Exported) -> NativeDefinition<'n> {
        NativeDefinition {
            unit: NativeUnit::Rust(library),
            ty: function.shape.as_ref().map(|shape| &shape.ty),
            binding: Binding::Strong,
            compiled: None,
            source: Some(function),
        }
    }

    /// The object, or the place in the source.
    pub fn place(&self) -> String {
        place(self.unit, self.source.map(|function| &function.place))
    }

    /// Whether the two cannot be linked together.
    pub fn is_second(&self, first: &NativeDefinition<'n>) -> bool {
        let is_conditional = |one: &NativeDefinition<'_>| one.source.is_some_and(|function| function.is_conditional);
        let is_one = match (self.unit, first.unit) {
            // The same object, alone and in an archive.
            (NativeUnit::Object(one), NativeUnit::Object(other)) => {
                one.kind == ObjectKind::Relocatable && one.place != other.place && one.bytes == other.bytes
            }
            // A file that was also named as part of its crate.
            (NativeUnit::Rust(_), NativeUnit::Rust(_)) => {
                self.source.map(|one| &one.place) == first.source.map(|one| &one.place)
            }
            (one, other) => one.is_linked() || other.is_linked() || one.is_made_of(other),
        };
        !is_one && !is_conditional(self) && !is_conditional(first)
    }
}

/// A function that is used but not defined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'n> {
    pub unit: NativeUnit<'n>,
    /// Module and name of the import, if the source specifies them.
    pub import: Option<(&'n str, &'n str)>,
    pub ty: Result<&'n FuncType, &'n Unknown>,
    /// Its declaration in Rust.
    pub source: Option<&'n Imported>,
}

impl<'n> Usage<'n> {
    pub fn of_object(object: &'n Object<'n>, one: &'n objects::Use<'n>) -> Usage<'n> {
        Usage { unit: NativeUnit::Object(object), import: one.import, ty: Ok(&*one.ty), source: None }
    }

    pub fn of_rust(library: &'n RustLibrary, one: &'n Imported) -> Usage<'n> {
        Usage {
            unit: NativeUnit::Rust(library),
            import: one.module.as_deref().map(|module| (module, &*one.symbol)),
            ty: one.shape.as_ref().map(|shape| &shape.ty),
            source: Some(one),
        }
    }

    /// The object, or the place in the source.
    pub fn place(&self) -> String {
        place(self.unit, self.source.map(|function| &function.place))
    }

    /// The use in messages.
    pub fn what(&self) -> &'static str {
        match self.unit {
            NativeUnit::Object(_) if self.unit.is_linked() || self.import.is_some() => "its import",
            NativeUnit::Object(_) => "the caller",
            NativeUnit::Rust(_) => "its declaration",
        }
    }
}

fn place(unit: NativeUnit<'_>, source: Option<&thunkgen_rust_source::Place>) -> String {
    match (unit, source) {
        (_, Some(place)) => spot(place),
        (NativeUnit::Object(object), None) => object.place.clone(),
        (NativeUnit::Rust(library), None) => library.source.name.clone(),
    }
}

/// `src/lib.rs:12:5`, the form that rustc uses.
pub(super) fn spot(place: &thunkgen_rust_source::Place) -> String {
    match place.line {
        0 => place.path.clone(),
        line => format!("{}:{line}:{}", place.path, place.column),
    }
}
