//! Resolves types across assemblies by simple name, follows type forwarders and substitutes generics.

use crate::diagnostics::Diagnostics;

/// One file given to the tool.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The file as the user named it; the origin of diagnostics.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether signatures are collected from it.
    pub role: Role,
}

/// What an input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Signatures are collected from it.
    Input,
    /// Types are only resolved against it.
    Reference,
}

/// All assemblies of a run.
pub struct Universe<'a> {
    _bytes: std::marker::PhantomData<&'a [u8]>,
}

impl<'a> Universe<'a> {
    /// Opens every managed file of `inputs`, skips what is not managed, and reports what is damaged.
    pub fn load(inputs: &[Input<'a>], diagnostics: &mut Diagnostics) -> Universe<'a> {
        let _ = (inputs, diagnostics);
        todo!()
    }
}
