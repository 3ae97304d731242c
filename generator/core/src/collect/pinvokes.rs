//! P/Invokes: MethodDefs with an ImplMap row.

use std::collections::BTreeMap;

use super::conventions::Conventions;
use super::declarations::{self, DeclaredFunction};
use super::delegates::{self, ParamUse};
use super::ir::{Linkage, ReasonKind};
use super::method_types::MethodTypes;
use super::native_symbols::{SymbolDeclaration, Symbols};
use super::{Collector, Need, signature_problem};
use clr_metadata::columns::{impl_map, method_def, module_ref};
use clr_metadata::{ReadError, TableId, Token};
use clr_wasm_abi::types::{AssemblyId, BadImage, KnownAttribute, Type, TypeSystem};
use clr_wasm_abi::{ParamToken, ReturnToken, Signature, StructAlign};
use thunkgen_diagnostics::catalogue;

/// Module whose entry points the runtime resolves by itself.
const QCALL_MODULE: &str = "QCall";

pub(super) fn collect(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    symbols: &mut Symbols,
) -> Result<(), BadImage> {
    let mut linked: BTreeMap<&str, bool> = BTreeMap::new();
    for row in collector.assembly(index).module.tables.all(TableId::ImplMap) {
        let Some(import) = read(collector, index, row).map_err(TypeSystem::bad_image(index))? else { continue };
        collector.ir.totals.pinvoke_rows += 1;
        if !collector.ir.modules.contains(import.module) {
            collector.ir.modules.insert(import.module.to_owned());
        }
        let is_linked = *linked
            .entry(import.module)
            .or_insert_with(|| import.module != QCALL_MODULE && collector.options.links(&import.module.into()));
        collect_one(collector, index, import, is_linked, symbols)?;
    }
    Ok(())
}

/// A row of ImplMap.
struct PInvokeRow<'a> {
    row: u32,
    method: u32,
    module: &'a str,
    entry_point: &'a str,
}

fn read<'a>(collector: &Collector<'_, 'a>, index: AssemblyId, row: u32) -> Result<Option<PInvokeRow<'a>>, ReadError> {
    let module = &collector.assembly(index).module;
    let forwarded = module.coded(impl_map::MEMBER_FORWARDED, row)?;
    if forwarded.table != TableId::MethodDef {
        return Ok(None); // a field: reserved, never emitted
    }
    let scope = module.tables.cell(impl_map::IMPORT_SCOPE, row)?;
    let import_name = module.string(impl_map::IMPORT_NAME, row)?;
    let method_name = module.string(method_def::NAME, forwarded.row)?;
    Ok(Some(PInvokeRow {
        row,
        method: forwarded.row,
        module: module.string(module_ref::NAME, scope)?,
        entry_point: if import_name.is_empty() { method_name } else { import_name },
    }))
}

fn collect_one(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    import: PInvokeRow<'_>,
    is_linked: bool,
    symbols: &mut Symbols,
) -> Result<(), BadImage> {
    let assembly = collector.assembly(index);
    let damaged = TypeSystem::bad_image(index);
    let owner = assembly.method_owner(import.method).map_err(&damaged)?;
    if collector.is_excluded_by_platform(index, Some(import.method), owner)? {
        return Ok(());
    }
    let method = collector.method_ref(index, import.method)?;
    let token = Token::new(TableId::MethodDef, import.method);
    for name in [import.module, import.entry_point] {
        collector.type_system.keep(index, token, name)?;
    }
    let linkage = linkage(collector, index, import.method, owner)?;
    let is_kept = is_linked || matches!(linkage, Linkage::WasmImport { .. });
    if !is_kept && import.module != QCALL_MODULE {
        *collector.ir.dropped_modules.entry(import.module.to_owned()).or_default() += 1;
    }
    let is_compared = collector.options.trust_symbols && import.module != QCALL_MODULE;
    // A call of a library that is not linked throws DllNotFoundException, whatever its types are.
    let is_silent = !is_kept && !is_compared && import.module != QCALL_MODULE;
    let need = if is_kept || import.module == QCALL_MODULE { Need::Kept } else { Need::Unused };

    let sig = collector.type_system.method_signature(index, token)?;
    let conventions = Conventions::of_pinvoke(collector, index, (import.row, import.method), &sig)?;
    if let Some((rule, problem)) = conventions.problem(!sig.params.is_empty()) {
        if need == Need::Kept {
            collector.report(rule, &method, problem);
        }
        return Ok(());
    }
    if collector.type_system.attribute(index, token, KnownAttribute::UnmanagedCallersOnly)?.is_some() {
        return Ok(()); // reported as a callback
    }
    let call = collector.pinvoke_call(index, import.row, import.method)?;
    let types = match MethodTypes::resolve(&collector.layouts, index, token, &sig) {
        Ok(types) => types,
        Err(error) if is_silent => return signature_problem(error, need).map(drop),
        Err(error) => return collector.report_signature(&method, error, need),
    };
    let shown = (!is_silent).then_some(&method);
    let signature = match collector.native_signature(index, shown, &types, &call)? {
        Some(Ok(signature)) => signature,
        Some(Err(error)) if is_silent => return signature_problem(error, need).map(drop),
        Some(Err(error)) => return collector.report_signature(&method, error, need),
        None => return Ok(()),
    };
    if collector.options.declarations && (is_kept || is_compared) {
        let function =
            DeclaredFunction { module: import.module, entry_point: Some(import.entry_point), linkage: &linkage };
        let method = declarations::Method { index, row: import.method, name: &method, sig: &sig };
        let call = collector.has_marshalling(index)?.then_some(&call);
        let declared = declarations::declare(collector, function, method, &types, call, &signature)?;
        collector.ir.declarations.functions.push(declared);
    }
    if is_kept {
        warn_of_empty_structs(collector, &method, &types, &signature);
        symbols.add(
            import.module,
            import.entry_point,
            SymbolDeclaration::new(method.clone(), signature.clone(), linkage),
        );
    }
    if collector.has_marshalling(index)? {
        let how = if is_kept { ParamUse::Linked } else { ParamUse::NotLinked };
        delegates::collect_pinvoke(collector, index, (import.method, &method), &types, how)?;
    }
    collector.ir.need(signature, method.reason(ReasonKind::PInvoke));
    Ok(())
}

fn linkage(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    method: u32,
    owner: Option<u32>,
) -> Result<Linkage, BadImage> {
    let token = Token::new(TableId::MethodDef, method);
    if collector.type_system.attribute(index, token, KnownAttribute::WasmImportLinkage)?.is_none() {
        return Ok(Linkage::Static);
    }
    let assembly = collector.assembly(index);
    let namespace = match owner {
        Some(owner) => assembly.module.type_name(owner).map_err(TypeSystem::bad_image(index))?.0.to_owned(),
        None => String::new(),
    };
    Ok(Linkage::WasmImport { namespace })
}

/// C has no empty parameters or results, but the runtime passes the address of one byte.
fn warn_of_empty_structs(
    collector: &mut Collector<'_, '_>,
    method: &super::MethodRef,
    types: &MethodTypes,
    signature: &Signature,
) {
    let is_empty = |collector: &Collector<'_, '_>, ty: &Type| match ty {
        Type::Value(named) => {
            let is_empty = collector.layouts.info(named).is_ok_and(|info| info.fields.is_empty());
            is_empty.then(|| collector.layouts.name(named))
        }
        _ => None,
    };
    if signature.ret == ReturnToken::Struct(1)
        && let Some(name) = is_empty(collector, &types.ret)
    {
        let message = format!(
            "it returns the empty struct `{name}`: C returns nothing, the runtime passes an address for it; return \
             void or give the struct a field"
        );
        collector.report(&catalogue::EMPTY_STRUCT, method, message);
    }
    let one_byte = ParamToken::Struct { size: 1, align: StructAlign::Slot };
    for (position, (ty, token)) in types.params.iter().zip(&signature.params).enumerate() {
        if *token == one_byte
            && let Some(name) = is_empty(collector, ty)
        {
            let message = format!(
                "parameter {} is the empty struct `{name}` by value: C has no such parameter, the runtime passes an \
                 address; remove the parameter or give the struct a field",
                position + 1,
            );
            collector.report(&catalogue::EMPTY_STRUCT, method, message);
        }
    }
}
