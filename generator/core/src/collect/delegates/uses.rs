//! Delegates in the signatures of P/Invokes: those that native code hands to managed code have a key, and those that
//! managed code passes to native code are reported.

use std::collections::BTreeSet;

use super::{as_delegate, native_form, need_delegate};
use crate::collect::declarations::param_table;
use crate::collect::ir::declarations::Direction;
use crate::collect::method_types::MethodTypes;
use crate::collect::{Collector, MethodRef, Need};
use clr_wasm_abi::Marshaller;
use clr_wasm_abi::marshal::Class;
use clr_wasm_abi::types::{AssemblyId, BadImage, Definition, LayoutKind, Named, Type, TypeDefId, TypeKind};
use thunkgen_diagnostics::catalogue;

/// How a P/Invoke is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::collect) enum ParamUse {
    /// It has a table entry.
    Linked,
    /// Its key only; calls throw.
    NotLinked,
}

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
    for delegate in received(collector, index, row, types)? {
        need_delegate(collector, delegate, need)?;
    }
    Ok(())
}

/// The delegates that a call receives: results, `ref` and `out` parameters, elements of arrays, and fields of those.
pub(super) fn received(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    method: u32,
    types: &MethodTypes,
) -> Result<Vec<TypeDefId>, BadImage> {
    let mut walk = Walk { collector, seen: BTreeSet::new(), found: Vec::new() };
    match &types.ret {
        Type::Value(_) => walk.fields(&types.ret, "")?,
        ret => walk.add(ret, "")?,
    }
    if types.params.iter().any(|ty| matches!(ty, Type::ByRef(_) | Type::Array(_) | Type::Class(_))) {
        let rows = param_table::params(collector.type_system, index, method)?;
        for (position, ty) in types.params.iter().enumerate() {
            let direction = rows.get(&(position + 1)).map_or(Direction::Both, |row| row.direction);
            match ty {
                Type::ByRef(inner) | Type::Array(inner) if direction != Direction::In => walk.value(inner, "")?,
                Type::Class(_) if as_delegate(collector, ty)?.is_none() && direction != Direction::In => {
                    walk.fields(ty, "")?;
                }
                _ => {}
            }
        }
    }
    Ok(walk.found.into_iter().filter_map(|passed| passed.delegate).collect())
}

/// A delegate, and where it is.
struct Passed {
    /// `None` for `Delegate`, which has no signature.
    delegate: Option<TypeDefId>,
    /// Path of the field, or empty.
    field: String,
    type_name: String,
}

struct Walk<'w, 'c, 'a> {
    collector: &'w Collector<'c, 'a>,
    /// The structs whose fields were visited.
    seen: BTreeSet<Named>,
    found: Vec<Passed>,
}

impl Walk<'_, '_, '_> {
    /// A delegate or a struct of some.
    fn value(&mut self, ty: &Type, field: &str) -> Result<(), BadImage> {
        match ty {
            Type::Value(_) => self.fields(ty, field),
            Type::Array(inner) => self.value(inner, field),
            _ => self.add(ty, field),
        }
    }

    fn add(&mut self, ty: &Type, field: &str) -> Result<(), BadImage> {
        let Type::Class(named) = ty else { return Ok(()) };
        let delegate = as_delegate(self.collector, ty)?;
        let is_base = delegate.is_none()
            && Marshaller::new(&self.collector.layouts).class(named).is_ok_and(|class| class == Class::AnyDelegate);
        if delegate.is_some() || is_base {
            let type_name = self.collector.layouts.name(named);
            self.found.push(Passed { delegate, field: field.to_owned(), type_name });
        }
        Ok(())
    }

    /// The fields of a struct, or of a class that is marshalled like one.
    fn fields(&mut self, ty: &Type, path: &str) -> Result<(), BadImage> {
        let (Type::Value(named) | Type::Class(named)) = ty else { return Ok(()) };
        let Definition::Resolved(id) = named.definition else { return Ok(()) };
        let info = self.collector.type_system.type_info(id)?;
        let is_struct =
            info.kind == TypeKind::Struct || (info.kind == TypeKind::Class && info.layout != LayoutKind::Auto);
        if !is_struct || !self.seen.insert(named.clone()) {
            return Ok(());
        }
        let module = &self.collector.assembly(id.assembly).module;
        for (field, ty) in info.fields.iter().zip(&*self.collector.layouts.field_types(named, &info)?) {
            if matches!(ty, Type::Value(_) | Type::Class(_) | Type::Array(_)) {
                let name = module.string(clr_metadata::columns::field::NAME, field.row);
                let name = name.map_err(clr_wasm_abi::types::TypeSystem::bad_image(id.assembly))?;
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                self.value(ty, &path)?;
            }
        }
        Ok(())
    }
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
    let mut passed = Vec::new();
    for (position, ty) in types.params.iter().enumerate() {
        let direction = rows.get(&(position + 1)).map_or(Direction::Both, |row| row.direction);
        let mut walk = Walk { collector, seen: BTreeSet::new(), found: Vec::new() };
        match ty {
            Type::ByRef(inner) if direction != Direction::Out => walk.value(inner, "")?,
            Type::Array(inner) if direction != Direction::Out => walk.value(inner, "")?,
            Type::Value(_) => walk.fields(ty, "")?,
            Type::Class(_) => {
                walk.add(ty, "")?;
                if walk.found.is_empty() && direction != Direction::Out {
                    walk.fields(ty, "")?;
                }
            }
            _ => {}
        }
        passed.extend(walk.found.into_iter().map(|found| (position + 1, found)));
    }
    let Some((position, first)) = passed.first() else { return Ok(()) };
    let (place, this) = match first.field.as_str() {
        "" => (format!("parameter {position} passes"), "the parameter"),
        field => (format!("field `{field}` of parameter {position} passes"), "the field"),
    };
    let more = match passed.len() {
        1 => String::new(),
        2 => " and 1 more delegate".to_owned(),
        count => format!(" and {} more delegates", count - 1),
    };
    let advice = match first.delegate {
        Some(delegate) => native_form::advice(collector, delegate, this)?,
        None => native_form::ADVICE.to_owned(),
    };
    let message = format!(
        "{place} the delegate `{}`{more}: the call throws PlatformNotSupportedException unless it is null; {advice}",
        first.type_name
    );
    collector.report_declaration(&catalogue::DELEGATE_TO_NATIVE, method, message);
    Ok(())
}
