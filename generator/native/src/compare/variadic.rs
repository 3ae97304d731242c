//! Variadic functions: clang passes the variable arguments in memory, and their address as the last parameter.

use std::collections::BTreeSet;

use clr_wasm_file::{FuncType, ValType};

use super::words::scalar;
use clr_wasm_abi::{FunctionType, Scalar};

/// Whether a function may be variadic, by its P/Invokes: they have different numbers of parameters, start alike,
/// and none has the type of the compiled function.
///
/// Nothing else distinguishes `f(int, ...)` from `f(int, void *)` without debug information.
pub(super) fn is_variadic(declared: &[FunctionType], native: &FuncType) -> bool {
    let Some((ValType::I32, fixed)) = native.params().split_last() else { return false };
    let fixed: Option<Vec<Scalar>> = fixed.iter().copied().map(scalar).collect();
    let Some(fixed) = fixed.filter(|fixed| !fixed.is_empty()) else { return false };
    let result = native.results().first().copied().and_then(scalar);
    let counts: BTreeSet<usize> = declared.iter().map(|ty| ty.params.len()).collect();
    let exact: Vec<Scalar> = fixed.iter().copied().chain([Scalar::I32]).collect();
    counts.len() > 1
        && declared.iter().all(|ty| ty.result == result && ty.params.starts_with(&fixed) && ty.params != exact)
}
