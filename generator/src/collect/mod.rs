//! Which signatures cross the boundary, and why: assemblies in, [`ir::Ir`] out.

pub mod ir;

use std::collections::{BTreeMap, BTreeSet};

use crate::abi::{TargetOs, TokenSet};
use crate::diagnostics::Diagnostics;
use crate::types::Universe;
use ir::Ir;

/// What is collected, for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The operating system platform attributes are compared with.
    pub target_os: TargetOs,
    /// The runtime's token generation.
    pub tokens: TokenSet,
    /// Names of the native libraries that are linked statically: P/Invokes of other modules get no table entry.
    pub modules: BTreeSet<String>,
    /// Sizes declared by the user, by full type name (`Namespace.Outer+Inner`).
    pub declared_sizes: BTreeMap<String, DeclaredSize>,
}

/// Size of a value type, declared by the user for a type that cannot be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredSize {
    /// Size in bytes, at least 1.
    pub size: u32,
    /// Alignment in bytes, a power of two.
    pub align: Option<u32>,
}

/// Collects everything the inputs of `universe` need on one target.
///
/// Problems go to `diagnostics`; when one is an error, the result must not be used for output.
pub fn collect(universe: &Universe<'_>, options: &Options, diagnostics: &mut Diagnostics) -> Ir {
    let _ = (universe, options, diagnostics);
    todo!()
}
