//! Rust sources as the native side: the functions they export and import, without building them.
//!
//! A function counts as exported with `#[no_mangle]` or `#[export_name]` (Rust Reference, "Application Binary
//! Interface"). Its type is lowered by the C ABI of wasm32, as rustc does for `wasm32-unknown-emscripten`.

mod model;

use std::path::Path;

pub use model::{
    Cause, Crate, Exported, Field, Hidden, Imported, Layout, OpenError, Param, Place, Prototype, RustType, Shape,
    SourceError, Struct, StructKind, Unexpanded, Unknown,
};

/// Gives the bytes of a file.
pub type Open<'a> = dyn Fn(&Path) -> Result<Vec<u8>, OpenError> + Sync + 'a;

/// Reads a `.rs` file with its modules, or the crate of a folder with a `Cargo.toml`.
///
/// Fails with every place that cannot be read; what is there but not known without a compiler is no error.
pub fn read(root: &Path, open: &Open<'_>) -> Result<Crate, Vec<SourceError>> {
    simple::read(root, open)
}

mod simple;
