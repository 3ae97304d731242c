//! InternalCalls of the core library, and the keys that the runtime itself requires.

use super::ir::{Ir, Reason, ReasonKind};
use super::method_types::MethodTypes;
use super::{Collector, Need};
use crate::runtime_version::MONO_TYPE;
use clr_metadata::columns::method_def;
use clr_metadata::{TableId, Token};
use clr_wasm_abi::layout::special::CORE_LIBRARY;
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeSystem};
use clr_wasm_abi::{ParamToken, ReturnToken, Scalar, Signature, StructAlign};
use thunkgen_diagnostics::catalogue;

/// MethodImplAttributes.InternalCall
const INTERNAL_CALL: u32 = 0x1000;

/// The runtime runs string constructors as static factories and looks up these keys: `string(ReadOnlySpan<char>)` and
/// the constructors of one to four pointer-sized or int arguments.
pub(super) fn need_string_constructors(ir: &mut Ir) {
    let span = ParamToken::Struct { size: 8, align: StructAlign::Slot };
    let int = ParamToken::Scalar(Scalar::I32);
    let shapes = [vec![span]].into_iter().chain((1..=4).map(|count| vec![int; count]));
    for params in shapes {
        let signature = Signature { managed: true, ..Signature::native(ReturnToken::Scalar(Scalar::I32), params) };
        let member = "System.String constructors".to_owned();
        ir.need(signature, Reason { kind: ReasonKind::Runtime, assembly: String::new(), member, token: 0 });
    }
}

pub(super) fn collect(collector: &mut Collector<'_, '_>, index: AssemblyId) -> Result<(), BadImage> {
    let assembly = collector.assembly(index);
    if !assembly.name.eq_ignore_ascii_case(CORE_LIBRARY) {
        return Ok(());
    }
    for (flags, row) in assembly.module.tables.cells(method_def::IMPL_FLAGS).zip(1..) {
        if flags & INTERNAL_CALL != 0 {
            collect_one(collector, index, row)?;
        }
    }
    Ok(())
}

fn collect_one(collector: &mut Collector<'_, '_>, index: AssemblyId, row: u32) -> Result<(), BadImage> {
    let assembly = collector.assembly(index);
    let damaged = TypeSystem::bad_image(index);
    let read = || {
        let owner = assembly.method_owner(row)?;
        let owner_name = owner.map(|owner| assembly.module.type_name(owner)).transpose()?;
        let mut generic_params = assembly.generic_param_count(Token::new(TableId::MethodDef, row))?;
        if let Some(owner) = owner {
            generic_params += assembly.generic_param_count(Token::new(TableId::TypeDef, owner))?;
        }
        let name = assembly.module.string(method_def::NAME, row)?;
        Ok((owner_name, name, generic_params))
    };
    let (owner_name, name, generic_params) = read().map_err(&damaged)?;
    if owner_name == Some(("System", "String")) && name == ".ctor" {
        return Ok(()); // they have fixed keys
    }
    collector.ir.totals.internal_calls += 1;
    let method = collector.method_ref(index, row)?;
    if generic_params > 0 {
        let (namespace, name) = MONO_TYPE;
        if assembly.find_type(namespace, name).map_err(&damaged)?.is_some() {
            return Ok(()); // Mono's own, which CoreCLR never calls
        }
        let message = "a generic InternalCall gets no key of its own; if the interpreter calls it, list its keys with \
                       --extra-signatures";
        collector.report(&catalogue::GENERIC_INTERNAL_CALL, &method, message);
        return Ok(());
    }
    let token = Token::new(TableId::MethodDef, row);
    let sig = collector.type_system.method_signature(index, token)?;
    let types = MethodTypes::resolve(&collector.layouts, index, token, &sig);
    match types.and_then(|types| types.managed(&collector.layouts, collector.options.tokens, sig.has_this)) {
        Ok(signature) => collector.ir.need(signature, method.reason(ReasonKind::InternalCall)),
        Err(error) => return collector.report_signature(&method, error, Need::Kept),
    }
    Ok(())
}
