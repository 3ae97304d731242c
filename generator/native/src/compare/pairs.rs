//! Pairs the parameters and results of two functions with the same wasm type.

use std::collections::BTreeMap;

use super::causes;
use clr_wasm_abi::{ParamToken, ReturnToken};
use clr_wasm_file::{DebugParam, DebugType, Shape};
use thunkgen_core::collect::ir::declarations::{Declaration, Param};

/// A value on both sides.
pub(super) struct Pair<'p> {
    /// `parameter 1 `x`` or `the result`
    pub what: String,
    pub ours: &'p Param,
    pub theirs: &'p DebugParam,
    /// Managed code passes the address of a copy that is made for the call.
    pub is_copied: bool,
    /// It is passed from native code to managed code.
    pub is_result: bool,
}

/// The parameters and results that have the same wasm values.
pub(super) fn pairs<'p>(declaration: &'p Declaration, shape: &'p Shape) -> Vec<Pair<'p>> {
    let has_buffer = matches!(declaration.signature.ret, ReturnToken::Struct(_));
    let writes = shape.ret.values == 0 && shape.ret.ty != DebugType::Void;
    let mut theirs = BTreeMap::new();
    let mut at = 0;
    for (count, param) in
        writes.then_some((1, &shape.ret)).into_iter().chain(shape.params.iter().map(|p| (p.values, p)))
    {
        if count > 0 {
            theirs.insert(at, (count, param));
        }
        at += count;
    }
    let mut pairs = Vec::new();
    let mut pair = |at: usize, count: usize, what: String, ours: &'p Param, is_copied: bool| {
        if let Some((_, theirs)) = theirs.get(&at).filter(|(values, _)| *values == count) {
            pairs.push(Pair { what, ours, theirs, is_copied, is_result: false });
        }
    };
    if has_buffer {
        pair(0, 1, "the result".to_owned(), &declaration.ret, true);
    }
    let mut at = usize::from(has_buffer);
    for (index, (param, token)) in declaration.params.iter().zip(&declaration.signature.params).enumerate() {
        let (count, is_copied) = match token {
            ParamToken::MultiSlot(multi) => (multi.count() as usize, false),
            ParamToken::Empty => (0, false),
            ParamToken::Struct { .. } => (1, true),
            ParamToken::Scalar(_) => (1, false),
        };
        pair(at, count, causes::place(index, param), param, is_copied);
        at += count;
    }
    if !has_buffer && !writes {
        pairs.push(Pair {
            what: "the result".to_owned(),
            ours: &declaration.ret,
            theirs: &shape.ret,
            is_copied: false,
            is_result: true,
        });
    }
    pairs
}
