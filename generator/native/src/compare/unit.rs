//! What has functions: an object, or a Rust library as its sources are.

use clr_wasm_file::FuncType;

use clr_wasm_file::objects::{self, Binding, Object, ObjectKind};
use thunkgen_core::collect::LibraryName;
use thunkgen_rust_source::{Crate, Exported, Imported, Unknown};

/// A crate, or a single file, that is a native library.
#[derive(Clone, Debug)]
pub struct RustLibrary {
    /// Names of the libraries it counts as, with `-` and with `_`.
    pub names: Vec<String>,
    /// What its sources say.
    pub source: Crate,
}

/// One of the files of the native side.
#[derive(Clone, Copy, Debug)]
pub(super) enum NativeUnit<'n> {
    Object(&'n Object<'n>),
    Rust(&'n RustLibrary),
}

impl<'n> NativeUnit<'n> {
    /// Whether it counts as the library that a P/Invoke names.
    pub fn is_library(self, module: &str) -> bool {
        match self {
            // A linked module is every library.
            NativeUnit::Object(object) => {
                self.is_linked() || object.libraries.iter().any(|name| LibraryName::same(name, module))
            }
            NativeUnit::Rust(library) => library.names.iter().any(|name| LibraryName::same(name, module)),
        }
    }

    /// Its name, where a P/Invoke seems to mean it by another one.
    pub fn meant_by(self, module: &str) -> Option<&'n str> {
        let names = match self {
            NativeUnit::Object(object) => &object.libraries,
            NativeUnit::Rust(library) => &library.names,
        };
        let module = LibraryName::from(module);
        names.iter().map(String::as_str).find(|name| module.is_like(name))
    }

    /// What a linker has made: any function of the name will do, and those without a name are there too.
    pub fn is_linked(self) -> bool {
        matches!(self, NativeUnit::Object(object) if matches!(object.kind, ObjectKind::Linked { .. }))
    }

    /// What it has is not known.
    pub fn is_bitcode(self) -> bool {
        matches!(self, NativeUnit::Object(object) if object.kind == ObjectKind::Bitcode)
    }

    pub fn is_rust(self) -> bool {
        matches!(self, NativeUnit::Rust(_))
    }

    /// Whether one may be what a compiler made of the other.
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

/// A function that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct NativeDefinition<'n> {
    pub unit: NativeUnit<'n>,
    pub ty: Result<&'n FuncType, &'n Unknown>,
    pub binding: Binding,
    /// The function of an object.
    pub compiled: Option<&'n objects::ObjectFunction<'n>>,
    /// Where it is written, of a Rust function.
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

    /// Whether the two cannot both be linked.
    pub fn is_second(&self, first: &NativeDefinition<'n>) -> bool {
        let is_conditional = |one: &NativeDefinition<'_>| one.source.is_some_and(|function| function.is_conditional);
        let is_one = match (self.unit, first.unit) {
            // One object that was named twice, alone and in an archive.
            (NativeUnit::Object(one), NativeUnit::Object(other)) => {
                one.kind == ObjectKind::Relocatable && one.place != other.place && one.bytes == other.bytes
            }
            // A file that was named beside the crate it is of.
            (NativeUnit::Rust(_), NativeUnit::Rust(_)) => {
                self.source.map(|one| &one.place) == first.source.map(|one| &one.place)
            }
            (one, other) => one.is_linked() || other.is_linked() || one.is_made_of(other),
        };
        !is_one && !is_conditional(self) && !is_conditional(first)
    }
}

/// A function that is used and is somewhere else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'n> {
    pub unit: NativeUnit<'n>,
    /// Module and name of the import, where they are not left to the linker.
    pub import: Option<(&'n str, &'n str)>,
    pub ty: Result<&'n FuncType, &'n Unknown>,
    /// Where it is declared, in Rust.
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

    /// What the use is called.
    pub fn what(&self) -> &'static str {
        match self.unit {
            NativeUnit::Object(_) if self.unit.is_linked() || self.import.is_some() => "its import",
            NativeUnit::Object(_) => "its use",
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

/// `src/lib.rs:12:5`, as Rust's compiler writes it.
pub(super) fn spot(place: &thunkgen_rust_source::Place) -> String {
    match place.line {
        0 => place.path.clone(),
        line => format!("{}:{line}:{}", place.path, place.column),
    }
}
