//! Types of wasm functions and values (WebAssembly core specification, 2.3).

use std::fmt;

/// Type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ValType {
    /// 32-bit integer; addresses too.
    I32,
    /// 64-bit integer.
    I64,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
    /// Vector of 128 bits.
    V128,
    /// Nullable reference to any function.
    FuncRef,
    /// Nullable reference to a host value.
    ExternRef,
    /// Any other reference.
    Ref,
}

/// The WebAssembly text format.
impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValType::I32 => "i32",
            ValType::I64 => "i64",
            ValType::F32 => "f32",
            ValType::F64 => "f64",
            ValType::V128 => "v128",
            ValType::FuncRef => "funcref",
            ValType::ExternRef => "externref",
            ValType::Ref => "ref",
        })
    }
}

impl From<wasmparser::ValType> for ValType {
    fn from(of: wasmparser::ValType) -> ValType {
        match of {
            wasmparser::ValType::I32 => ValType::I32,
            wasmparser::ValType::I64 => ValType::I64,
            wasmparser::ValType::F32 => ValType::F32,
            wasmparser::ValType::F64 => ValType::F64,
            wasmparser::ValType::V128 => ValType::V128,
            wasmparser::ValType::Ref(wasmparser::RefType::FUNCREF) => ValType::FuncRef,
            wasmparser::ValType::Ref(wasmparser::RefType::EXTERNREF) => ValType::ExternRef,
            wasmparser::ValType::Ref(_) => ValType::Ref,
        }
    }
}

/// Type of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FuncType {
    /// Parameters, then results.
    values: Box<[ValType]>,
    params: usize,
}

impl FuncType {
    /// The type with these parameters and results.
    ///
    /// ```
    /// use clr_wasm_file::{FuncType, ValType};
    /// let ty = FuncType::new([ValType::I32, ValType::F64], [ValType::I64]);
    /// assert_eq!((ty.params().len(), ty.results()), (2, &[ValType::I64][..]));
    /// ```
    pub fn new(params: impl IntoIterator<Item = ValType>, results: impl IntoIterator<Item = ValType>) -> FuncType {
        let mut values: Vec<ValType> = params.into_iter().collect();
        let params = values.len();
        values.extend(results);
        FuncType { values: values.into(), params }
    }

    /// The parameters, in order.
    pub fn params(&self) -> &[ValType] {
        &self.values[..self.params]
    }

    /// The results, in order.
    pub fn results(&self) -> &[ValType] {
        &self.values[self.params..]
    }
}

/// The WebAssembly text format: `(func (param i32 f64) (result i64))`.
impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(func")?;
        for (word, types) in [("param", self.params()), ("result", self.results())] {
            if !types.is_empty() {
                write!(f, " ({word}")?;
                types.iter().try_for_each(|ty| write!(f, " {ty}"))?;
                f.write_str(")")?;
            }
        }
        f.write_str(")")
    }
}

impl From<&wasmparser::FuncType> for FuncType {
    fn from(of: &wasmparser::FuncType) -> FuncType {
        FuncType::new(of.params().iter().map(|ty| (*ty).into()), of.results().iter().map(|ty| (*ty).into()))
    }
}
