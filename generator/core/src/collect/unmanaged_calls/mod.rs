//! Unmanaged `calli` sites and function-pointer types: signatures that are called without a P/Invoke or delegate.
//!
//! The runtime's IL stubs call with the native signature of the site, so each signature needs a key.

mod calli;
mod filter;
mod function_pointers;

use std::rc::Rc;

use super::ir::ReasonKind;
use super::marshalling::Call;
use super::method_types::MethodTypes;
use super::{Collector, MethodRef, Need, delegates};
use clr_metadata::MethodSig;
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeArguments};
use clr_wasm_abi::{LayoutError, LowerError};

pub(super) fn collect(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    open_sites: &mut Vec<Site>,
) -> Result<(), BadImage> {
    let mut calls = calli::Calls::new(collector, index)?;
    let mut pointers = function_pointers::Pointers::new(collector, index)?;
    // Most assemblies need no look at their code; the others one.
    if calls.needs_code() || pointers.needs_code() {
        let module = &collector.assembly(index).module;
        collector.for_each_body(index, |_, method, code| {
            calls.visit(method, code)?;
            pointers.visit(module, method, code)
        })?;
    }
    for site in calls.into_sites(collector, index)? {
        need_closed(collector, site, open_sites)?;
    }
    pointers.for_each_site(collector, index, |collector, site| need_closed(collector, site, open_sites))
}

/// Adds the key of a site, or the site to those whose signature is open.
fn need_closed(collector: &mut Collector<'_, '_>, site: Site, open_sites: &mut Vec<Site>) -> Result<(), BadImage> {
    if !collector.need_site(&site, TypeArguments::default())? {
        open_sites.push(site);
    }
    Ok(())
}

/// A place that names an unmanaged signature.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub kind: ReasonKind,
    /// The calling method, or the field or method whose type it is.
    pub member: Rc<MethodRef>,
    /// Index of the assembly.
    pub assembly: AssemblyId,
    /// TypeDef row of the type around the site, whose variables the signature may use.
    pub owner: u32,
    /// MethodDef row of the method around the site.
    pub method: Option<u32>,
    /// Many sites can have one signature.
    pub sig: Rc<MethodSig>,
}

impl Collector<'_, '_> {
    /// Adds the key of a site for the given type arguments; false if the signature is still open.
    pub(super) fn need_site(&mut self, site: &Site, arguments: TypeArguments<'_>) -> Result<bool, BadImage> {
        if site.kind == ReasonKind::Delegate {
            return delegates::need_site(self, site, arguments);
        }
        let types = MethodTypes::resolve_with(&self.layouts, site.assembly, site.member.row(), &site.sig, arguments);
        let tokens = self.options.tokens;
        let has_marshalling = self.has_marshalling(site.assembly)?;
        let mut problem = Ok(None);
        let signature = types.and_then(|types| {
            // As declared first: only a closed signature can be marshalled.
            let declared = types.native(&self.layouts, tokens)?;
            if has_marshalling {
                return types.marshalled(&self.layouts, tokens, &Call::default());
            }
            if site.kind == ReasonKind::Calli {
                problem = self.needs_marshalling(&types, &Call::default());
            }
            Ok(declared)
        });
        if let Some(reason) = problem? {
            self.report_disabled(&site.member, &reason);
            return Ok(true);
        }
        match signature {
            Ok(signature) => {
                // Each key has the name.
                self.type_system.keep(site.assembly, site.member.row(), &*site.member.full_name)?;
                self.ir.need(signature, site.member.reason(site.kind));
            }
            Err(error) => match error.error {
                LowerError::OpenParameter | LowerError::Layout(LayoutError::Open { .. }) => return Ok(false),
                _ => self.report_signature(&site.member, error, Need::Unused)?,
            },
        }
        Ok(true)
    }
}
