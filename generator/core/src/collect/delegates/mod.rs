//! Delegates that are called through a native function pointer: attributed ones, and those that native code hands to
//! managed code.
//!
//! - `calls`: calls of `Marshal` that convert between delegates and function pointers.
//! - `native_form`: the function pointer type and the method that replace a delegate.
//! - `uses`: delegates in the signatures of P/Invokes.

mod calls;
mod native_form;
mod uses;

use super::conventions::Conventions;
use super::ir::ReasonKind;
use super::method_types::MethodTypes;
use super::{Collector, MethodRef, Need, signature_problem};
use clr_metadata::{ReadError, TableId, Token};
use clr_wasm_abi::types::{
    Assembly, AssemblyId, BadImage, Definition, KnownAttribute, Type, TypeDefId, TypeKind, TypeSystem,
};
use thunkgen_diagnostics::catalogue;

pub(super) use calls::{collect as collect_calls, need_site};
pub(super) use uses::{FieldDelegates, ParamUse, collect_pinvoke};

pub(super) fn collect(collector: &mut Collector<'_, '_>, index: AssemblyId) -> Result<(), BadImage> {
    let attributes = collector.type_system.all_attributes(index)?;
    for attribute in attributes {
        if attribute.kind == KnownAttribute::MonoPInvokeCallback && attribute.parent.table == TableId::MethodDef {
            calls::warn_of_ignored_attribute(collector, index, attribute.parent.row)?;
        }
        if attribute.kind != KnownAttribute::UnmanagedFunctionPointer || attribute.parent.table != TableId::TypeDef {
            continue;
        }
        let id = TypeDefId { assembly: index, row: attribute.parent.row };
        if collector.type_system.type_info(id)?.kind == TypeKind::Delegate {
            collector.ir.totals.delegates += 1;
            need_delegate(collector, id, Some(Need::Kept))?;
        }
    }
    Ok(())
}

/// The delegate that a type is. The bases of all delegates are none: they have no signature.
pub(super) fn as_delegate(collector: &Collector<'_, '_>, ty: &Type) -> Result<Option<TypeDefId>, BadImage> {
    let Type::Class(named) = ty else { return Ok(None) };
    let Definition::Resolved(id) = named.definition else { return Ok(None) };
    Ok((collector.type_system.type_info(id)?.kind == TypeKind::Delegate).then_some(id))
}

/// A delegate's `Invoke`.
struct Invoke {
    types: MethodTypes,
    call: super::marshalling::Call,
    method: u32,
}

/// Reads a delegate that is not generic; the inner error is that of a type.
fn invoke(
    collector: &Collector<'_, '_>,
    id: TypeDefId,
) -> Result<Option<Result<Invoke, super::method_types::SignatureError>>, BadImage> {
    let assembly = collector.assembly(id.assembly);
    let damaged = TypeSystem::bad_image(id.assembly);
    let Some(method) = find_invoke(assembly, id.row).map_err(&damaged)? else { return Ok(None) };
    let token = Token::new(TableId::MethodDef, method);
    let sig = collector.type_system.method_signature(id.assembly, token)?;
    let call = collector.method_call(id.assembly, method)?;
    let types = MethodTypes::resolve(&collector.layouts, id.assembly, token, &sig);
    Ok(Some(types.map(|types| Invoke { types, call, method })))
}

/// Adds the key of a delegate that calls native code, and of those that it receives from there. `need` decides what is
/// reported; `None` for code that cannot run.
pub(super) fn need_delegate(
    collector: &mut Collector<'_, '_>,
    id: TypeDefId,
    need: Option<Need>,
) -> Result<(), BadImage> {
    // Each delegate is looked at once for each level of reports, so that a cycle ends.
    let mut work = vec![(id, need)];
    while let Some((id, need)) = work.pop() {
        if !collector.delegates.insert((id, need)) {
            continue;
        }
        if let Some(received) = need_one(collector, id, need)? {
            // What an attributed delegate receives need not be called.
            let need = need.map(|_| Need::Unused);
            work.extend(received.into_iter().map(|id| (id, need)));
        }
    }
    Ok(())
}

/// The same for one; the delegates that it receives.
fn need_one(
    collector: &mut Collector<'_, '_>,
    id: TypeDefId,
    need: Option<Need>,
) -> Result<Option<Vec<TypeDefId>>, BadImage> {
    if collector.is_excluded_by_platform(id.assembly, None, Some(id.row))? {
        return Ok(None);
    }
    let info = collector.type_system.type_info(id)?;
    let delegate: MethodRef = collector.type_ref(id)?;
    let problem = |collector: &mut Collector<'_, '_>, error| match need {
        Some(need) => collector.report_signature(&delegate, error, need),
        None => signature_problem(error, Need::Unused).map(drop),
    };
    if info.generic_params > 0 {
        if need.is_some() {
            let message = "a generic delegate has no single native shape and gets no thunk; declare a non-generic one";
            collector.report(&catalogue::GENERIC_DELEGATE, &delegate, message);
        }
        return Ok(None);
    }
    let invoke = match invoke(collector, id)? {
        Some(Ok(invoke)) => invoke,
        Some(Err(error)) => return problem(collector, error).map(|()| None),
        None => return Ok(None),
    };
    let shown = need.map(|_| &delegate);
    let token = Token::new(TableId::TypeDef, id.row);
    let attribute = collector.type_system.attribute(id.assembly, token, KnownAttribute::UnmanagedFunctionPointer)?;
    if let Some(attribute) = attribute
        && let Some((rule, problem)) =
            Conventions::of_delegate(collector, id.assembly, attribute.row)?.problem(!invoke.types.params.is_empty())
    {
        if shown.is_some() {
            collector.report(rule, &delegate, problem);
        }
        return Ok(None);
    }
    match collector.native_signature(id.assembly, shown, &invoke.types, &invoke.call)? {
        Some(Ok(signature)) => collector.ir.need(signature, delegate.reason(ReasonKind::Delegate)),
        Some(Err(error)) => return problem(collector, error).map(|()| None),
        None => return Ok(None),
    }
    if !collector.has_marshalling(id.assembly)? {
        return Ok(None);
    }
    uses::received(collector, id.assembly, invoke.method, &invoke.types, need.map(|_| Need::Unused)).map(Some)
}

/// MethodDef row of a delegate's `Invoke`.
pub(super) fn find_invoke(assembly: &Assembly<'_>, row: u32) -> Result<Option<u32>, ReadError> {
    Ok(assembly.methods(row)?.get("Invoke").and_then(|rows| rows.first()).copied())
}
