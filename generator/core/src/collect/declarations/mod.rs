//! Native functions as C would declare them, for comparing them with native code and for stubs.

mod documentation_id;
pub(super) mod param_table;
mod prototypes;
mod structs;
mod types;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ir::Linkage;
use super::ir::declarations::{Declaration, NativeType, Param};
use super::marshalling::Call;
use super::method_types::MethodTypes;
use super::{Collector, MethodRef};
use clr_metadata::{MethodSig, Primitive, TableId, Token};
use clr_wasm_abi::Signature;
use clr_wasm_abi::types::{AssemblyId, BadImage, Type};
use param_table::ParamRow;
use prototypes::PointerSignature;
use types::Described;

pub(super) use prototypes::Prototypes;
pub(super) use structs::Structs;

/// The kind of a declaration.
pub(super) struct DeclaredFunction<'f> {
    pub module: &'f str,
    pub entry_point: Option<&'f str>,
    pub linkage: &'f Linkage,
}

/// The method that declares it.
pub(super) struct Method<'m> {
    pub index: AssemblyId,
    pub row: u32,
    pub name: &'m MethodRef,
    pub sig: &'m MethodSig,
}

/// A declaration with these types; `call` says how they are marshalled, `None` if they are not.
pub(super) fn declare(
    collector: &mut Collector<'_, '_>,
    function: DeclaredFunction<'_>,
    method: Method<'_>,
    types: &MethodTypes,
    call: Option<&Call>,
    signature: &Signature,
) -> Result<Declaration, BadImage> {
    let rows = param_table::params(collector.type_system, method.index, method.row)?;
    let documentation_id = documentation_id::of_method(collector.type_system, method.index, method.row, method.sig)?;
    let arguments = Rc::new([]) as Rc<[Type]>;
    let Method { index: assembly, sig, .. } = method;
    let shape = PrototypeSource { assembly, sig, arguments: &arguments, types, rows: &rows, call };
    let Collector { layouts, structs, prototypes, options, .. } = collector;
    let mut described = Described::new(layouts, structs, prototypes, options.tokens);
    let (ret, params) =
        described.with_unicode(call.is_some_and(|call| call.is_unicode), |described| contents(described, &shape));
    let (type_system, row) = (collector.type_system, Token::new(TableId::MethodDef, method.row));
    type_system.keep(method.index, row, &*documentation_id)?;
    for param in params.iter().chain([&ret]) {
        type_system.keep(method.index, row, &*param.name)?;
        type_system.keep(method.index, row, &*param.managed)?;
    }
    Ok(Declaration {
        module: function.module.to_owned(),
        entry_point: function.entry_point.map(str::to_owned),
        linkage: function.linkage.clone(),
        path: method.name.path.clone(),
        assembly: method.name.assembly.clone(),
        method: method.name.full_name.clone(),
        token: method.name.token,
        documentation_id,
        signature: signature.clone(),
        ret,
        params,
    })
}

/// The types of a function: in metadata, resolved, and their attributes.
struct PrototypeSource<'s> {
    assembly: AssemblyId,
    sig: &'s MethodSig,
    /// Arguments of the enclosing generic type.
    arguments: &'s Rc<[Type]>,
    types: &'s MethodTypes,
    /// By sequence number.
    rows: &'s BTreeMap<usize, ParamRow<'s>>,
    /// How they are marshalled; `None` if they are not.
    call: Option<&'s Call>,
}

/// The native result and parameters.
fn contents(described: &mut Described<'_, '_, '_>, shape: &PrototypeSource<'_>) -> (Param, Vec<Param>) {
    let PrototypeSource { sig, types, call, .. } = *shape;
    let type_system = described.layouts.type_system();
    let row = |index: usize| shape.rows.get(&index).copied().unwrap_or_default();
    let written = |ty| PointerSignature::find(shape.assembly, ty, shape.arguments);
    let param = |described: &Described<'_, '_, '_>, row: ParamRow<'_>, ty: &Type, native| Param {
        name: row.name.to_owned(),
        managed: described.prototypes.in_name(type_system.type_name(ty), &native),
        native,
    };
    let added =
        |name: &str, managed: &str, native| Param { name: name.to_owned(), managed: managed.to_owned(), native };
    let mut params = Vec::with_capacity(types.params.len());
    let written_params = sig.params.iter().skip(usize::from(sig.explicit_this));
    for (index, (ty, in_metadata)) in types.params.iter().zip(written_params).enumerate() {
        let row = row(index + 1);
        let native = described.with_function(written(in_metadata), |described| match call {
            Some(call) => described.param(ty, call.marshal.param(index), row.direction),
            None => match described.plain(ty) {
                NativeType::Reference { to, .. } => NativeType::Reference { to, direction: row.direction },
                native => native,
            },
        });
        params.push(param(described, row, ty, native));
    }
    if let Some(after) = call.and_then(|call| call.lcid) {
        let lcid = described.primitive(Primitive::I4);
        params.insert(after.min(params.len()), added("lcid", "int", lcid));
    }
    let native = described.with_function(written(&sig.ret), |described| match call {
        Some(call) => described.result(&types.ret, call.marshal.ret(), call.returns_hresult),
        None => described.plain(&types.ret),
    });
    let ret = if call.is_some_and(|call| call.returns_hresult) {
        if native != NativeType::Void {
            let row = ParamRow { name: "retval", ..row(0) };
            params.push(param(described, row, &types.ret, NativeType::Pointer(Box::new(native))));
        }
        added("", "int", described.primitive(Primitive::I4))
    } else {
        param(described, row(0), &types.ret, native)
    };
    (ret, params)
}

/// Sorts the declarations when all are collected.
pub(super) fn finish(collector: &mut Collector<'_, '_>) {
    let declarations = &mut collector.ir.declarations;
    declarations.structs = std::mem::take(&mut collector.structs).into_list();
    declarations.prototypes = std::mem::take(&mut collector.prototypes).into_list();
    let key = |d: &Declaration| (d.module.clone(), d.entry_point.clone(), d.assembly.clone(), d.token);
    declarations.functions.sort_by_cached_key(key);
    declarations.callbacks.sort_by_cached_key(|d| (d.assembly.clone(), d.token));
}
