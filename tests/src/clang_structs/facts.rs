//! What is compared.

use std::fmt;

use crate::wasm::keys::Ty;

/// A wasm function type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WasmType {
    /// Parameters.
    pub params: Vec<Ty>,
    /// Results.
    pub results: Vec<Ty>,
}

/// One struct as one side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// Offset of each field in bytes.
    pub offsets: Vec<u32>,
    /// Type of `void p(S)`.
    pub param: WasmType,
    /// Type of `S r()`.
    pub ret: WasmType,
}

/// A part of [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the parts
pub enum Facet {
    Size,
    Align,
    Offsets,
    Param,
    Return,
}

impl Facet {
    /// Everything.
    pub const ALL: &[Facet] = &[Facet::Size, Facet::Align, Facet::Offsets, Facet::Param, Facet::Return];
    /// The wasm types.
    pub const WASM_TYPES: &[Facet] = &[Facet::Param, Facet::Return];
}

impl Facts {
    /// Where two sides differ.
    pub fn differences(&self, other: &Facts) -> Vec<Facet> {
        let same = |facet: &Facet| match facet {
            Facet::Size => self.size == other.size,
            Facet::Align => self.align == other.align,
            Facet::Offsets => self.offsets == other.offsets,
            Facet::Param => self.param == other.param,
            Facet::Return => self.ret == other.ret,
        };
        Facet::ALL.iter().copied().filter(|facet| !same(facet)).collect()
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { size, align, offsets, param, ret } = self;
        write!(f, "size {size} align {align} offsets {offsets:?} p {param} r {ret}")
    }
}

impl fmt::Display for WasmType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}->{:?}", self.params, self.results)
    }
}
