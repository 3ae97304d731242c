//! Thunks as wasm, without a C compiler, for the runtime to find by their keys.
//!
//! A thunk comes straight from the signature in its key and from the places of the arguments that
//! [`abi::slots`](clr_wasm_abi::slots) gives; its effect is that of the C++ of
//! [`Output::InterpToNative`](thunkgen_core::emit::Output::InterpToNative). An [`image`] of thunks is a module with an assembly in it,
//! which the runtime loads like any other; the fixups of its ReadyToRun header bring the thunks and their keys in.

mod assembly;
pub mod blob;
pub mod code;
mod from_interp;
pub mod identity;
mod il_twin;
mod image;
pub mod image_format;
pub mod key_index;
mod object;
mod payload;
mod to_interp;
mod type_section;

use clr_wasm_abi::function_type::MAX_PARAMS;
use clr_wasm_abi::slots::{ArgArea, SLOT_SIZE};
use clr_wasm_abi::{FunctionType, MultiSlot, ParamToken, Scalar, Signature, ThunkKey};
use thunkgen_diagnostics::shorten_quoted;

pub use assembly::TYPE_NAME;
pub use blob::{Blob, BlobError};
pub use code::ThunkCode;
pub use identity::{AssemblyName, AssemblyVersion, Guid, Identity, IdentityError};
pub(crate) use image::HOST_FUNCTIONS;
pub use image::{ImageError, MAX_THUNKS, image, image_and_twin};
pub use object::{ObjectError, object};
pub use payload::COMPILER;
pub use to_interp::Frame;

/// Whether a file is an image, twin or object that this tool made, in any version.
///
/// ```
/// use thunkgen_core::emit::Contract;
/// use thunkgen_r2r::emit::{is_own, object, thunk};
/// let thunks = [thunk(&"MviS8".parse().unwrap()).unwrap()];
/// assert!(is_own(&object(&thunks, Contract::WasmThunks).unwrap()));
/// assert!(!is_own(b"\0asm\x01\0\0\0"));
/// ```
pub fn is_own(file: &[u8]) -> bool {
    let contains = |text: &[u8]| file.windows(text.len()).any(|window| window == text);
    let is_image = || contains(OWN_COMPILER.as_bytes());
    // A symbol of an object; the linker does not keep it.
    let is_object = || contains(b"\x07linking") && contains(b".Lthunk_keys");
    let is_twin = || contains(format!("\0{TYPE_NAME}\0").as_bytes());
    match file {
        [b'M', b'Z', ..] => is_twin() || is_image(),
        [b'\0', b'a', b's', b'm', ..] | [b'W', b'b', b'I', b'L', ..] => is_image() || is_object(),
        _ => false,
    }
}

/// How what an image of this tool calls its compiler starts.
const OWN_COMPILER: &str = "thunkgen format=";

/// A function that carries calls of one signature across the border between interpreter and compiled code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thunk {
    /// The string by which the runtime finds it.
    pub key: String,
    /// Its name in the name section.
    pub name: String,
    /// The wasm type of the thunk itself.
    pub function_type: FunctionType,
    /// What it does.
    pub code: ThunkCode,
}

/// Why there is no thunk for a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThunkError {
    /// The code such a thunk needs comes with the compiled methods.
    #[error("`{0}`: thunks of this kind are made by the compiler of managed code; only `M` and `I` can be made here")]
    FlatKind(String),
    /// Only managed code is interpreted.
    #[error("`{0}`: only managed methods are interpreted; after `I`, the signature must end in `p`")]
    NativeToInterp(String),
    /// No engine would accept the function type.
    #[error("`{key}`: its function would have {params} parameters, more than the {MAX_PARAMS} that engines allow")]
    Params {
        /// The key, shortened.
        key: String,
        /// How many.
        params: usize,
    },
    /// The interpreter's stack is smaller.
    #[error("`{key}`: its arguments take up to {bytes} bytes, more than the {MAX_ARGUMENTS} that a thunk can pass")]
    Size {
        /// The key, shortened.
        key: String,
        /// At most.
        bytes: u64,
    },
    /// No engine would accept the function. Only empty structs come in such numbers: they are no parameters.
    #[error("`{key}`: its function would have up to {bytes} bytes, more than the {MAX_BODY} that engines allow")]
    Body {
        /// The key, shortened.
        key: String,
        /// How many.
        bytes: usize,
    },
}

/// Most bytes a function may have: the limit engines share (WebAssembly JavaScript interface, section
/// "Implementation-defined Limits").
pub const MAX_BODY: usize = 7_654_321;

/// Most bytes the arguments may take, so that every offset and size in a thunk is a positive i32.
pub const MAX_ARGUMENTS: u64 = 1 << 30;

/// `READYTORUN_HELPER_R2RToInterpreter`: `(entry point, transition block, size of the arguments, result)`.
pub fn helper_type() -> FunctionType {
    FunctionType { params: vec![Scalar::I32; 4], result: None }
}

/// The thunk that a key demands.
pub fn thunk(key: &ThunkKey) -> Result<Thunk, ThunkError> {
    let (signature, node) = match key {
        ThunkKey::FromInterp(signature) => (signature, "WasmInterpreterToR2RThunk"),
        ThunkKey::ToInterp(signature) if signature.managed => (signature, "WasmR2RToInterpreterThunk"),
        ThunkKey::ToInterp(_) => return Err(ThunkError::NativeToInterp(shorten_quoted(&key.to_string()))),
        ThunkKey::Flat(..) => return Err(ThunkError::FlatKind(shorten_quoted(&key.to_string()))),
    };
    let of_signature = FunctionType::of(signature);
    let params = of_signature.params.len();
    if params > MAX_PARAMS {
        return Err(ThunkError::Params { key: shorten_quoted(&key.to_string()), params });
    }
    let bytes = most_bytes(signature);
    if bytes > MAX_ARGUMENTS {
        return Err(ThunkError::Size { key: shorten_quoted(&key.to_string()), bytes });
    }
    let area = ArgArea::of(signature);
    let text = key.to_string();
    let name = format!("{node}({})", text.get(1..).unwrap_or_default()); // without the prefix
    let (function_type, code) = match key {
        ThunkKey::ToInterp(_) => {
            let code = to_interp::body(signature, &area, &of_signature);
            (of_signature, code)
        }
        _ => (FunctionType::interp_thunk(), from_interp::body(signature, &area, &of_signature)),
    };
    let bytes = code.most_bytes();
    if bytes > MAX_BODY {
        return Err(ThunkError::Body { key: shorten_quoted(&key.to_string()), bytes });
    }
    Ok(Thunk { key: text, name, function_type, code })
}

/// An upper bound of the bytes the arguments take: exact but for the padding in front of aligned ones.
fn most_bytes(signature: &Signature) -> u64 {
    let hidden = [signature.has_this, signature.has_generic_context, signature.is_async];
    let hidden = hidden.into_iter().filter(|present| *present).count() as u64;
    let of_param = |param: &ParamToken| match param {
        ParamToken::Struct { size, .. } => u64::from(*size).next_multiple_of(u64::from(SLOT_SIZE)),
        ParamToken::MultiSlot(multi) => u64::from(multi.size()),
        ParamToken::Scalar(of) => u64::from(of.size()),
        ParamToken::Empty => 0,
    };
    let slot = u64::from(SLOT_SIZE);
    signature.params.iter().map(|param| of_param(param) + slot).sum::<u64>() + hidden * slot
}

/// The parts of a multi-slot value: type, and distance in bytes from its first slot.
fn parts(multi: MultiSlot) -> impl Iterator<Item = (Scalar, u32)> {
    let element = multi.element();
    let step = element.size().next_multiple_of(SLOT_SIZE);
    (0..multi.count()).map(move |index| (element, index * step))
}
