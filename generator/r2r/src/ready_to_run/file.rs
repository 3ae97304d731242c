//! A file with everything in it that its thunks are made of.

use super::header::ReadyToRun;
use clr_metadata::{Container, Image};
use clr_metadata::{Place, ReadError};
use clr_wasm_file::WasmModule;

/// A file: a managed image, alone or in a wasm module, or neither.
#[derive(Clone, Debug)]
pub struct ImageFile<'a> {
    /// The managed image; `None` for any other file.
    pub image: Option<Image<'a>>,
    /// The module, when the file is one.
    pub wasm: Option<WasmModule<'a>>,
    /// The ReadyToRun code, when the image holds any.
    pub ready_to_run: Option<ReadyToRun<'a>>,
    /// Bytes of the file.
    pub size: usize,
}

/// Opens a file.
///
/// Fails if a part is malformed. A file that is not an image is not an error, but has no parts.
///
/// ```
/// use thunkgen_r2r::ready_to_run;
/// let file = ready_to_run::open(b"\0asm\x01\0\0\0").unwrap();
/// assert!(file.wasm.is_some() && file.image.is_none());
/// for thunk in file.thunks().unwrap() {
///     let Some(function) = thunk.function else { continue };
///     println!("{} is function {} {:?}", thunk.key, function.index, function.name);
/// }
/// ```
pub fn open(bytes: &[u8]) -> Result<ImageFile<'_>, ReadError> {
    let image = Image::open(bytes)?;
    let wasm = match image.as_ref().map(|image| image.container) {
        None | Some(Container::WasmWebcil(_)) => WasmModule::open(bytes).map_err(of_wasm)?,
        Some(_) => None,
    };
    let ready_to_run = image.as_ref().map(ReadyToRun::open).transpose()?.flatten();
    Ok(ImageFile { image, wasm, ready_to_run, size: bytes.len() })
}

/// An error in the module around an image.
fn of_wasm(error: clr_wasm_file::ReadError) -> ReadError {
    ReadError::new(Place::Part(error.part), error.offset, error.reason)
}
