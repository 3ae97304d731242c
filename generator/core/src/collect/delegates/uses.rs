//! Delegates in the signatures of P/Invokes: those that native code hands to managed code have a key, and those that
//! managed code passes to native code are reported.

use std::rc::Rc;

use super::{as_delegate, native_form, need_delegate};
use crate::collect::declarations::param_table;
use crate::collect::ir::declarations::Direction;
use crate::collect::method_types::MethodTypes;
use crate::collect::{Collector, MethodRef, Need};
use clr_metadata::columns::field;
use clr_wasm_abi::Marshaller;
use clr_wasm_abi::marshal::Class;
use clr_wasm_abi::types::{
    AssemblyId, BadImage, Definition, LayoutKind, Named, Type, TypeDefId, TypeInfo, TypeKind, TypeSystem,
};
use foldhash::{HashMap, HashSet};
use thunkgen_diagnostics::{catalogue, shorten};

/// How a P/Invoke is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::collect) enum ParamUse {
    /// It has a table entry.
    Linked,
    /// Its key only; calls throw.
    NotLinked,
}

/// The delegates in the fields of the structs that were visited.
#[derive(Default)]
pub(in crate::collect) struct FieldDelegates {
    /// Those of structs that are passed.
    passed: HashMap<Named, Delegates>,
    /// Structs whose delegates were received, with how those are reported.
    received: HashSet<(Named, Option<Need>)>,
}

/// The delegates in a parameter or struct.
#[derive(Clone, Default)]
struct Delegates {
    first: Option<Rc<Passed>>,
    has_others: bool,
}

impl Delegates {
    fn one(delegate: Option<TypeDefId>, type_name: String) -> Delegates {
        let first = Passed { delegate, field: String::new(), type_name };
        Delegates { first: Some(Rc::new(first)), has_others: false }
    }
}

/// A delegate, and where it is.
#[derive(Clone)]
struct Passed {
    /// `None` for `Delegate`, which has no signature.
    delegate: Option<TypeDefId>,
    /// Path of the field, or empty.
    field: String,
    type_name: String,
}

/// Longest path of a field, in characters.
const MAX_PATH: usize = 200;

/// Adds the keys of the delegates that a P/Invoke receives, and reports those that it passes.
pub(in crate::collect) fn collect_pinvoke(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    (row, method): (u32, &MethodRef),
    types: &MethodTypes,
    how: ParamUse,
) -> Result<(), BadImage> {
    if how == ParamUse::Linked {
        warn_of_passed(collector, index, (row, method), types)?;
    }
    let need = (how == ParamUse::Linked).then_some(Need::Unused);
    for delegate in received(collector, index, row, types, need)? {
        need_delegate(collector, delegate, need)?;
    }
    Ok(())
}

/// The delegates that a call receives: results, `ref` and `out` parameters, elements of arrays, and fields of those.
/// Structs whose delegates were received before, and are reported alike, are not visited again.
pub(super) fn received(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    method: u32,
    types: &MethodTypes,
    need: Option<Need>,
) -> Result<Vec<TypeDefId>, BadImage> {
    let mut found = Vec::new();
    let mut work = vec![Visit::Value(types.ret.clone())];
    if types.params.iter().any(|ty| matches!(ty, Type::ByRef(_) | Type::Array(_) | Type::Class(_))) {
        let rows = param_table::params(collector.type_system, index, method)?;
        for (position, ty) in types.params.iter().enumerate() {
            if rows.get(&(position + 1)).is_some_and(|row| row.direction == Direction::In) {
                continue;
            }
            match ty {
                Type::ByRef(inner) | Type::Array(inner) => work.push(Visit::Value((**inner).clone())),
                Type::Class(_) if as_delegate(collector, ty)?.is_none() => work.push(Visit::Fields(ty.clone())),
                _ => {}
            }
        }
    }
    while let Some(visit) = work.pop() {
        match visit {
            Visit::Value(Type::Array(inner)) => work.push(Visit::Value((*inner).clone())),
            Visit::Value(ty @ Type::Class(_)) => found.extend(as_delegate(collector, &ty)?),
            Visit::Value(ty) | Visit::Fields(ty) => {
                if let Some((named, info)) = as_struct(collector, &ty)?
                    && collector.field_delegates.received.insert((named.clone(), need))
                {
                    work.extend(fields(collector, named, &info)?.into_iter().map(|(_, ty)| Visit::Value(ty)));
                }
            }
        }
    }
    Ok(found)
}

/// What is searched for delegates.
enum Visit {
    /// A value: it can be one, or a struct.
    Value(Type),
    /// The fields of a class that is marshalled like a struct.
    Fields(Type),
}

/// The name and the definition of a struct, or of a class that is marshalled like one.
fn as_struct<'t, 'a>(
    collector: &Collector<'_, 'a>,
    ty: &'t Type,
) -> Result<Option<(&'t Named, Rc<TypeInfo<'a>>)>, BadImage> {
    let (Type::Value(named) | Type::Class(named)) = ty else { return Ok(None) };
    let Definition::Resolved(id) = named.definition else { return Ok(None) };
    let info = collector.type_system.type_info(id)?;
    let is_struct = info.kind == TypeKind::Struct || (info.kind == TypeKind::Class && info.layout != LayoutKind::Auto);
    Ok(is_struct.then_some((named, info)))
}

/// The fields of a struct that can hold delegates.
fn fields(
    collector: &Collector<'_, '_>,
    named: &Named,
    info: &TypeInfo<'_>,
) -> Result<Vec<(FieldRow, Type)>, BadImage> {
    let types = collector.layouts.field_types(named, info)?;
    let fields = info.fields.iter().zip(&*types);
    let fields = fields.filter(|(_, ty)| matches!(ty, Type::Value(_) | Type::Class(_) | Type::Array(_)));
    Ok(fields.map(|(field, ty)| (FieldRow { of: info.id, row: field.row }, ty.clone())).collect())
}

/// A row of Field.
#[derive(Clone, Copy)]
struct FieldRow {
    of: TypeDefId,
    row: u32,
}

/// The delegates that a parameter passes: it is one, or the elements or fields are. The fields of a class are visited if
/// it is passed like a struct.
fn delegates_in(collector: &mut Collector<'_, '_>, ty: &Type, enter_class: bool) -> Result<Delegates, BadImage> {
    let mut ty = ty;
    while let Type::Array(inner) = ty {
        ty = inner;
    }
    match (delegate(collector, ty)?, ty) {
        (Some((delegate, named)), _) => Ok(Delegates::one(delegate, collector.layouts.name(named))),
        (None, Type::Class(_)) if !enter_class => Ok(Delegates::default()),
        _ => delegates_in_fields(collector, ty),
    }
}

/// The delegate that a type is, and the name of the type. The first is `None` for `Delegate`, which has no signature.
fn delegate<'t>(
    collector: &Collector<'_, '_>,
    ty: &'t Type,
) -> Result<Option<(Option<TypeDefId>, &'t Named)>, BadImage> {
    let Type::Class(named) = ty else { return Ok(None) };
    let delegate = as_delegate(collector, ty)?;
    let is_any = || Marshaller::new(&collector.layouts).class(named).is_ok_and(|class| class == Class::AnyDelegate);
    Ok((delegate.is_some() || is_any()).then_some((delegate, named)))
}

/// The delegates in the fields of a struct, and of the structs in its fields.
fn delegates_in_fields(collector: &mut Collector<'_, '_>, root: &Type) -> Result<Delegates, BadImage> {
    let (Type::Value(name) | Type::Class(name)) = root else { return Ok(Delegates::default()) };
    if let Some(known) = collector.field_delegates.passed.get(name) {
        return Ok(known.clone());
    }
    let mut all = Delegates::default();
    let mut entered: HashSet<Named> = [name.clone()].into_iter().collect();
    // The fields on the way, each with the one before it.
    let mut steps: Vec<(FieldRow, Option<usize>)> = Vec::new();
    // A stack: fields are pushed in reverse, so that the first is visited first.
    let mut work = vec![(root.clone(), None)];
    while let Some((ty, step)) = work.pop() {
        let is_root = step.is_none();
        let mut found = Delegates::default();
        match &ty {
            Type::Array(inner) => work.push(((**inner).clone(), step)),
            Type::Class(_) if !is_root => {
                if let Some((delegate, named)) = delegate(collector, &ty)? {
                    found = Delegates::one(delegate, collector.layouts.name(named));
                }
            }
            _ => {
                if let Some((named, info)) = as_struct(collector, &ty)?
                    && (is_root || entered.insert(named.clone()))
                {
                    match collector.field_delegates.passed.get(named) {
                        Some(known) => found = known.clone(),
                        None => {
                            // It may be visited again from other structs.
                            let (assembly, token) = (info.id.assembly, info.id.token());
                            collector.type_system.spend_parts(assembly, token, info.fields.len())?;
                            for (field, ty) in fields(collector, named, &info)?.into_iter().rev() {
                                work.push((ty, Some(steps.len())));
                                steps.push((field, step));
                            }
                        }
                    }
                }
            }
        }
        let Some(first) = found.first else { continue };
        if all.first.is_some() {
            all.has_others = true;
            break;
        }
        let field = path(collector, &steps, step, &first.field)?;
        all = Delegates { first: Some(Rc::new(Passed { field, ..(*first).clone() })), ..found };
        if all.has_others {
            break;
        }
    }
    if all.first.is_none() {
        // None of the visited structs contains a delegate either.
        collector.field_delegates.passed.extend(entered.into_iter().map(|named| (named, Delegates::default())));
    } else {
        collector.field_delegates.passed.insert(name.clone(), all.clone());
    }
    Ok(all)
}

/// The names of the fields on the way to a field, and from there.
fn path(
    collector: &Collector<'_, '_>,
    steps: &[(FieldRow, Option<usize>)],
    mut step: Option<usize>,
    rest: &str,
) -> Result<String, BadImage> {
    let mut path = rest.to_owned();
    while let Some((FieldRow { of, row }, before)) = step.map(|step| steps[step]) {
        let name = collector.assembly(of.assembly).module.string(field::NAME, row);
        let name = name.map_err(TypeSystem::bad_image(of.assembly))?;
        path = if path.is_empty() { name.to_owned() } else { format!("{name}.{path}") };
        path = shorten(&path, MAX_PATH);
        step = before;
    }
    Ok(path)
}

/// The runtime makes no native entry points for delegates on WebAssembly.
fn warn_of_passed(
    collector: &mut Collector<'_, '_>,
    index: AssemblyId,
    (row, method): (u32, &MethodRef),
    types: &MethodTypes,
) -> Result<(), BadImage> {
    let rows = match types.params.iter().any(|ty| matches!(ty, Type::ByRef(_) | Type::Array(_) | Type::Class(_))) {
        true => param_table::params(collector.type_system, index, row)?,
        false => Default::default(),
    };
    let (mut has_others, mut first) = (false, None);
    for (position, ty) in types.params.iter().enumerate() {
        let is_out = rows.get(&(position + 1)).is_some_and(|row| row.direction == Direction::Out);
        let found = match ty {
            Type::ByRef(inner) | Type::Array(inner) if !is_out => delegates_in(collector, inner, false)?,
            Type::Value(_) | Type::Class(_) => delegates_in(collector, ty, !is_out)?,
            _ => Delegates::default(),
        };
        has_others |= found.has_others || (found.first.is_some() && first.is_some());
        first = first.or(found.first.map(|found| (position + 1, found)));
    }
    let Some((position, first)) = first else { return Ok(()) };
    let (place, this) = match first.field.as_str() {
        "" => (format!("parameter {position} passes"), "the parameter"),
        field => (format!("field `{field}` of parameter {position} passes"), "the field"),
    };
    let others = if has_others { " and at least one other" } else { "" };
    let advice = match first.delegate {
        Some(delegate) => native_form::advice(collector, delegate, this)?,
        None => native_form::ADVICE.to_owned(),
    };
    let message = format!(
        "{place} the delegate `{}`{others}: the call throws PlatformNotSupportedException unless it is null; {advice}",
        first.type_name
    );
    collector.report_declaration(&catalogue::DELEGATE_TO_NATIVE, method, message);
    Ok(())
}
