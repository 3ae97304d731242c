//! Native functions as C would declare them, for those who compare or write native code.

mod names;
mod structs;
mod types;

use super::ir::Linkage;
use super::ir::declarations::{Declaration, NativeType, Param};
use super::marshalling::Call;
use super::signatures::MethodTypes;
use super::{Collector, MethodRef};
use crate::abi::Signature;
use crate::metadata::Primitive;
use crate::types::{Damaged, Type};
use names::ParamRow;
use types::Described;

pub(super) use structs::Structs;

/// What is declared.
pub(super) struct Function<'f> {
    pub module: &'f str,
    pub entry_point: Option<&'f str>,
    pub linkage: &'f Linkage,
}

/// The method that declares it.
pub(super) struct Method<'m> {
    pub index: usize,
    pub row: u32,
    pub name: &'m MethodRef,
}

/// A declaration of these types; `call` says how they are marshalled, `None` that they are not.
pub(super) fn declare(
    collector: &mut Collector<'_, '_>,
    function: Function<'_>,
    method: Method<'_>,
    types: &MethodTypes,
    call: Option<&Call>,
    signature: &Signature,
) -> Result<Declaration, Damaged> {
    let rows = names::params(collector, method.index, method.row)?;
    let universe = collector.universe;
    let Collector { layouts, structs, .. } = collector;
    let mut described = Described::new(layouts, structs, call.is_some_and(|call| call.is_unicode));
    let row = |index: usize| rows.get(&index).copied().unwrap_or_default();
    let param = |row: ParamRow<'_>, ty: &Type, native| Param {
        name: row.name.to_owned(),
        managed: universe.type_name(ty),
        native,
    };
    let added =
        |name: &str, managed: &str, native| Param { name: name.to_owned(), managed: managed.to_owned(), native };
    let mut params = Vec::with_capacity(types.params.len());
    for (index, ty) in types.params.iter().enumerate() {
        let row = row(index + 1);
        let native = match call {
            Some(call) => described.param(ty, call.marshal.param(index), row.direction),
            None => described.plain(ty),
        };
        params.push(param(row, ty, native));
    }
    if let Some(after) = call.and_then(|call| call.lcid) {
        let lcid = described.primitive(Primitive::I4);
        params.insert(after.min(params.len()), added("lcid", "int", lcid));
    }
    let native = match call {
        Some(call) => described.result(&types.ret, call.marshal.ret(), call.returns_hresult),
        None => described.plain(&types.ret),
    };
    let ret = if call.is_some_and(|call| call.returns_hresult) {
        if native != NativeType::Void {
            params.push(param(
                ParamRow { name: "retval", ..row(0) },
                &types.ret,
                NativeType::Pointer(Box::new(native)),
            ));
        }
        added("", "int", described.primitive(Primitive::I4))
    } else {
        param(row(0), &types.ret, native)
    };
    Ok(Declaration {
        module: function.module.to_owned(),
        entry_point: function.entry_point.map(str::to_owned),
        linkage: function.linkage.clone(),
        path: method.name.path.clone(),
        assembly: method.name.assembly.clone(),
        method: method.name.full_name.clone(),
        token: method.name.token,
        documentation_id: String::new(),
        signature: signature.clone(),
        ret,
        params,
    })
}

/// Puts the declarations in order, once all are there.
pub(super) fn finish(collector: &mut Collector<'_, '_>) {
    let declarations = &mut collector.ir.declarations;
    declarations.structs = std::mem::take(&mut collector.structs).into_list();
    let key = |d: &Declaration| (d.module.clone(), d.entry_point.clone(), d.assembly.clone(), d.token);
    declarations.functions.sort_by_cached_key(key);
    declarations.callbacks.sort_by_cached_key(|d| (d.assembly.clone(), d.token));
}
