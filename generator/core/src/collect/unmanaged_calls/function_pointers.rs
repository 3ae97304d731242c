//! Function-pointer types with an unmanaged convention, in fields, parameters, returns and locals.

use std::collections::BTreeSet;

use super::Site;
use super::filter::FnPtrPositions;
use crate::collect::conventions::has_key;
use crate::collect::ir::ReasonKind;
use crate::collect::{Collector, MethodRef};
use clr_metadata::columns::{field, method_def, stand_alone_sig, type_def};
use clr_metadata::il::MethodCode;
use clr_metadata::{
    MethodSig, Module, ReadError, StandAloneSig, TableId, Token, TypeSig, decode_field, decode_method,
    decode_stand_alone,
};
use clr_wasm_abi::types::{AssemblyId, BadImage, TypeSystem};

/// Every unmanaged function-pointer type, once per member that names it.
#[derive(Default)]
pub(super) struct Pointers {
    members: Vec<PointerMember>,
    /// Tokens of the locals' signatures that contain one, or cannot be read.
    locals: BTreeSet<u32>,
}

impl Pointers {
    /// Those of fields and methods, without the locals.
    pub fn new(collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Pointers, BadImage> {
        let module = &collector.assembly(index).module;
        let positions = FnPtrPositions::find(&module.heaps);
        if positions.is_empty() {
            return Ok(Pointers::default());
        }
        let read = || {
            let mut members = in_fields(module, &positions)?;
            members.extend(in_methods(module, &positions)?);
            Ok(members)
        };
        let members = read().map_err(TypeSystem::bad_image(index))?;
        // Most similar blobs contain no function pointer. One that cannot be read matters only if a method has it.
        let may_point = |blob| match decode_stand_alone(&module.heaps, blob) {
            Ok(StandAloneSig::Locals(locals)) => locals.iter().any(has_pointer),
            Ok(_) => false,
            Err(_) => true,
        };
        let rows = module.tables.cells(stand_alone_sig::SIGNATURE).zip(1..);
        let rows = rows.filter(|(blob, _)| positions.may_be_in(&module.heaps, *blob) && may_point(*blob));
        let locals = rows.map(|(_, row)| Token::new(TableId::StandAloneSig, row).to_u32()).collect();
        Ok(Pointers { members, locals })
    }

    /// Whether locals of the assembly may have any.
    pub fn needs_code(&self) -> bool {
        !self.locals.is_empty()
    }

    /// Adds those of a method's locals.
    pub fn visit(&mut self, module: &Module<'_>, method: u32, code: &MethodCode<'_>) -> Result<(), ReadError> {
        if code.locals != 0 && self.locals.contains(&code.locals) {
            let blob = module.tables.cell(stand_alone_sig::SIGNATURE, code.locals & 0x00FF_FFFF)?;
            if let StandAloneSig::Locals(locals) = decode_stand_alone(&module.heaps, blob)? {
                self.members.extend(PointerMember::new(Token::new(TableId::MethodDef, method), &locals));
            }
        }
        Ok(())
    }

    /// The sites of all.
    pub fn into_sites(self, collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Vec<Site>, BadImage> {
        let mut sites = Vec::new();
        for member in self.members {
            sites.extend(member.into_sites(collector, index)?);
        }
        Ok(sites)
    }
}

/// A field or method, and the function-pointer types in its signature.
struct PointerMember {
    token: Token,
    pointers: Vec<MethodSig>,
}

impl PointerMember {
    /// `None` if the types contain no unmanaged function pointer.
    fn new<'s>(token: Token, types: impl IntoIterator<Item = &'s TypeSig>) -> Option<PointerMember> {
        let mut pointers = Vec::new();
        types.into_iter().for_each(|ty| gather(ty, &mut pointers));
        (!pointers.is_empty()).then_some(PointerMember { token, pointers })
    }

    fn into_sites(self, collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Vec<Site>, BadImage> {
        let assembly = collector.assembly(index);
        let damaged = TypeSystem::bad_image(index);
        let method = (self.token.table == TableId::MethodDef).then_some(self.token.row);
        let owner = match method {
            Some(row) => assembly.method_owner(row).map_err(&damaged)?,
            None => assembly.module.owner(type_def::FIELD_LIST, self.token.row).map_err(&damaged)?,
        };
        let Some(owner) = owner else { return Ok(Vec::new()) };
        if collector.is_excluded_by_platform(index, method, Some(owner))? {
            return Ok(Vec::new());
        }
        let member = match method {
            Some(row) => collector.method_ref(index, row)?,
            None => {
                let read = || {
                    let name = assembly.module.string(field::NAME, self.token.row)?;
                    Ok(format!("{}.{name}", assembly.module.full_name(owner)?))
                };
                MethodRef {
                    path: assembly.path.to_owned(),
                    assembly: assembly.name.to_owned(),
                    full_name: read().map_err(&damaged)?,
                    token: self.token.to_u32(),
                    instruction: None,
                }
            }
        };
        let kind = ReasonKind::FunctionPointer;
        let site = |sig| Site { kind, member: member.clone(), assembly: index, owner, method, sig };
        Ok(self.pointers.into_iter().map(site).collect())
    }
}

/// The unmanaged function pointers in a type, at any depth, each after those inside of it.
fn gather(ty: &TypeSig, found: &mut Vec<MethodSig>) {
    match ty {
        TypeSig::FnPtr(sig) => {
            gather(&sig.ret, found);
            sig.params.iter().for_each(|param| gather(param, found));
            if has_key(sig) && !found.contains(sig) {
                found.push((**sig).clone());
            }
        }
        TypeSig::Pointer(inner) | TypeSig::ByRef(inner) | TypeSig::SzArray(inner) | TypeSig::Array(inner, _) => {
            gather(inner, found);
        }
        TypeSig::Pinned(inner) | TypeSig::Modified { inner, .. } => gather(inner, found),
        TypeSig::GenericInst { arguments, .. } => arguments.iter().for_each(|argument| gather(argument, found)),
        _ => {}
    }
}

fn has_pointer(ty: &TypeSig) -> bool {
    let mut found = Vec::new();
    gather(ty, &mut found);
    !found.is_empty()
}

fn in_fields(module: &Module<'_>, positions: &FnPtrPositions) -> Result<Vec<PointerMember>, ReadError> {
    let mut found = Vec::new();
    for (blob, row) in module.tables.cells(field::SIGNATURE).zip(1..) {
        if positions.may_be_in(&module.heaps, blob) {
            let ty = decode_field(&module.heaps, blob)?;
            found.extend(PointerMember::new(Token::new(TableId::Field, row), [&ty]));
        }
    }
    Ok(found)
}

fn in_methods(module: &Module<'_>, positions: &FnPtrPositions) -> Result<Vec<PointerMember>, ReadError> {
    let mut found = Vec::new();
    for (blob, row) in module.tables.cells(method_def::SIGNATURE).zip(1..) {
        if positions.may_be_in(&module.heaps, blob) {
            let sig = decode_method(&module.heaps, blob)?;
            found.extend(PointerMember::new(Token::new(TableId::MethodDef, row), sig.params.iter().chain([&sig.ret])));
        }
    }
    Ok(found)
}
