//! Delegates with `UnmanagedFunctionPointerAttribute`.

use super::conventions::Conventions;
use super::ir::ReasonKind;
use super::method_types::MethodTypes;
use super::{Collector, MethodRef, Need};
use clr_metadata::columns::{method_def, type_def};
use clr_metadata::{ReadError, TableId, decode_method};
use clr_wasm_abi::types::{Assembly, AssemblyId, BadImage, KnownAttribute, TypeDefId, TypeKind, TypeSystem};
use thunkgen_diagnostics::catalogue;

pub(super) fn collect(collector: &mut Collector<'_, '_>, index: AssemblyId) -> Result<(), BadImage> {
    let attributes = collector.type_system.all_attributes(index)?;
    let delegates = attributes.iter().filter(|attribute| {
        attribute.kind == KnownAttribute::UnmanagedFunctionPointer && attribute.parent.table == TableId::TypeDef
    });
    for attribute in delegates {
        let id = TypeDefId { assembly: index, row: attribute.parent.row };
        if collector.type_system.type_info(id)?.kind == TypeKind::Delegate {
            collector.ir.totals.delegates += 1;
            collect_one(collector, id, attribute.row)?;
        }
    }
    Ok(())
}

fn collect_one(collector: &mut Collector<'_, '_>, id: TypeDefId, attribute: u32) -> Result<(), BadImage> {
    if collector.is_excluded_by_platform(id.assembly, None, Some(id.row))? {
        return Ok(());
    }
    let assembly = collector.assembly(id.assembly);
    let info = collector.type_system.type_info(id)?;
    let damaged = TypeSystem::bad_image(id.assembly);
    let delegate = MethodRef {
        path: assembly.path.to_owned(),
        assembly: assembly.name.to_owned(),
        full_name: info.full_name.clone(),
        token: id.token().to_u32(),
    };
    if info.generic_params > 0 {
        let message = "a generic delegate has no single native shape and gets no thunk; declare a non-generic one";
        collector.report(&catalogue::GENERIC_DELEGATE, &delegate, message);
        return Ok(());
    }
    let Some(invoke) = find_invoke(assembly, id.row).map_err(&damaged)? else { return Ok(()) };
    let blob = assembly.module.tables.cell(method_def::SIGNATURE, invoke).map_err(&damaged)?;
    let sig = decode_method(&assembly.module.heaps, blob).map_err(&damaged)?;
    let conventions = Conventions::of_delegate(collector, id.assembly, attribute)?;
    if let Some(problem) = conventions.problem(!sig.params.is_empty()) {
        collector.report(&catalogue::NO_THUNK_CONVENTION, &delegate, problem);
        return Ok(());
    }
    let call = collector.method_call(id.assembly, invoke)?;
    let types = match MethodTypes::resolve(&collector.layouts, id.assembly, &sig) {
        Ok(types) => types,
        Err(error) => return collector.report_signature(&delegate, error, Need::Kept),
    };
    match collector.native_signature(id.assembly, &delegate, &types, &call)? {
        Ok(signature) => collector.ir.need(signature, delegate.reason(ReasonKind::Delegate)),
        Err(error) => return collector.report_signature(&delegate, error, Need::Kept),
    }
    Ok(())
}

/// MethodDef row of a delegate's `Invoke`.
pub(super) fn find_invoke(assembly: &Assembly<'_>, row: u32) -> Result<Option<u32>, ReadError> {
    for method in assembly.module.owned(type_def::METHOD_LIST, row)? {
        if assembly.module.string(method_def::NAME, method)? == "Invoke" {
            return Ok(Some(method));
        }
    }
    Ok(None)
}
