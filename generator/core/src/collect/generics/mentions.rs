//! The generic definitions that a module instantiates, and the definitions whose code contains the instantiation.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{GenericDefinition, is_open};
use crate::collect::Collector;
use crate::collect::method_types::{MethodTypes, SignatureError};
use clr_metadata::columns::{interface_impl, member_ref, method_spec, type_def};
use clr_metadata::{MethodSig, ReadError, TableId, Token, TypeSig};
use clr_wasm_abi::types::{Assembly, AssemblyId, BadImage, Role, TypeDefId, TypeSystem};
use clr_wasm_abi::{LayoutError, LowerError};

/// Type arguments, which instances inside each other share.
type TypeSigs = Rc<[TypeSig]>;

/// Definitions, which the mentions of one row share.
pub(super) type Contexts = Rc<[GenericDefinition]>;

/// A use of a generic definition with type arguments.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    /// Assembly of the tokens in the arguments.
    pub assembly: AssemblyId,
    /// The TypeSpec or MethodSpec row.
    pub row: Token,
    /// Definitions whose code contains it, if it is open.
    pub contexts: Contexts,
    pub target: GenericDefinition,
    pub type_arguments: TypeSigs,
    pub method_arguments: TypeSigs,
}

impl Mention {
    pub fn is_open(&self) -> bool {
        self.type_arguments.iter().chain(&*self.method_arguments).any(is_open)
    }
}

/// Every mention in the inputs.
pub(super) fn find(collector: &mut Collector<'_, '_>) -> Result<Vec<Mention>, BadImage> {
    let mut all = Vec::new();
    let type_system = collector.type_system;
    for (index, assembly) in type_system.assemblies() {
        if assembly.role != Role::Input {
            continue;
        }
        let mut rows = type_specs(collector, index)?;
        rows.extend(method_specs(collector, index)?);
        if rows.iter().any(Mention::is_open) {
            let contexts = contexts(collector, index)?;
            for mention in rows.iter_mut().filter(|mention| mention.is_open()) {
                if let Some(contexts) = contexts.get(&mention.row) {
                    mention.contexts = Rc::clone(contexts);
                }
            }
        }
        all.extend(rows);
    }
    Ok(all)
}

/// The instances in TypeSpec rows, also inside another one's arguments.
fn type_specs(collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Vec<Mention>, BadImage> {
    let module = &collector.assembly(index).module;
    let mut found = Vec::new();
    for row in module.tables.all(TableId::TypeSpec) {
        let sig = collector.type_system.type_spec(index, row)?;
        generic_instances(collector, index, Token::new(TableId::TypeSpec, row), &sig, &mut found)?;
    }
    Ok(found)
}

fn generic_instances(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    row: Token,
    sig: &TypeSig,
    found: &mut Vec<Mention>,
) -> Result<(), BadImage> {
    match sig {
        TypeSig::GenericInst { definition, arguments, .. } => {
            if let Ok(id) = collector.type_system.resolve_token(index, *definition)? {
                let target = GenericDefinition::Type(id);
                found.push(mention(index, row, target, arguments.clone(), Rc::new([])));
            }
            for argument in &**arguments {
                generic_instances(collector, index, row, argument, found)?;
            }
            Ok(())
        }
        TypeSig::Pointer(inner) | TypeSig::ByRef(inner) | TypeSig::SzArray(inner) | TypeSig::Array(inner, _) => {
            generic_instances(collector, index, row, inner, found)
        }
        TypeSig::Pinned(inner) | TypeSig::Modified { inner, .. } => {
            generic_instances(collector, index, row, inner, found)
        }
        _ => Ok(()),
    }
}

fn mention(
    assembly: AssemblyId,
    row: Token,
    target: GenericDefinition,
    type_arguments: TypeSigs,
    method_arguments: TypeSigs,
) -> Mention {
    Mention { assembly, row, contexts: Rc::new([]), target, type_arguments, method_arguments }
}

/// The instances in MethodSpec rows.
fn method_specs(collector: &Collector<'_, '_>, index: AssemblyId) -> Result<Vec<Mention>, BadImage> {
    let module = &collector.assembly(index).module;
    let mut found = Vec::new();
    for row in module.tables.all(TableId::MethodSpec) {
        let method = module.coded(method_spec::METHOD, row).map_err(TypeSystem::bad_image(index))?;
        let arguments = collector.type_system.method_spec(index, row)?;
        let token = Token::new(TableId::MethodSpec, row);
        if let Some((target, type_arguments)) = resolve_method(collector, index, method)? {
            let target = GenericDefinition::Method(target.assembly, target.row);
            found.push(mention(index, token, target, type_arguments, arguments.into()));
        }
    }
    Ok(found)
}

/// A MethodDef of some assembly.
struct Method {
    assembly: AssemblyId,
    row: u32,
}

/// The MethodDef of a MethodDef or MemberRef token, with the type arguments of its type.
fn resolve_method(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    token: Token,
) -> Result<Option<(Method, TypeSigs)>, BadImage> {
    let assembly = collector.assembly(index);
    let damaged = TypeSystem::bad_image(index);
    if token.table == TableId::MethodDef {
        let owner = assembly.method_owner(token.row).map_err(&damaged)?;
        let arity = match owner {
            Some(owner) => assembly.generic_param_count(Token::new(TableId::TypeDef, owner)).map_err(&damaged)?,
            None => 0,
        };
        collector.type_system.spend_parts(index, token, arity as usize)?;
        let own = (0..arity).map(TypeSig::Var).collect();
        return Ok(Some((Method { assembly: index, row: token.row }, own)));
    }
    let Some((parent, type_arguments)) = parent(collector, index, token.row)? else { return Ok(None) };
    let Ok(owner) = collector.type_system.resolve_token(index, parent)? else { return Ok(None) };
    Ok(find_method(collector, index, token.row, owner)?.map(|method| (method, type_arguments)))
}

/// The parent type of a MemberRef, as TypeDef or TypeRef, and its type arguments.
fn parent(collector: &Collector<'_, '_>, index: AssemblyId, row: u32) -> Result<Option<(Token, TypeSigs)>, BadImage> {
    let parent = collector.assembly(index).module.coded(member_ref::CLASS, row);
    let parent = parent.map_err(TypeSystem::bad_image(index))?;
    Ok(match parent.table {
        TableId::TypeDef | TableId::TypeRef => Some((parent, Rc::new([]))),
        TableId::TypeSpec => match collector.type_system.type_spec(index, parent.row)? {
            TypeSig::GenericInst { definition, arguments, .. } => Some((definition, arguments)),
            _ => None,
        },
        _ => None,
    })
}

/// The method of `owner` with the name and the types of a MemberRef.
fn find_method(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    member_ref: u32,
    owner: TypeDefId,
) -> Result<Option<Method>, BadImage> {
    let name = collector.assembly(index).module.string(member_ref::NAME, member_ref);
    let name = name.map_err(TypeSystem::bad_image(index))?;
    let member = Token::new(TableId::MemberRef, member_ref);
    let wanted = collector.type_system.method_signature(index, member)?;
    let Some(wanted_types) = types(collector, index, member, &wanted)? else { return Ok(None) };
    let damaged = TypeSystem::bad_image(owner.assembly);
    let methods = collector.assembly(owner.assembly).methods(owner.row).map_err(&damaged)?;
    for &row in methods.get(name).into_iter().flatten() {
        let method = Token::new(TableId::MethodDef, row);
        let sig = collector.type_system.method_signature(owner.assembly, method)?;
        if sig.generic_params == wanted.generic_params
            && types(collector, owner.assembly, method, &sig)?.is_some_and(|types| types == wanted_types)
        {
            return Ok(Some(Method { assembly: owner.assembly, row }));
        }
    }
    Ok(None)
}

/// The types of a signature; `None` if one is not known.
fn types(
    collector: &Collector<'_, '_>,
    index: AssemblyId,
    member: Token,
    sig: &MethodSig,
) -> Result<Option<MethodTypes>, BadImage> {
    match MethodTypes::resolve(&collector.layouts, index, member, sig) {
        Ok(types) => Ok(Some(types)),
        Err(SignatureError { error: LowerError::Layout(LayoutError::BadImage(damaged)), .. }) => Err(damaged),
        Err(_) => Ok(None),
    }
}

/// For each TypeSpec and MethodSpec row: the generic definitions whose code or base types use it.
fn contexts(collector: &mut Collector<'_, '_>, index: AssemblyId) -> Result<BTreeMap<Token, Contexts>, BadImage> {
    let assembly = collector.assembly(index);
    let mut uses: BTreeMap<Token, Vec<GenericDefinition>> = BTreeMap::new();
    collector.for_each_body(index, |_, method, code| {
        let Some(context) = generic_context(assembly, index, method)? else { return Ok(()) };
        for found in code.tokens() {
            let Some(token) = Token::from_u32(found?.token) else { continue };
            for row in named_rows(assembly, token)? {
                uses.entry(row).or_default().push(context);
            }
        }
        Ok(())
    })?;
    base_types(assembly, index, &mut uses).map_err(TypeSystem::bad_image(index))?;
    let shared = |(row, mut contexts): (Token, Vec<GenericDefinition>)| {
        contexts.sort_unstable();
        contexts.dedup();
        (row, contexts.into())
    };
    Ok(uses.into_iter().map(shared).collect())
}

/// The definition whose parameters the code of a method may use; `None` if there is none.
fn generic_context(
    assembly: &Assembly<'_>,
    index: AssemblyId,
    method: u32,
) -> Result<Option<GenericDefinition>, ReadError> {
    if assembly.generic_param_count(Token::new(TableId::MethodDef, method))? > 0 {
        return Ok(Some(GenericDefinition::Method(index, method)));
    }
    let Some(owner) = assembly.method_owner(method)? else { return Ok(None) };
    let generic = assembly.generic_param_count(Token::new(TableId::TypeDef, owner))? > 0;
    Ok(generic.then_some(GenericDefinition::Type(TypeDefId { assembly: index, row: owner })))
}

/// The TypeSpec and MethodSpec rows that an IL token refers to.
fn named_rows(assembly: &Assembly<'_>, token: Token) -> Result<Vec<Token>, ReadError> {
    let module = &assembly.module;
    let mut rows = Vec::new();
    let mut member = token;
    if token.table == TableId::MethodSpec {
        rows.push(token);
        member = module.coded(method_spec::METHOD, token.row)?;
    }
    if member.table == TableId::MemberRef {
        let parent = module.coded(member_ref::CLASS, member.row)?;
        rows.extend((parent.table == TableId::TypeSpec).then_some(parent));
    } else if member.table == TableId::TypeSpec {
        rows.push(member);
    }
    Ok(rows)
}

/// The TypeSpecs that generic types extend and implement.
fn base_types(
    assembly: &Assembly<'_>,
    index: AssemblyId,
    uses: &mut BTreeMap<Token, Vec<GenericDefinition>>,
) -> Result<(), ReadError> {
    let module = &assembly.module;
    let mut add = |row: u32, base: Token| {
        if base.table == TableId::TypeSpec {
            let context = GenericDefinition::Type(TypeDefId { assembly: index, row });
            uses.entry(base).or_default().push(context);
        }
    };
    for row in module.tables.all(TableId::TypeDef) {
        add(row, module.coded(type_def::EXTENDS, row)?);
    }
    for row in module.tables.all(TableId::InterfaceImpl) {
        let class = module.tables.cell(interface_impl::CLASS, row)?;
        add(class, module.coded(interface_impl::INTERFACE, row)?);
    }
    Ok(())
}
