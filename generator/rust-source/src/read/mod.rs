//! Rust sources as the native side: the functions they export and import, without building them.
//!
//! A function counts as exported with `#[no_mangle]` or `#[export_name]` (Rust Reference, "Application Binary
//! Interface"). Its type is lowered by the C ABI of wasm32, as rustc does for `wasm32-unknown-emscripten`. What only a
//! compiler knows, as macros, types of other crates and conditions that a build decides, is said and not guessed.
//!
//! For `wasm32-unknown-unknown`, rustc before 1.89 passed structs by value as their fields, one value each; no C compiler
//! does, so what is read here is right for such a library only where no struct is passed by value.
//!
//! | module | does |
//! |---|---|
//! | `manifest`, `load`, `guard` | files of a crate to tokens that are safe to parse |
//! | `items`, `exports`, `uses`, `macros`, `attributes`, `cfg`, `tree` | items to modules with definitions and functions |
//! | `resolve`, `known` | paths to definitions |
//! | `types`, `library`, `generics`, `entries`, `pointers`, `consts`, `alternatives` | types as written to types as they are |
//! | `layout`, `enums`, `lower`, `functions` | sizes, and the values that cross |

mod alternatives;
mod attributes;
mod cfg;
mod consts;
mod entries;
mod enums;
mod exports;
mod functions;
mod generics;
mod guard;
mod items;
mod known;
mod layout;
mod library;
mod load;
mod lower;
mod macros;
mod manifest;
mod pointers;
mod resolve;
mod text;
mod tree;
mod types;
mod uses;

use std::path::Path;
use std::thread;

use crate::model;
use load::Loader;
use manifest::shown;

use model::{Crate, OpenError, Place, SourceError};

/// Gives the bytes of a file.
pub type Open<'a> = dyn Fn(&Path) -> Result<Vec<u8>, OpenError> + Sync + 'a;

/// Stack for parsing: the parser recurses, as often as `guard` lets it.
const STACK: usize = 256 << 20;

/// Reads a `.rs` file with its modules, or the crate of a folder with a `Cargo.toml`.
///
/// Fails with every place that cannot be read, in order; what is there but not known without a compiler is no error.
pub fn read(root: &Path, open: &Open<'_>) -> Result<Crate, Vec<SourceError>> {
    // The parser also keeps the texts of a thread, which go with it.
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || read_here(root, open));
        match reader.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(read)) => read,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(vec![SourceError {
                place: Place { path: shown(root), line: 0, column: 0 },
                why: format!("no thread to read it on: {error}"),
            }]),
        }
    })
}

fn read_here(root: &Path, open: &Open<'_>) -> Result<Crate, Vec<SourceError>> {
    let start = manifest::start(root, open).map_err(|error| vec![error])?;
    let mut found = Crate { name: start.name.clone(), ..Crate::default() };
    let mut loader = Loader::load(start, open);
    if !loader.errors.is_empty() {
        loader.errors.sort();
        loader.errors.dedup();
        return Err(loader.errors);
    }
    functions::functions(&loader.tree, &mut found);
    found.hidden = std::mem::take(&mut loader.tree.hidden);
    found.hidden.sort();
    found.unexpanded = std::mem::take(&mut loader.tree.unexpanded);
    found.unexpanded.sort();
    found.files = loader.files;
    Ok(found)
}

/// A file that cannot be opened.
fn cannot_open(path: &Path, error: OpenError) -> SourceError {
    let why = match error {
        OpenError::Missing => "there is no such file".to_owned(),
        OpenError::Other(why) => why,
    };
    SourceError { place: Place { path: shown(path), line: 0, column: 0 }, why }
}
