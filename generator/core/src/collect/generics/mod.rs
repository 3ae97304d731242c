//! Closes signatures that depend on generic parameters.
//!
//! A site in a generic method or type has one signature per instantiation. Provable instantiations are those
//! in TypeSpec, MethodSpec and MemberRef rows: closed ones, and open ones in the code of a generic definition whose
//! instantiations are provable too. This is skipped if no site is open.

mod closure;
mod mentions;

use std::collections::BTreeSet;

use super::Collector;
use super::unmanaged_calls::Site;
use clr_metadata::{MethodSig, TypeSig};
use clr_wasm_abi::types::{AssemblyId, BadImage, Type, TypeArguments, TypeDefId};
use thunkgen_diagnostics::catalogue;

/// Maximum number of instantiations.
const MAX_INSTANTIATIONS: usize = 10_000;

/// Maximum nesting of type arguments.
const MAX_NESTING: u32 = 8;

/// A definition with type parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum GenericDefinition {
    Type(TypeDefId),
    /// Assembly and MethodDef row.
    Method(AssemblyId, u32),
}

/// A definition and its type arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Instance {
    definition: GenericDefinition,
    type_arguments: Vec<Type>,
    method_arguments: Vec<Type>,
}

impl Instance {
    fn arguments(&self) -> TypeArguments<'_> {
        TypeArguments { of_type: &self.type_arguments, of_method: &self.method_arguments }
    }
}

/// Adds the keys of every provable instantiation of open sites, and lists the sites that have none.
pub(super) fn close(collector: &mut Collector<'_, '_>, sites: Vec<Site>) -> Result<(), BadImage> {
    if sites.is_empty() {
        return Ok(());
    }
    let mentions = mentions::find(collector)?;
    let wanted: BTreeSet<GenericDefinition> = sites.iter().flat_map(contexts).collect();
    let (instances, bounds) = closure::instances(collector, &mentions, wanted)?;
    for (definition, bound) in bounds {
        report_bound(collector, definition, bound)?;
    }
    for site in sites {
        let mut closed = false;
        for instance in contexts(&site).iter().filter_map(|context| instances.get(context)).flatten() {
            closed |= collector.need_site(&site, instance.arguments())?;
        }
        if !closed {
            collector.ir.unresolved.insert(site.member.reason(site.kind));
        }
    }
    Ok(())
}

/// The definition whose instances close a site: its method, or its type if the method's parameters do not matter.
fn contexts(site: &Site) -> Vec<GenericDefinition> {
    let mut contexts = Vec::new();
    if let Some(method) = site.method {
        contexts.push(GenericDefinition::Method(site.assembly, method));
    }
    if !mentions_method_variable(&site.sig) {
        contexts.push(GenericDefinition::Type(TypeDefId { assembly: site.assembly, row: site.owner }));
    }
    contexts
}

fn mentions_method_variable(sig: &MethodSig) -> bool {
    sig.params.iter().chain([&sig.ret]).any(|ty| holds(ty, &|ty| matches!(ty, TypeSig::MVar(_))))
}

/// True if the predicate is true for a type or any type in it.
fn holds(ty: &TypeSig, wanted: &dyn Fn(&TypeSig) -> bool) -> bool {
    wanted(ty)
        || match ty {
            TypeSig::Pointer(inner) | TypeSig::ByRef(inner) | TypeSig::SzArray(inner) | TypeSig::Array(inner, _) => {
                holds(inner, wanted)
            }
            TypeSig::Pinned(inner) | TypeSig::Modified { inner, .. } => holds(inner, wanted),
            TypeSig::GenericInst { arguments, .. } => arguments.iter().any(|argument| holds(argument, wanted)),
            TypeSig::FnPtr(sig) => sig.params.iter().chain([&sig.ret]).any(|ty| holds(ty, wanted)),
            _ => false,
        }
}

/// True if a type contains a generic variable.
fn is_open(ty: &TypeSig) -> bool {
    holds(ty, &|ty| matches!(ty, TypeSig::Var(_) | TypeSig::MVar(_)))
}

fn report_bound(
    collector: &mut Collector<'_, '_>,
    definition: GenericDefinition,
    bound: closure::Bound,
) -> Result<(), BadImage> {
    let member = match definition {
        GenericDefinition::Method(assembly, row) => collector.method_ref(assembly, row)?,
        GenericDefinition::Type(id) => collector.type_ref(id)?,
    };
    let message = match bound {
        closure::Bound::Count => {
            "instantiations of it are followed up to 10,000 in total; signatures that depend on \
                                  others have no thunk unless they are spelled out"
        }
        closure::Bound::Nesting => {
            "instantiations of it are followed up to type arguments nested 8 deep; signatures \
                                    that depend on deeper ones have no thunk unless they are spelled out"
        }
    };
    collector.report(&catalogue::TOO_MANY_INSTANTIATIONS, &member, message);
    Ok(())
}
