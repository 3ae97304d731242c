//! An image as a source of thunks.

use super::source::{Provided, Source, SourceKind, TablePlace};
use crate::ready_to_run::{self, ImageFile};
use clr_metadata::ReadError;
use clr_wasm_abi::{FunctionType, Scalar};
use clr_wasm_file::{FuncType, ValType};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The thunks that an image injects; `None` for a wasm module without an image.
pub(super) fn read(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> Option<Vec<Source>> {
    let thunks = match ready_to_run::open(bytes).and_then(|file| Ok((file.image.is_some(), thunks(&file)?))) {
        Ok((true, thunks)) => thunks,
        Ok((false, _)) if bytes.starts_with(b"\0asm") => return None,
        Ok((false, _)) => {
            diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), no_image(bytes));
            return Some(Vec::new());
        }
        Err(error) => {
            diagnostics.report(&catalogue::DAMAGED_IMAGE, Location::file(path), error.to_string());
            return Some(Vec::new());
        }
    };
    if thunks.is_empty() {
        diagnostics.report(&catalogue::NO_THUNKS, Location::file(path), "it injects no thunks");
    }
    Some(vec![Source { path: path.to_owned(), kind: SourceKind::Image, thunks }])
}

/// What a file without a managed image is.
pub(super) fn no_image(bytes: &[u8]) -> &'static str {
    match bytes {
        [0, b'a', b's', b'm', ..] => {
            "this wasm module contains neither a managed image nor a table of thunks; an object's thunks come with the \
             table that it is linked into"
        }
        _ => "not an image: expected a .dll, Webcil, or a wasm module that contains one",
    }
}

fn thunks(file: &ImageFile<'_>) -> Result<Vec<Provided>, ReadError> {
    let mut thunks = Vec::new();
    for blob in file.string_thunks()? {
        for thunk in file.thunks_of(&blob.blob) {
            let function = thunk.function;
            let place = TablePlace::Entry {
                table_index: thunk.table_index,
                function: function.as_ref().map(|function| function.index),
                is_empty: function.is_none() && file.wasm.is_some(),
                function_type: function.as_ref().and_then(|function| function_type(function.ty?)),
                eager: blob.is_eager,
            };
            let name = function.and_then(|function| function.name).unwrap_or_default();
            thunks.push(Provided { key: thunk.key.to_owned(), function: name.to_owned(), place });
        }
    }
    Ok(thunks)
}

/// The type in terms of signatures; `None` if no signature has it.
pub(super) fn function_type(of: &FuncType) -> Option<FunctionType> {
    let scalar = |of: &ValType| {
        Some(match of {
            ValType::I32 => Scalar::I32,
            ValType::I64 => Scalar::I64,
            ValType::F32 => Scalar::F32,
            ValType::F64 => Scalar::F64,
            ValType::V128 => Scalar::V128,
            _ => return None,
        })
    };
    let params = of.params().iter().map(scalar).collect::<Option<_>>()?;
    let result = match of.results() {
        [] => None,
        [result] => Some(scalar(result)?),
        _ => return None,
    };
    Some(FunctionType { params, result })
}

/// The wasm type of a scalar.
pub(super) fn val_type(of: &Scalar) -> ValType {
    match of {
        Scalar::I32 => ValType::I32,
        Scalar::I64 => ValType::I64,
        Scalar::F32 => ValType::F32,
        Scalar::F64 => ValType::F64,
        Scalar::V128 => ValType::V128,
    }
}
