//! Calls of `Marshal` that convert between delegates and function pointers, and `MonoPInvokeCallbackAttribute`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::native_form;
use super::{as_delegate, need_delegate};
use crate::collect::ir::ReasonKind;
use crate::collect::method_types::MethodTypes;
use crate::collect::unmanaged_calls::Site;
use crate::collect::{Collector, MethodRef, Need};
use clr_metadata::columns::{member_ref, method_spec};
use clr_metadata::il::{Instruction, Operand, TokenUse};
use clr_metadata::{CallConv, MethodSig, TableId, Token, TypeSig};
use clr_wasm_abi::types::{AssemblyId, BadImage, KnownAttribute, Type, TypeArguments, TypeSystem};
use thunkgen_diagnostics::catalogue;

/// The class whose methods convert.
const MARSHAL: (&str, &str) = ("System.Runtime.InteropServices", "Marshal");

/// The opcode `ldtoken`.
const LDTOKEN: u16 = 0xD0;

/// The opcodes `ldloc.0` (with three after it), `ldloc.s` and `ldloc`, and those of `stloc`.
const LDLOC: [u16; 3] = [0x06, 0x11, 0xFE0C];
const STLOC: [u16; 3] = [0x0A, 0x13, 0xFE0E];

/// A method of `Marshal` that converts, with the type argument if it is a type that can be a delegate.
#[derive(Clone, Debug)]
enum Conversion {
    /// `GetDelegateForFunctionPointer<T>`, or with a `Type` object.
    Delegate(Option<TypeSig>),
    /// `GetFunctionPointerForDelegate`
    Pointer(Option<TypeSig>),
}

/// A use of one in a method.
struct Use {
    method: u32,
    /// Offset of the call in the method's code.
    offset: u32,
    conversion: Conversion,
    /// The type whose object is the last argument.
    object: Option<Token>,
}

/// Adds the keys of the delegates that the code of an assembly makes from function pointers, and reports the methods that
/// make function pointers from delegates. Signatures that depend on generic parameters go to `open_sites`.
pub(in crate::collect) fn collect(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    open_sites: &mut Vec<Site>,
) -> Result<(), BadImage> {
    let conversions = conversions(collector, index)?;
    if conversions.is_empty() {
        return Ok(());
    }
    let mut uses = Vec::new();
    collector.for_each_body(index, |_, method, code| {
        // Few methods convert; only these are read instruction by instruction.
        let converts =
            |found: TokenUse| Token::from_u32(found.token).is_some_and(|token| conversions.contains_key(&token));
        if !code.tokens().any(|found| found.is_ok_and(converts)) {
            return Ok(());
        }
        let mut objects = TypeObjects::default();
        for instruction in code.instructions() {
            let instruction = instruction?;
            let offset = instruction.offset;
            if let Operand::Token(token) = instruction.operand
                && let Some(conversion) = Token::from_u32(token).and_then(|token| conversions.get(&token))
            {
                uses.push(Use { method, offset, conversion: conversion.clone(), object: objects.top() });
            }
            objects.step(instruction);
        }
        Ok(())
    })?;
    let mut warned = BTreeMap::new();
    for Use { method, offset, conversion, object } in uses {
        let Some(owner) = collector.assembly(index).method_owner(method).map_err(TypeSystem::bad_image(index))? else {
            continue;
        };
        if collector.is_excluded_by_platform(index, Some(method), Some(owner))? {
            continue;
        }
        match conversion {
            Conversion::Delegate(sig) => {
                let sig = match (sig, object) {
                    (None, Some(token)) => type_of(collector, index, token)?,
                    (sig, _) => sig,
                };
                let Some(sig) = sig else { continue };
                let member = Rc::new(collector.method_ref(index, method)?);
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
                let site = Site { kind, member, assembly: index, owner, method: Some(method), sig: sig.into() };
                if !need_site(collector, &site, TypeArguments::default())? {
                    open_sites.push(site);
                }
            }
            Conversion::Pointer(sig) => {
                let (_, known) = warned.entry(method).or_insert((offset, None));
                if known.is_none() {
                    *known = sig;
                }
            }
        }
    }
    for (method, (offset, sig)) in warned {
        let method = MethodRef { instruction: Some(offset), ..collector.method_ref(index, method)? };
        warn_of_pointer(collector, index, &method, sig)?;
    }
    Ok(())
}

/// Adds the key of the delegate that a site makes; false if its type is still open.
pub(in crate::collect) fn need_site(
    collector: &mut Collector<'_, '_>,
    site: &Site,
    arguments: TypeArguments<'_>,
) -> Result<bool, BadImage> {
    let ty = collector.type_system.instantiate(site.assembly, site.member.row(), &site.sig.ret, arguments)?;
    if matches!(ty, Type::TypeVariable(_) | Type::MethodVariable(_)) {
        return Ok(false);
    }
    if let Some(delegate) = as_delegate(collector, &ty)? {
        need_delegate(collector, delegate, Some(Need::Unused))?;
    }
    Ok(true)
}

/// The converting methods that an assembly names, by the token of the call. The core library's own are not looked at.
fn conversions(collector: &Collector<'_, '_>, index: AssemblyId) -> Result<BTreeMap<Token, Conversion>, BadImage> {
    let assembly = collector.assembly(index);
    let module = &assembly.module;
    let damaged = TypeSystem::bad_image(index);
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
        let class = module.coded(member_ref::CLASS, row).map_err(&damaged)?;
        if class.table != TableId::TypeRef || assembly.token_name(class).map_err(&damaged)? != Some(MARSHAL) {
            continue;
        }
        let conversion = if to_delegate { Conversion::Delegate(None) } else { Conversion::Pointer(None) };
        found.insert(Token::new(TableId::MemberRef, row), conversion);
    }
    if found.is_empty() {
        return Ok(found);
    }
    for row in module.tables.all(TableId::MethodSpec) {
        let method = module.coded(method_spec::METHOD, row).map_err(&damaged)?;
        let Some(conversion) = found.get(&method) else { continue };
        // The overload of two delegate types converts to the first.
        let sig = collector.type_system.method_spec(index, row)?.into_iter().next().and_then(may_be_delegate);
        let conversion = match conversion {
            Conversion::Pointer(_) => Conversion::Pointer(sig),
            Conversion::Delegate(_) => Conversion::Delegate(sig),
        };
        found.insert(Token::new(TableId::MethodSpec, row), conversion);
    }
    Ok(found)
}

/// Follows the `Type` objects of a method: `typeof(T)` as an argument, or in a local variable.
#[derive(Default)]
struct TypeObjects {
    /// The two instructions before the current one.
    before: [Option<Instruction>; 2],
    /// The types in local variables, in the order of the code.
    locals: BTreeMap<i64, Token>,
}

impl TypeObjects {
    /// The type whose object is on top of the stack.
    fn top(&self) -> Option<Token> {
        if let [_, Some(last)] = &self.before
            && let Some(local) = local_of(last, LDLOC)
        {
            return self.locals.get(&local).copied();
        }
        self.before[0].as_ref().and_then(token_type)
    }

    fn step(&mut self, instruction: Instruction) {
        if let Some(local) = local_of(&instruction, STLOC) {
            match self.top() {
                Some(token) => self.locals.insert(local, token),
                None => self.locals.remove(&local),
            };
        }
        let [_, last] = std::mem::take(&mut self.before);
        self.before = [last, Some(instruction)];
    }
}

/// The variable that an instruction loads or stores.
fn local_of(instruction: &Instruction, [first, short, long]: [u16; 3]) -> Option<i64> {
    match instruction.operand {
        Operand::Int(index) if instruction.opcode == short || instruction.opcode == long => Some(index),
        Operand::None => instruction.opcode.checked_sub(first).filter(|index| *index < 4).map(i64::from),
        _ => None,
    }
}

/// The type of an `ldtoken`.
fn token_type(instruction: &Instruction) -> Option<Token> {
    let Operand::Token(token) = instruction.operand else { return None };
    let token = Token::from_u32(token).filter(|_| instruction.opcode == LDTOKEN)?;
    matches!(token.table, TableId::TypeDef | TableId::TypeRef | TableId::TypeSpec).then_some(token)
}

/// The type that a token means, if it can be a delegate.
fn type_of(collector: &Collector<'_, '_>, index: AssemblyId, token: Token) -> Result<Option<TypeSig>, BadImage> {
    match token.table {
        TableId::TypeSpec => collector.type_system.type_spec(index, token.row).map(may_be_delegate),
        _ => Ok(Some(TypeSig::Class(token))),
    }
}

/// Many calls may share a large type: only types that can be delegates are kept.
fn may_be_delegate(sig: TypeSig) -> Option<TypeSig> {
    let sig = sig.unmodified();
    let can_be = matches!(sig, TypeSig::Class(_) | TypeSig::GenericInst { .. } | TypeSig::Var(_) | TypeSig::MVar(_));
    can_be.then(|| sig.clone())
}

fn warn_of_pointer(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    method: &MethodRef,
    sig: Option<TypeSig>,
) -> Result<(), BadImage> {
    let delegate = match &sig {
        Some(sig) => {
            let ty = collector.type_system.instantiate(index, method.row(), sig, TypeArguments::default())?;
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
    collector.report_declaration(&catalogue::DELEGATE_TO_NATIVE, method, message);
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
    let sig = collector.type_system.method_signature(index, token)?;
    let method = collector.method_ref(index, row)?;
    let call = collector.method_call(index, row)?;
    let advice = match MethodTypes::resolve(&collector.layouts, index, token, &sig) {
        Ok(types) => native_form::of_signature(collector, &types, &call, "the pointer to it a"),
        Err(_) => native_form::ADVICE.to_owned(),
    };
    let message = format!("CoreCLR ignores MonoPInvokeCallback, so native code cannot call the method; {advice}");
    collector.report_declaration(&catalogue::DELEGATE_TO_NATIVE, &method, message);
    Ok(())
}
