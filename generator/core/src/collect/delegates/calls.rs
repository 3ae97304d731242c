//! Calls of `Marshal` that convert between delegates and function pointers, and `MonoPInvokeCallbackAttribute`.

use std::collections::BTreeMap;

use super::native_form;
use super::{as_delegate, need_delegate};
use crate::collect::ir::ReasonKind;
use crate::collect::method_types::MethodTypes;
use crate::collect::unmanaged_calls::Site;
use crate::collect::{Collector, Need};
use clr_metadata::columns::{member_ref, method_def, method_spec, type_spec};
use clr_metadata::il::TokenUse;
use clr_metadata::{
    CallConv, MethodSig, ReadError, TableId, Token, TypeSig, decode_method, decode_method_spec, decode_type_spec,
};
use clr_wasm_abi::types::{AssemblyId, BadImage, KnownAttribute, Type, TypeArguments, TypeSystem};
use thunkgen_diagnostics::catalogue;

/// The class whose methods convert.
const MARSHAL: (&str, &str) = ("System.Runtime.InteropServices", "Marshal");

/// The opcode `ldtoken`.
const LDTOKEN: u16 = 0xD0;

/// Bytes of a `call` or `ldtoken`.
const CALL_SIZE: u32 = 5;

/// A method of `Marshal` that converts.
#[derive(Clone, Debug)]
enum Conversion {
    /// `GetDelegateForFunctionPointer<T>`
    Delegate(TypeSig),
    /// `GetDelegateForFunctionPointer(nint, Type)`
    DelegateOfType,
    /// `GetFunctionPointerForDelegate`, with the type if it is the generic one.
    Pointer(Option<TypeSig>),
}

/// A use of one in a method.
struct Use {
    method: u32,
    conversion: Conversion,
}

/// Adds the keys of the delegates that the code of an assembly makes from function pointers, and reports the methods that
/// make function pointers from delegates. Signatures that depend on generic parameters go to `open_sites`.
pub(in crate::collect) fn collect(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    open_sites: &mut Vec<Site>,
) -> Result<(), BadImage> {
    let conversions = conversions(collector, index).map_err(TypeSystem::bad_image(index))?;
    if conversions.is_empty() {
        return Ok(());
    }
    let module = &collector.assembly(index).module;
    let mut uses = Vec::new();
    collector.for_each_body(index, |_, method, code| {
        // The two uses of tokens before the current one.
        let mut before: [Option<TokenUse>; 2] = [None, None];
        for found in code.tokens() {
            let found = found?;
            match Token::from_u32(found.token).and_then(|token| conversions.get(&token)) {
                Some(Conversion::DelegateOfType) => {
                    // `ldtoken` and the call of Type.GetTypeFromHandle, which are right before it.
                    let of_token = before[0].filter(|first| first.offset + 2 * CALL_SIZE == found.offset);
                    if let Some(token) = of_token.and_then(token_type) {
                        let conversion = Conversion::Delegate(type_of(module, token)?);
                        uses.push(Use { method, conversion });
                    }
                }
                Some(other) => uses.push(Use { method, conversion: other.clone() }),
                None => {}
            }
            before = [before[1], Some(found)];
        }
        Ok(())
    })?;
    let mut warned = BTreeMap::new();
    for Use { method, conversion } in uses {
        let Some(owner) = collector.assembly(index).method_owner(method).map_err(TypeSystem::bad_image(index))? else {
            continue;
        };
        if collector.is_excluded_by_platform(index, Some(method), Some(owner))? {
            continue;
        }
        match conversion {
            Conversion::Delegate(sig) => {
                let member = collector.method_ref(index, method)?;
                let sig = MethodSig {
                    conv: CallConv::Default,
                    has_this: false,
                    explicit_this: false,
                    generic_params: 0,
                    ret: sig,
                    params: Vec::new(),
                    sentinel: None,
                };
                let kind = ReasonKind::Delegate;
                let site = Site { kind, member, assembly: index, owner, method: Some(method), sig };
                if !need_site(collector, &site, TypeArguments::default())? {
                    open_sites.push(site);
                }
            }
            Conversion::Pointer(sig) => {
                let known = warned.entry(method).or_insert(None);
                if known.is_none() {
                    *known = sig;
                }
            }
            Conversion::DelegateOfType => {}
        }
    }
    for (method, sig) in warned {
        warn_of_pointer(collector, index, method, sig)?;
    }
    Ok(())
}

/// Adds the key of the delegate that a site makes; false if its type is still open.
pub(in crate::collect) fn need_site(
    collector: &mut Collector<'_, '_>,
    site: &Site,
    arguments: TypeArguments<'_>,
) -> Result<bool, BadImage> {
    let ty = collector.type_system.instantiate(site.assembly, &site.sig.ret, arguments)?;
    if matches!(ty, Type::TypeVariable(_) | Type::MethodVariable(_)) {
        return Ok(false);
    }
    if let Some(delegate) = as_delegate(collector, &ty)? {
        need_delegate(collector, delegate, Some(Need::Unused))?;
    }
    Ok(true)
}

/// The converting methods that an assembly names, by the token of the call. The core library's own are not looked at.
fn conversions(collector: &Collector<'_, '_>, index: AssemblyId) -> Result<BTreeMap<Token, Conversion>, ReadError> {
    let assembly = collector.assembly(index);
    let module = &assembly.module;
    let mut found = BTreeMap::new();
    // Most assemblies have neither name.
    if !module.heaps.has_text("FunctionPointer") {
        return Ok(found);
    }
    let [to_delegate, to_pointer] =
        ["GetDelegateForFunctionPointer", "GetFunctionPointerForDelegate"].map(|name| module.heaps.find_string(name));
    for (name, row) in module.tables.cells(member_ref::NAME).zip(1..) {
        let to_delegate = to_delegate.binary_search(&name).is_ok();
        if !to_delegate && to_pointer.binary_search(&name).is_err() {
            continue;
        }
        let class = module.coded(member_ref::CLASS, row)?;
        if class.table != TableId::TypeRef || assembly.token_name(class)? != Some(MARSHAL) {
            continue;
        }
        let conversion = if to_delegate { Conversion::DelegateOfType } else { Conversion::Pointer(None) };
        found.insert(Token::new(TableId::MemberRef, row), conversion);
    }
    if found.is_empty() {
        return Ok(found);
    }
    for row in module.tables.all(TableId::MethodSpec) {
        let method = module.coded(method_spec::METHOD, row)?;
        let Some(conversion) = found.get(&method) else { continue };
        let blob = module.tables.cell(method_spec::INSTANTIATION, row)?;
        let arguments = decode_method_spec(&module.heaps, blob)?;
        // The overload of two delegate types converts to the first.
        let Some(sig) = arguments.into_iter().next() else { continue };
        let conversion = match conversion {
            Conversion::Pointer(_) => Conversion::Pointer(Some(sig)),
            _ => Conversion::Delegate(sig),
        };
        found.insert(Token::new(TableId::MethodSpec, row), conversion);
    }
    Ok(found)
}

/// The type of an `ldtoken`.
fn token_type(of: TokenUse) -> Option<Token> {
    let token = Token::from_u32(of.token).filter(|_| of.opcode == LDTOKEN);
    token.filter(|token| matches!(token.table, TableId::TypeDef | TableId::TypeRef | TableId::TypeSpec))
}

/// The type that a token means.
fn type_of(module: &clr_metadata::Module<'_>, token: Token) -> Result<TypeSig, ReadError> {
    match token.table {
        TableId::TypeSpec => decode_type_spec(&module.heaps, module.tables.cell(type_spec::SIGNATURE, token.row)?),
        _ => Ok(TypeSig::Class(token)),
    }
}

fn warn_of_pointer(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    row: u32,
    sig: Option<TypeSig>,
) -> Result<(), BadImage> {
    let method = collector.method_ref(index, row)?;
    let delegate = match &sig {
        Some(sig) => {
            let ty = collector.type_system.instantiate(index, sig, TypeArguments::default())?;
            as_delegate(collector, &ty)?
        }
        None => None,
    };
    let advice = match delegate {
        Some(delegate) => native_form::advice(collector, delegate, "the pointer a")?,
        None => native_form::ADVICE.to_owned(),
    };
    let message = format!(
        "Marshal.GetFunctionPointerForDelegate throws PlatformNotSupportedException for delegates to managed methods; \
         {advice}"
    );
    collector.report_declaration(&catalogue::DELEGATE_TO_NATIVE, &method, message);
    Ok(())
}

/// Mono makes a native entry point of a method with the attribute; CoreCLR does not look at it.
pub(super) fn warn_of_ignored_attribute(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    row: u32,
) -> Result<(), BadImage> {
    let token = Token::new(TableId::MethodDef, row);
    if collector.type_system.attribute(index, token, KnownAttribute::UnmanagedCallersOnly)?.is_some() {
        return Ok(());
    }
    let assembly = collector.assembly(index);
    let damaged = TypeSystem::bad_image(index);
    let owner = assembly.method_owner(row).map_err(&damaged)?;
    if collector.is_excluded_by_platform(index, Some(row), owner)? {
        return Ok(());
    }
    let blob = assembly.module.tables.cell(method_def::SIGNATURE, row).map_err(&damaged)?;
    let sig = decode_method(&assembly.module.heaps, blob).map_err(&damaged)?;
    let method = collector.method_ref(index, row)?;
    let call = collector.method_call(index, row)?;
    let advice = match MethodTypes::resolve(&collector.layouts, index, &sig) {
        Ok(types) => native_form::of_signature(collector, &types, &call, "the pointer to it a"),
        Err(_) => native_form::ADVICE.to_owned(),
    };
    let message = format!("CoreCLR ignores MonoPInvokeCallback, so native code cannot call the method; {advice}");
    collector.report_declaration(&catalogue::DELEGATE_TO_NATIVE, &method, message);
    Ok(())
}
