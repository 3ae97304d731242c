//! The parts of a wasm module that are needed to find the function of a table slot: types, functions and their bodies,
//! element and data segments, names (WebAssembly core specification, 5.5); and the wrapper of a Webcil image.
//!
//! Modules are not validated: an invalid module is read if its sections can be parsed.

mod read;
mod segments;
mod tables;
mod webcil_wrapper;

use std::ops::Range;

pub(crate) use read::{MAX_ENTRIES, function_names, over_limit};
pub use read::{OVER_LIMIT, TOO_MANY_PARAMS};
pub use segments::{DataSegment, ElementSegment, Placement};
pub use tables::{CallbackRow, CallbackTable, InitialMemory, PInvokeTable, ThunkRow, ThunkTable};
pub use webcil_wrapper::{Announced, Bases};

use crate::FuncType;

/// A part of a module contradicts its own format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}, file offset 0x{offset:x}: {reason}")]
#[non_exhaustive]
pub struct ReadError {
    /// Part of the file, such as a section.
    pub part: &'static str,
    /// Offset in bytes from the start of the file.
    pub offset: usize,
    /// What was expected.
    pub reason: &'static str,
}

/// First bytes of a core module.
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// A wasm module.
///
/// ```
/// use clr_wasm_file::WasmModule;
/// let module = WasmModule::open(b"\0asm\x01\0\0\0").unwrap().unwrap();
/// assert_eq!((module.function_count(), module.wrapper_version()), (0, None));
/// assert!(WasmModule::open(b"\0asm\x0d\0\x01\0").unwrap().is_none(), "a component");
/// ```
#[derive(Clone, Debug, Default)]
pub struct WasmModule<'a> {
    /// In order.
    pub imports: Vec<Import<'a>>,
    /// In order.
    pub exports: Vec<Export<'a>>,
    /// By type index; `None` if it is not a function type.
    pub types: Vec<Option<FuncType>>,
    /// In order.
    pub elements: Vec<ElementSegment>,
    /// In order.
    pub data: Vec<DataSegment<'a>>,
    /// The error that ended the reading of the name section: engines ignore a malformed one.
    pub names_error: Option<ReadError>,
    /// Whether it is a relocatable object: it has a `linking` section (WebAssembly tool conventions, Linking).
    pub is_relocatable: bool,
    /// Type index of every function, imported ones first.
    function_types: Vec<u32>,
    imported_functions: u32,
    /// Bodies of the functions that are not imported.
    bodies: Vec<Body<'a>>,
    /// Value of each global that starts as an `i32.const`, imported ones first.
    globals: Vec<Option<i32>>,
    /// Index in `imports` of each imported global.
    imported_globals: Vec<usize>,
    /// Index of the function that runs when the module is instantiated.
    start: Option<u32>,
    /// Sorted by function index.
    names: Vec<(u32, &'a str)>,
    /// Index of the element segment that fills the table slots.
    table_segment: Option<usize>,
}

/// Body of a function, from the declaration of its locals to its last `end`.
#[derive(Clone, Copy, Debug)]
struct Body<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// Kind of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternKind {
    /// A function.
    Function,
    /// A table.
    Table,
    /// A memory.
    Memory,
    /// A global.
    Global {
        /// Whether it can be changed.
        mutable: bool,
    },
    /// An exception tag.
    Tag,
}

/// An import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// Name of the module.
    pub module: &'a str,
    /// Name in that module.
    pub name: &'a str,
    /// What it is.
    pub kind: ExternKind,
}

/// An export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// Its exported name.
    pub name: &'a str,
    /// Its kind; `mutable` is always false for a global.
    pub kind: ExternKind,
    /// Index in the index space of its kind.
    pub index: u32,
}

/// A function of a module.
#[derive(Clone, Debug)]
pub struct WasmFunction<'m, 'a> {
    /// Index in the module, imported functions first.
    pub index: u32,
    /// See [`WasmModule::name`].
    pub name: Option<&'a str>,
    /// `None` if the type index is out of range or not a function type.
    pub ty: Option<&'m FuncType>,
    /// From the declaration of the locals to the last `end`; `None` for an imported function.
    pub body: Option<&'a [u8]>,
    /// Byte range of the body in the file; empty for an imported function.
    pub range: Range<usize>,
}

impl<'a> WasmModule<'a> {
    /// Reads a module; `None` if the bytes are not a core module.
    ///
    /// Fails at a section that contradicts its own format.
    pub fn open(bytes: &'a [u8]) -> Result<Option<WasmModule<'a>>, ReadError> {
        if bytes.starts_with(MAGIC) { read::read(bytes).map(Some) } else { Ok(None) }
    }

    /// Number of functions, imported ones included.
    pub fn function_count(&self) -> usize {
        self.function_types.len()
    }

    /// Number of imported functions, which have the lowest indices.
    pub fn imported_function_count(&self) -> u32 {
        self.imported_functions
    }

    /// The function with this index.
    pub fn function(&self, index: u32) -> Option<WasmFunction<'_, 'a>> {
        let ty = *self.function_types.get(index as usize)?;
        let ty = self.types.get(ty as usize).and_then(Option::as_ref);
        let body = index.checked_sub(self.imported_functions).and_then(|own| self.bodies.get(own as usize));
        let range = body.map_or(0..0, |body| body.offset..body.offset + body.bytes.len());
        Some(WasmFunction { index, name: self.name(index), ty, body: body.map(|body| body.bytes), range })
    }

    /// Index of the function in a table slot, relative to the module's first slot.
    pub fn slot(&self, slot: u32) -> Option<u32> {
        self.table_functions().get(slot as usize).copied().flatten()
    }

    /// The functions in the table slots that the module fills, starting at its first slot.
    pub fn table_functions(&self) -> &[Option<u32>] {
        self.table_segment.and_then(|index| self.elements.get(index)).map_or(&[], |segment| &segment.functions)
    }

    /// The functions that have names, sorted by function index.
    pub fn names(&self) -> &[(u32, &'a str)] {
        &self.names
    }

    /// The import of the global with this index; `None` for a global that is not imported.
    pub fn imported_global(&self, index: u32) -> Option<&Import<'a>> {
        self.imports.get(*self.imported_globals.get(index as usize)?)
    }

    /// The name of a function: from the name section, or, if that has no function names, its first export.
    pub fn name(&self, function: u32) -> Option<&'a str> {
        let at = self.names.binary_search_by_key(&function, |(index, _)| *index).ok()?;
        self.names.get(at).map(|(_, name)| *name)
    }
}
