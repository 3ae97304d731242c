//! The format of a compiled image, to create images of thunks in the same format.

use clr_wasm_file::{ExternKind, Import};

use crate::ready_to_run::ImageFile;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::{FormatVersion, ImageFormat, ImportNames};

/// Flags about compiled methods, which an image of thunks does not have: COMPONENT, UNRELATED_R2R_CODE and the later
/// ones about stripped parts.
const FLAGS_OF_CODE: u32 = 0x020 | 0x080 | 0x200 | 0x400 | 0x800;

/// Why the format of a file cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LikeError {
    /// It has no ReadyToRun code.
    #[error("it has no ReadyToRun code")]
    NoCode,
    /// It is for another processor.
    #[error("it is not a wasm module around an image")]
    NoWrapper,
    /// The wrapper cannot contain code.
    #[error("it imports no table, memory and table base from `webcil`")]
    Imports,
}

/// The format of an image: ReadyToRun version, flags, wrapper version and import names.
///
/// Imports are recognised by kind and order, not by name: the mutable globals are the stack pointer and the async
/// continuation, the others are the address of the image and the table base. Missing imports get the names of the
/// default version.
pub fn image_format(file: &ImageFile<'_>) -> Result<ImageFormat, LikeError> {
    let code = file.ready_to_run.as_ref().ok_or(LikeError::NoCode)?;
    let wasm = file.wasm.as_ref().ok_or(LikeError::NoWrapper)?;
    let mut format = RuntimeVersion::default().facts().image.clone();
    format.ready_to_run = FormatVersion(code.major_version, code.minor_version);
    format.flags = code.core.flags;
    format.wrapper_version = wasm.wrapper_version().ok_or(LikeError::NoWrapper)?;
    take_names(&mut format.imports, &wasm.imports).ok_or(LikeError::Imports)?;
    Ok(format)
}

/// The format for images of thunks like a compiled image, without the flags about compiled methods.
pub fn like(file: &ImageFile<'_>) -> Result<ImageFormat, LikeError> {
    let mut format = image_format(file)?;
    format.flags &= !FLAGS_OF_CODE;
    Ok(format)
}

fn take_names(names: &mut ImportNames, imports: &[Import<'_>]) -> Option<()> {
    let of_kind = |kind| {
        let imports = imports.iter().filter(move |import| import.module == "webcil" && import.kind == kind);
        imports.map(|import| import.name.to_owned().into())
    };
    names.table = of_kind(ExternKind::Table).next()?;
    names.memory = of_kind(ExternKind::Memory).next()?;
    let mut constants: Vec<_> = of_kind(ExternKind::Global { mutable: false }).collect();
    names.table_base = constants.pop()?;
    if let Some(image_base) = constants.pop() {
        names.image_base = image_base;
    }
    let mut variables = of_kind(ExternKind::Global { mutable: true });
    if let Some(stack_pointer) = variables.next() {
        names.stack_pointer = stack_pointer;
    }
    if let Some(async_continuation) = variables.next() {
        names.async_continuation = async_continuation;
    }
    if let Some(tag) = of_kind(ExternKind::Tag).next() {
        names.restore_context_tag = tag;
    }
    Some(())
}
