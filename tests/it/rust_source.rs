//! Rust sources as the native side: what is read of them, held against a compiler, and what is said when only a compiler
//! knows.

mod compiled;
mod hostile;
mod places;
mod unknown;

use std::collections::BTreeMap;
use std::path::Path;

use thunkgen_rust_source::{Crate, OpenError, SourceError};

/// Reads sources that are only in memory, from the first on.
fn read(files: &[(&str, &str)]) -> Result<Crate, Vec<SourceError>> {
    let all: BTreeMap<&Path, &str> = files.iter().map(|(path, text)| (Path::new(*path), *text)).collect();
    let open = |path: &Path| all.get(path).map(|text| text.as_bytes().to_vec()).ok_or(OpenError::Missing);
    thunkgen_rust_source::read(Path::new(files[0].0), &open)
}

/// The same for one file that can be read.
fn read_one(text: &str) -> Crate {
    read(&[("x.rs", text)]).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"))
}
