//! The function types of a module.

use std::collections::BTreeMap;

use wasm_encoder::{TypeSection, ValType};

use super::{Thunk, helper_type};
use clr_wasm_abi::{FunctionType, Scalar};

/// Every function type of a module, once, in the order of their indices.
pub(super) struct TypeIndices(BTreeMap<FunctionType, u32>);

impl TypeIndices {
    /// The types that thunks have and name, and `others`.
    pub(super) fn of(thunks: &[&Thunk], others: &[FunctionType]) -> TypeIndices {
        let mut types = BTreeMap::new();
        let mut add = |of_type: &FunctionType| {
            if !types.contains_key(of_type) {
                types.insert(of_type.clone(), 0);
            }
        };
        others.iter().for_each(&mut add);
        for thunk in thunks {
            add(&thunk.function_type);
            thunk.code.types().for_each(&mut add);
            if thunk.code.calls_helper() {
                add(&helper_type());
            }
        }
        types.values_mut().zip(0..).for_each(|(value, index)| *value = index);
        TypeIndices(types)
    }

    /// Only types that [`of`](Self::of) was shown are asked for.
    pub(super) fn index(&self, of_type: &FunctionType) -> u32 {
        self.0.get(of_type).copied().unwrap_or(u32::MAX)
    }

    pub(super) fn section(&self) -> TypeSection {
        let mut section = TypeSection::new();
        for FunctionType { params, result } in self.0.keys() {
            section.ty().function(params.iter().map(val_type), result.iter().map(val_type));
        }
        section
    }
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
