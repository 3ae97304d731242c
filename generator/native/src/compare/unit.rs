//! What has functions: an object, or a Rust library as its sources are.

use clr_wasm_file::FuncType;

use clr_wasm_file::objects::{self, Binding, Kind, Object};
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
pub(super) enum Unit<'n> {
    Object(&'n Object<'n>),
    Rust(&'n RustLibrary),
}

impl<'n> Unit<'n> {
    /// Whether it counts as the library that a P/Invoke names.
    pub fn is_library(self, module: &str) -> bool {
        match self {
            // A linked module is every library.
            Unit::Object(object) => {
                self.is_linked() || object.libraries.iter().any(|name| LibraryName::same(name, module))
            }
            Unit::Rust(library) => library.names.iter().any(|name| LibraryName::same(name, module)),
        }
    }

    /// Its name, where a P/Invoke seems to mean it by another one.
    pub fn meant_by(self, module: &str) -> Option<&'n str> {
        let names = match self {
            Unit::Object(object) => &object.libraries,
            Unit::Rust(library) => &library.names,
        };
        let module = LibraryName::from(module);
        names.iter().map(String::as_str).find(|name| module.is_like(name))
    }

    /// What a linker has made: any function of the name will do, and those without a name are there too.
    pub fn is_linked(self) -> bool {
        matches!(self, Unit::Object(object) if matches!(object.kind, Kind::Linked { .. }))
    }

    /// What it has is not known.
    pub fn is_bitcode(self) -> bool {
        matches!(self, Unit::Object(object) if object.kind == Kind::Bitcode)
    }

    pub fn is_rust(self) -> bool {
        matches!(self, Unit::Rust(_))
    }

    /// Whether one may be what a compiler made of the other.
    fn is_made_of(self, other: Unit<'_>) -> bool {
        match (self, other) {
            (Unit::Rust(library), Unit::Object(object)) | (Unit::Object(object), Unit::Rust(library)) => {
                library.names.iter().any(|name| object.libraries.iter().any(|of| LibraryName::same(name, of)))
            }
            (Unit::Object(_), Unit::Object(_)) | (Unit::Rust(_), Unit::Rust(_)) => false,
        }
    }
}

/// A function that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition<'n> {
    pub unit: Unit<'n>,
    pub ty: Result<&'n FuncType, &'n Unknown>,
    pub binding: Binding,
    /// The function of an object.
    pub compiled: Option<&'n objects::Function<'n>>,
    /// Where it is written, of a Rust function.
    pub source: Option<&'n Exported>,
}

impl<'n> Definition<'n> {
    pub fn of_object(object: &'n Object<'n>, function: &'n objects::Function<'n>) -> Definition<'n> {
        Definition {
            unit: Unit::Object(object),
            ty: Ok(&*function.ty),
            binding: function.binding,
            compiled: Some(function),
            source: None,
        }
    }

    pub fn of_rust(library: &'n RustLibrary, function: &'n Exported) -> Definition<'n> {
        Definition {
            unit: Unit::Rust(library),
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
    pub fn is_second(&self, first: &Definition<'n>) -> bool {
        let is_conditional = |one: &Definition<'_>| one.source.is_some_and(|function| function.is_conditional);
        let is_one = match (self.unit, first.unit) {
            // One object that was named twice, alone and in an archive.
            (Unit::Object(one), Unit::Object(other)) => {
                one.kind == Kind::Relocatable && one.place != other.place && one.bytes == other.bytes
            }
            // A file that was named beside the crate it is of.
            (Unit::Rust(_), Unit::Rust(_)) => self.source.map(|one| &one.place) == first.source.map(|one| &one.place),
            (one, other) => one.is_linked() || other.is_linked() || one.is_made_of(other),
        };
        !is_one && !is_conditional(self) && !is_conditional(first)
    }
}

/// A function that is used and is somewhere else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage<'n> {
    pub unit: Unit<'n>,
    /// Module and name of the import, where they are not left to the linker.
    pub import: Option<(&'n str, &'n str)>,
    pub ty: Result<&'n FuncType, &'n Unknown>,
    /// Where it is declared, in Rust.
    pub source: Option<&'n Imported>,
}

impl<'n> Usage<'n> {
    pub fn of_object(object: &'n Object<'n>, one: &'n objects::Use<'n>) -> Usage<'n> {
        Usage { unit: Unit::Object(object), import: one.import, ty: Ok(&*one.ty), source: None }
    }

    pub fn of_rust(library: &'n RustLibrary, one: &'n Imported) -> Usage<'n> {
        Usage {
            unit: Unit::Rust(library),
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
            Unit::Object(_) if self.unit.is_linked() || self.import.is_some() => "its import",
            Unit::Object(_) => "its use",
            Unit::Rust(_) => "its declaration",
        }
    }
}

fn place(unit: Unit<'_>, source: Option<&thunkgen_rust_source::Place>) -> String {
    match (unit, source) {
        (_, Some(place)) => spot(place),
        (Unit::Object(object), None) => object.place.clone(),
        (Unit::Rust(library), None) => library.source.name.clone(),
    }
}

/// `src/lib.rs:12:5`, as Rust's compiler writes it.
pub(super) fn spot(place: &thunkgen_rust_source::Place) -> String {
    match place.line {
        0 => place.path.clone(),
        line => format!("{}:{line}:{}", place.path, place.column),
    }
}
