//! Function-pointer types with an unmanaged convention, in fields, parameters, returns and locals.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

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
use foldhash::HashSet;

/// Every unmanaged function-pointer type, once per member that names it.
#[derive(Default)]
pub(super) struct Pointers {
    members: Vec<PointerMember>,
    /// Tokens of the locals' signatures that contain one, or cannot be read.
    locals: BTreeSet<u32>,
    in_locals: BySignature,
}

/// The function pointers of each signature blob: many rows can have one.
type BySignature = BTreeMap<u32, Rc<[Rc<MethodSig>]>>;

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
        let may_point = |row| match collector.type_system.stand_alone_signature(index, row) {
            Ok(StandAloneSig::Locals(locals)) => locals.iter().any(has_pointer),
            Ok(_) => false,
            Err(_) => true,
        };
        let rows = module.tables.cells(stand_alone_sig::SIGNATURE).zip(1..);
        let rows = rows.filter(|(blob, row)| positions.may_be_in(&module.heaps, *blob) && may_point(*row));
        let locals = rows.map(|(_, row)| Token::new(TableId::StandAloneSig, row).to_u32()).collect();
        Ok(Pointers { members, locals, in_locals: BySignature::new() })
    }

    /// Whether locals of the assembly may have any.
    pub fn needs_code(&self) -> bool {
        !self.locals.is_empty()
    }

    /// Adds those of a method's locals.
    pub fn visit(&mut self, module: &Module<'_>, method: u32, code: &MethodCode<'_>) -> Result<(), ReadError> {
        if code.locals != 0 && self.locals.contains(&code.locals) {
            let blob = module.tables.cell(stand_alone_sig::SIGNATURE, code.locals & 0x00FF_FFFF)?;
            let member = PointerMember::new(Token::new(TableId::MethodDef, method), blob, &mut self.in_locals, || {
                Ok(match decode_stand_alone(&module.heaps, blob)? {
                    StandAloneSig::Locals(locals) => gather_all(&locals),
                    _ => Vec::new(),
                })
            })?;
            self.members.extend(member);
        }
        Ok(())
    }

    /// Calls `visit` with each site.
    pub fn for_each_site<'a>(
        self,
        collector: &mut Collector<'_, 'a>,
        index: AssemblyId,
        mut visit: impl FnMut(&mut Collector<'_, 'a>, Site) -> Result<(), BadImage>,
    ) -> Result<(), BadImage> {
        // Members can share many pointers, so that sites are not kept.
        for member in self.members {
            let Some(place) = member.place(collector, index)? else { continue };
            for sig in &*member.pointers {
                visit(collector, place.site(index, sig))?;
            }
        }
        Ok(())
    }
}

/// Where sites are.
struct SitePlace {
    member: Rc<MethodRef>,
    owner: u32,
    method: Option<u32>,
}

impl SitePlace {
    fn site(&self, assembly: AssemblyId, sig: &Rc<MethodSig>) -> Site {
        let SitePlace { owner, method, .. } = *self;
        let (kind, member, sig) = (ReasonKind::FunctionPointer, Rc::clone(&self.member), Rc::clone(sig));
        Site { kind, member, assembly, owner, method, sig }
    }
}

/// A field or method, and the function-pointer types in its signature.
struct PointerMember {
    token: Token,
    pointers: Rc<[Rc<MethodSig>]>,
}

impl PointerMember {
    /// `None` if the signature contains no unmanaged function pointer. It is only read for the first member that has it.
    fn new(
        token: Token,
        blob: u32,
        known: &mut BySignature,
        read: impl FnOnce() -> Result<Vec<Rc<MethodSig>>, ReadError>,
    ) -> Result<Option<PointerMember>, ReadError> {
        let pointers = match known.get(&blob) {
            Some(pointers) => Rc::clone(pointers),
            None => Rc::clone(known.entry(blob).or_insert(read()?.into())),
        };
        Ok((!pointers.is_empty()).then_some(PointerMember { token, pointers }))
    }

    /// `None` for code of another platform.
    fn place(&self, collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Option<SitePlace>, BadImage> {
        let assembly = collector.assembly(index);
        let damaged = TypeSystem::bad_image(index);
        let method = (self.token.table == TableId::MethodDef).then_some(self.token.row);
        let owner = match method {
            Some(row) => assembly.method_owner(row).map_err(&damaged)?,
            None => assembly.module.owner(type_def::FIELD_LIST, self.token.row).map_err(&damaged)?,
        };
        let Some(owner) = owner else { return Ok(None) };
        if collector.is_excluded_by_platform(index, method, Some(owner))? {
            return Ok(None);
        }
        let member = match method {
            Some(row) => collector.method_ref(index, row)?,
            None => {
                let read = || {
                    let name = assembly.module.string(field::NAME, self.token.row)?;
                    Ok(format!("{}.{name}", assembly.module.full_name(owner)?))
                };
                let full_name = collector.type_system.keep(index, self.token, read().map_err(&damaged)?)?;
                MethodRef {
                    path: assembly.path.to_owned(),
                    assembly: assembly.name.to_owned(),
                    full_name,
                    token: self.token.to_u32(),
                    instruction: None,
                }
            }
        };
        Ok(Some(SitePlace { member: Rc::new(member), owner, method }))
    }
}

/// The unmanaged function pointers in types, at any depth, each once and after those inside of it.
#[derive(Default)]
struct Gathered {
    list: Vec<Rc<MethodSig>>,
    known: HashSet<Rc<MethodSig>>,
}

impl Gathered {
    fn add(&mut self, ty: &TypeSig) {
        match ty {
            TypeSig::FnPtr(sig) => {
                self.add(&sig.ret);
                sig.params.iter().for_each(|param| self.add(param));
                if has_key(sig) && self.known.insert(Rc::clone(sig)) {
                    self.list.push(Rc::clone(sig));
                }
            }
            TypeSig::Pointer(inner) | TypeSig::ByRef(inner) | TypeSig::SzArray(inner) | TypeSig::Array(inner, _) => {
                self.add(inner);
            }
            TypeSig::Pinned(inner) | TypeSig::Modified { inner, .. } => self.add(inner),
            TypeSig::GenericInst { arguments, .. } => arguments.iter().for_each(|argument| self.add(argument)),
            _ => {}
        }
    }
}

fn gather_all<'s>(types: impl IntoIterator<Item = &'s TypeSig>) -> Vec<Rc<MethodSig>> {
    let mut found = Gathered::default();
    types.into_iter().for_each(|ty| found.add(ty));
    found.list
}

fn has_pointer(ty: &TypeSig) -> bool {
    !gather_all([ty]).is_empty()
}

fn in_fields(module: &Module<'_>, positions: &FnPtrPositions) -> Result<Vec<PointerMember>, ReadError> {
    let (mut found, mut known) = (Vec::new(), BySignature::new());
    for (blob, row) in module.tables.cells(field::SIGNATURE).zip(1..) {
        if positions.may_be_in(&module.heaps, blob) {
            let read = || Ok(gather_all([&decode_field(&module.heaps, blob)?]));
            found.extend(PointerMember::new(Token::new(TableId::Field, row), blob, &mut known, read)?);
        }
    }
    Ok(found)
}

fn in_methods(module: &Module<'_>, positions: &FnPtrPositions) -> Result<Vec<PointerMember>, ReadError> {
    let (mut found, mut known) = (Vec::new(), BySignature::new());
    for (blob, row) in module.tables.cells(method_def::SIGNATURE).zip(1..) {
        if positions.may_be_in(&module.heaps, blob) {
            let read = || {
                let sig = decode_method(&module.heaps, blob)?;
                Ok(gather_all(sig.params.iter().chain([&sig.ret])))
            };
            found.extend(PointerMember::new(Token::new(TableId::MethodDef, row), blob, &mut known, read)?);
        }
    }
    Ok(found)
}
