//! Variadic functions: clang passes variable arguments in memory, and their address as the last parameter.

use clr_wasm_file::{FuncType, ValType};

use super::words::scalar;
use clr_wasm_abi::{FunctionType, Scalar};
use thunkgen_core::collect::looks_variadic;

/// Whether a function without debug information seems to be variadic: its P/Invokes start with its parameters except the
/// last, which may be an address, and they look so.
pub(super) fn is_variadic(symbol: &str, declared: &[FunctionType], native: &FuncType) -> bool {
    let Some((ValType::I32, fixed)) = native.params().split_last() else { return false };
    let fixed: Option<Vec<Scalar>> = fixed.iter().copied().map(scalar).collect();
    let Some(fixed) = fixed.filter(|fixed| !fixed.is_empty()) else { return false };
    let result = native.results().first().copied().and_then(scalar);
    declared.iter().all(|ty| ty.result == result && ty.params.starts_with(&fixed)) && looks_variadic(symbol, declared)
}

/// Whether the native function has the same type with one more `i32` at the end.
pub(super) fn has_one_more(ours: &FunctionType, native: &FuncType) -> bool {
    let theirs: Option<Vec<Scalar>> = native.params().iter().copied().map(scalar).collect();
    let result = native.results().first().copied().and_then(scalar);
    let more: Vec<Scalar> = ours.params.iter().copied().chain([Scalar::I32]).collect();
    ours.result == result && theirs == Some(more)
}
