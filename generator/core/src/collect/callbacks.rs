//! Callbacks: methods with `UnmanagedCallersOnlyAttribute`.

use super::declarations::{self, DeclaredFunction};
use super::ir::{Callback, Linkage};
use super::method_types::MethodTypes;
use super::{Collector, MethodRef, Need};
use clr_metadata::columns::method_def;
use clr_metadata::{AttributeValue, CallConv, ReadError, TableId, Token};
use clr_wasm_abi::types::{Assembly, AssemblyId, Attribute, BadImage, KnownAttribute, TypeSystem};
use thunkgen_diagnostics::catalogue;

/// MethodAttributes.Static
const STATIC: u32 = 0x10;

/// MethodAttributes.PinvokeImpl
const PINVOKE_IMPL: u32 = 0x2000;

pub(super) fn collect(collector: &mut Collector<'_, '_>, index: AssemblyId) -> Result<(), BadImage> {
    let attributes = collector.type_system.all_attributes(index)?;
    let callbacks: Vec<Attribute> = attributes
        .iter()
        .filter(|a| a.kind == KnownAttribute::UnmanagedCallersOnly && a.parent.table == TableId::MethodDef)
        .copied()
        .collect();
    if callbacks.is_empty() {
        return Ok(());
    }
    let has_marshalling = collector.has_marshalling(index)?;
    for attribute in callbacks {
        collector.ir.totals.callbacks += 1;
        collect_one(collector, index, attribute, has_marshalling)?;
    }
    Ok(())
}

/// A method with the attribute, and the attribute's values.
struct Candidate<'a> {
    owner: u32,
    name: &'a str,
    is_static: bool,
    is_pinvoke: bool,
    generic_params: u32,
}

fn read<'a>(assembly: &Assembly<'a>, row: u32) -> Result<Option<Candidate<'a>>, ReadError> {
    let Some(owner) = assembly.method_owner(row)? else { return Ok(None) };
    let tables = &assembly.module.tables;
    let flags = tables.cell(method_def::FLAGS, row)?;
    Ok(Some(Candidate {
        owner,
        name: assembly.module.string(method_def::NAME, row)?,
        is_static: flags & STATIC != 0,
        is_pinvoke: flags & PINVOKE_IMPL != 0,
        generic_params: assembly.generic_param_count(Token::new(TableId::MethodDef, row))?
            + assembly.generic_param_count(Token::new(TableId::TypeDef, owner))?,
    }))
}

fn collect_one(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    attribute: Attribute,
    has_marshalling: bool,
) -> Result<(), BadImage> {
    let row = attribute.parent.row;
    let assembly = collector.assembly(index);
    let damaged = TypeSystem::bad_image(index);
    let Some(candidate) = read(assembly, row).map_err(&damaged)? else { return Ok(()) };
    if collector.is_excluded_by_platform(index, Some(row), Some(candidate.owner))? {
        return Ok(());
    }
    let token = Token::new(TableId::MethodDef, row);
    let sig = collector.type_system.method_signature(index, token)?;
    let method = collector.method_ref(index, row)?;
    if candidate.is_pinvoke {
        let message =
            "UnmanagedCallersOnly does not work on a P/Invoke, which throws; remove one of the two attributes";
        collector.report(&catalogue::BAD_CALLBACK, &method, message);
        return Ok(());
    }
    if matches!(sig.conv, CallConv::VarArg | CallConv::NativeVarArg) {
        let message = "UnmanagedCallersOnly does not work on a method with variable arguments, which throws; declare one \
                       method per shape";
        collector.report(&catalogue::BAD_CALLBACK, &method, message);
        return Ok(());
    }
    if !candidate.is_static || candidate.generic_params > 0 {
        let message = "UnmanagedCallersOnly works on static methods that are not generic, in types that are not \
                       generic; the method gets no thunk";
        collector.report(&catalogue::BAD_CALLBACK, &method, message);
        return Ok(());
    }
    let call = collector.method_call(index, row)?;
    let types = match MethodTypes::resolve(&collector.layouts, index, token, &sig) {
        Ok(types) => types,
        Err(error) => return collector.report_signature(&method, error, Need::Kept),
    };
    let problem = match collector.why_not_blittable(&types, &call, has_marshalling) {
        Ok(problem) => problem,
        Err(error) => return collector.report_signature(&method, error, Need::Kept),
    };
    let tokens = collector.options.tokens;
    let mut is_marshalled = problem.is_some() && has_marshalling;
    let lowered = match types.marshalled(&collector.layouts, tokens, &call) {
        Ok(signature) if is_marshalled => Ok(signature),
        _ => {
            is_marshalled = false;
            types.native(&collector.layouts, tokens)
        }
    };
    let signature = match lowered {
        Ok(signature) => signature,
        Err(error) => return collector.report_signature(&method, error, Need::Kept),
    };
    if let Some(problem) = &problem {
        collector.report(&catalogue::NOT_BLITTABLE, &method, problem);
    }
    let (namespace, type_name) = assembly.module.type_name(candidate.owner).map_err(&damaged)?;
    let is_nested = assembly.module.enclosing_type(candidate.owner).map_err(&damaged)?.is_some();
    let export = entry_point(collector, index, attribute)?;
    let export = match export {
        Some(export) if can_export(collector, index, &candidate, row, &method, &export)? => Some(export),
        _ => None,
    };
    let callback = Callback {
        assembly: assembly.name.to_owned(),
        namespace: if is_nested { String::new() } else { namespace.to_owned() },
        type_name: type_name.to_owned(),
        type_full_name: runtime_type_name(assembly, candidate.owner).map_err(&damaged)?,
        method: candidate.name.to_owned(),
        token: method.token,
        signature,
        problem,
        entry_point: export,
    };
    if collector.options.declarations {
        let entry_point = callback.entry_point.as_deref();
        let function = DeclaredFunction { module: "", entry_point, linkage: &Linkage::Static };
        let place = declarations::Method { index, row, name: &method, sig: &sig };
        let call = is_marshalled.then_some(&call);
        let declared = declarations::declare(collector, function, place, &types, call, &callback.signature)?;
        collector.ir.declarations.callbacks.push(declared);
    }
    add(collector, method, callback);
    Ok(())
}

/// The type's full name for the runtime's type-name parser: its special characters are escaped by a backslash.
fn runtime_type_name(assembly: &Assembly<'_>, row: u32) -> Result<String, ReadError> {
    let mut full = String::new();
    for part in assembly.module.enclosing_chain(row)?.into_iter().rev().chain([row]) {
        let (namespace, name) = assembly.module.type_name(part)?;
        let nested = !full.is_empty();
        if nested {
            full.push('+');
        }
        for (index, text) in [namespace, name].into_iter().enumerate() {
            if index == 0 && (nested || text.is_empty()) {
                continue;
            }
            for c in text.chars() {
                if matches!(c, '\\' | '+' | ',' | '[' | ']' | '&' | '*') {
                    full.push('\\');
                }
                full.push(c);
            }
            if index == 0 {
                full.push('.');
            }
        }
    }
    Ok(full)
}

fn entry_point(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    attribute: Attribute,
) -> Result<Option<String>, BadImage> {
    let arguments = collector.type_system.attribute_arguments(index, attribute.row)?;
    Ok(match arguments.named("EntryPoint") {
        Some(AttributeValue::String(Some(name))) if !name.is_empty() => Some((*name).to_owned()),
        _ => None,
    })
}

/// Whether a callback can be exported: its export needs a valid name, and its method a unique one. Otherwise it is
/// reported; the address of the callback can still be taken.
fn can_export(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    candidate: &Candidate<'_>,
    row: u32,
    method: &MethodRef,
    export: &str,
) -> Result<bool, BadImage> {
    if export.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        let message = format!(
            "EntryPoint `{export}` has a control character or is not Unicode, so it is not exported; function pointers \
             to it work"
        );
        collector.report_declaration(&catalogue::BAD_EXPORT_NAME, method, message);
        return Ok(false);
    }
    let assembly = collector.assembly(index);
    let methods = assembly.methods(candidate.owner).map_err(TypeSystem::bad_image(index))?;
    let mut same = methods.get(candidate.name).into_iter().flatten();
    let Some(&other) = same.find(|other| **other != row) else { return Ok(true) };
    let message = format!(
        "the runtime finds the exported `{export}` by method name alone, but method {} of the type has the same name, \
         so it is not exported; function pointers to it work: rename one of the two to export it",
        Token::new(TableId::MethodDef, other)
    );
    collector.report_declaration(&catalogue::OVERLOADED_EXPORT, method, message);
    Ok(false)
}

/// Adds a callback; reports one with the same key or export as another.
fn add(collector: &mut Collector<'_, '_>, method: MethodRef, mut callback: Callback) {
    let key = callback.key();
    if collector.ambiguous.contains(&key) {
        return;
    }
    if let Some(other) = collector.ir.callbacks.remove(&key) {
        // A thunk remembers its method: one for both would run the wrong one.
        if let Some(export) = &other.entry_point {
            collector.exports.remove(export);
        }
        let message = format!(
            "its reverse-thunk key `{key}` is also that of {}.{} (0x{:08X}), so neither has a thunk and neither can be \
             called; rename one of the methods or types",
            other.type_full_name, other.method, other.token
        );
        collector.ambiguous.insert(key);
        collector.report_declaration(&catalogue::DUPLICATE_CALLBACK, &method, message);
        return;
    }
    if let Some(export) = callback.entry_point.clone() {
        if let Some(other) = collector.exports.get(&export).and_then(|key| collector.ir.callbacks.get(key)) {
            let message = format!(
                "EntryPoint `{export}` is also that of {}.{} of {}, which is exported; function pointers to this one \
                 work: give it another EntryPoint",
                other.type_full_name, other.method, other.assembly
            );
            collector.report_declaration(&catalogue::DUPLICATE_EXPORT, &method, message);
            callback.entry_point = None;
        } else {
            collector.exports.insert(export, key.clone());
        }
    }
    collector.ir.callbacks.insert(key, callback);
}
