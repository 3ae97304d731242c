//! Compares the function pointers and delegates that a P/Invoke passes with the types of the calls in the function.

use std::rc::Rc;

use clr_wasm_file::FuncType;

use super::causes::{owners, place};
use super::words::is_same;
use clr_wasm_abi::FunctionType;
use clr_wasm_file::objects::{Object, ObjectFunction};
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations, NativeType, Prototype};

/// Maximum number of functions with one name whose bodies are read.
const MAX_FUNCTIONS: usize = 16;

/// A parameter that is called through a different type than its own.
pub(super) struct WrongCall {
    /// The parameter, in words.
    pub place: String,
    /// Index of the wasm parameter.
    pub value: usize,
    /// The prototype that is passed, as a declaration.
    pub prototype: Declaration,
    /// The type of the call.
    pub ty: Rc<FuncType>,
}

/// The parameters of a P/Invoke that all of these functions call, and never with the type that is passed: a function may
/// select the type of a call by another parameter.
pub(super) fn wrong_calls(
    declarations: &Declarations,
    declaration: &Declaration,
    functions: &[(&Object<'_>, &ObjectFunction<'_>)],
) -> Vec<WrongCall> {
    let passed: Vec<(usize, &Prototype)> = declaration
        .params
        .iter()
        .enumerate()
        .filter_map(|(index, param)| match param.native {
            NativeType::Function { prototype: Some(prototype), .. } => {
                Some((index, declarations.prototypes.get(prototype)?))
            }
            _ => None,
        })
        .collect();
    // Every body is read; usually few static functions have the same name.
    if passed.is_empty() || functions.len() > MAX_FUNCTIONS {
        return Vec::new();
    }
    let owners = owners(declaration);
    let calls: Vec<_> = functions.iter().map(|(object, function)| object.calls_of_params(function)).collect();
    let mut found = Vec::new();
    for (index, prototype) in passed {
        let Some(value) = owners.iter().position(|owner| *owner == Some(index)) else { continue };
        let ours = FunctionType::of(&prototype.signature);
        let of_value = |calls: &'_ Vec<clr_wasm_file::objects::ParamCall>| -> Vec<Rc<FuncType>> {
            calls.iter().filter(|call| call.param == value).map(|call| Rc::clone(&call.ty)).collect()
        };
        let types: Vec<_> = calls.iter().map(of_value).collect();
        let all_differ = types.iter().all(|of| !of.is_empty() && of.iter().all(|ty| !is_same(&ours, ty)));
        if let (true, Some(ty), Some(param)) =
            (all_differ, types.first().and_then(|of| of.first()), declaration.params.get(index))
        {
            found.push(WrongCall {
                place: place(index, param),
                value,
                prototype: Declaration {
                    signature: prototype.signature.clone(),
                    ret: prototype.ret.clone(),
                    params: prototype.params.clone(),
                    ..declaration.clone()
                },
                ty: Rc::clone(ty),
            });
        }
    }
    found
}
