//! What the P/Invokes of one module ask of its library.

use std::collections::BTreeSet;

use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};

/// The functions of one module, each entry point once.
#[derive(Clone, Debug)]
pub struct Library<'d> {
    /// The module's name in `DllImport`.
    pub module: &'d str,
    /// In the order of the entry points. Of several declarations of one, the first.
    pub functions: Vec<&'d Declaration>,
}

impl<'d> Library<'d> {
    /// The linked libraries, by name.
    pub fn all(declarations: &'d Declarations) -> Vec<Library<'d>> {
        let mut libraries: Vec<Library<'d>> = Vec::new();
        let mut seen = BTreeSet::new();
        for function in &declarations.functions {
            let Some(symbol) = function.entry_point.as_deref() else { continue };
            if function.linkage != Linkage::Static || !seen.insert((&*function.module, symbol)) {
                continue;
            }
            match libraries.last_mut() {
                Some(last) if last.module == function.module => last.functions.push(function),
                _ => libraries.push(Library { module: &function.module, functions: vec![function] }),
            }
        }
        libraries
    }
}
