//! Reads .NET images: containers, metadata tables and heaps, signatures, custom attributes and IL (ECMA-335 partition II,
//! the Webcil format).
//!
//! Zero-copy over the input bytes, no policy, and no panic on any input: every access is checked, every loop is bounded
//! by the input's size, and a failure is a [`ReadError`] that says where and what was expected.
//!
//! ```
//! // examples/Natives.cs is its source.
//! let bytes = std::fs::read("examples/Natives.dll").unwrap();
//! let module = clr_metadata::open(&bytes)?.expect("a managed image");
//! let pinvokes = module.pinvokes()?;
//! let lines: Vec<String> = pinvokes
//!     .iter()
//!     .map(|p| format!("{} {}.{}: {} in {}", p.token, p.declaring_type, p.method, p.entry_point, p.module))
//!     .collect();
//! assert_eq!(lines, [
//!     "0x06000003 Sample.Natives.sqrt: sqrt in libm",
//!     "0x06000004 Sample.Natives+Nested.ProcessId: getpid in libc",
//! ]);
//! # Ok::<(), clr_metadata::ReadError>(())
//! ```
//!
//! [`Module::tables`] has all the rest, by table and [column](columns).

mod attribute;
mod container;
pub mod cursor;
mod debug_directory;
pub mod element;
mod error;
mod heaps;
pub mod il;
mod lookups;
mod marshal_descriptor;
mod module;
pub mod pdb;
mod pinvoke;
mod primitive;
mod root;
mod schema;
mod signature_blob;
mod tables;
mod token;

pub use attribute::{AttributeArguments, AttributeValue, EnumResolver, NamedArgument, decode_arguments};
pub use container::{Container, DataDirectory, Image, NotManaged};
pub use debug_directory::DebugDirectory;
pub use error::{Place, ReadError};
pub use heaps::Heaps;
pub use marshal_descriptor::{MarshalDescriptor, UnmanagedType, decode_custom_marshaler, decode_marshal};
pub use module::Module;
pub use pinvoke::PInvoke;
pub use primitive::Primitive;
pub use schema::{Any, Blob, Coded, Column, ColumnKind, ColumnType, Guid, List, Number, Row, TableId, Text, columns};
pub use signature_blob::{
    ArrayShape, CallConv, LocalsSig, MAX_TYPE_DEPTH, MAX_TYPE_PARTS, MethodSig, ParamSig, StandAloneSig, TypeSig,
    decode_field, decode_method, decode_method_spec, decode_property, decode_stand_alone, decode_type_spec,
};
pub use tables::Tables;
pub use token::{CodedIndex, Token};

/// Opens an image; `None` when the bytes are not a managed image: [`NotManaged`] says what they are.
///
/// ```
/// assert!(clr_metadata::open(b"\x7fELF, for example").unwrap().is_none());
/// assert!(clr_metadata::open(b"MZ, but no PE header").is_err());
/// ```
pub fn open(bytes: &[u8]) -> Result<Option<Module<'_>>, ReadError> {
    Image::open(bytes)?.map(Module::open).transpose()
}
