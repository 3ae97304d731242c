//! Function pointers and delegates that a P/Invoke passes, against the types by which the function calls them.

use std::rc::Rc;

use clr_wasm_file::FuncType;

use super::causes::{owners, place};
use super::words::is_same;
use clr_wasm_abi::FunctionType;
use clr_wasm_file::objects::{Object, ObjectFunction};
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations, NativeType, Prototype};

/// Most functions of one name that are looked into.
const MOST_FUNCTIONS: usize = 16;

/// A parameter that is called by another type than it has.
pub(super) struct CalledOtherwise {
    /// Which, in words.
    pub place: String,
    /// Which of the values that the function takes.
    pub value: usize,
    /// What is passed, as a declaration of its own.
    pub prototype: Declaration,
    /// The type of the call.
    pub ty: Rc<FuncType>,
}

/// The parameters of a P/Invoke that every one of these functions calls, and none by the type that is passed: a
/// function may choose the type of the call by something else that it is told.
pub(super) fn called_otherwise(
    declarations: &Declarations,
    declaration: &Declaration,
    functions: &[(&Object<'_>, &ObjectFunction<'_>)],
) -> Vec<CalledOtherwise> {
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
    // A body is read for each of them; static functions of one name are few.
    if passed.is_empty() || functions.len() > MOST_FUNCTIONS {
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
            found.push(CalledOtherwise {
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
