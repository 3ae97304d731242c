//! From signatures to resolved types, generic variables replaced.

use std::cell::Cell;
use std::rc::Rc;

use super::ty::{Definition, Named, Type};
use super::type_system::{AssemblyId, BadImage, TypeSystem};
use crate::layout::special::CORE_LIBRARY;
use clr_metadata::{TableId, Token, TypeSig};

/// Largest type, counted in nodes: substitution can double a type at every level, and none that a program uses comes
/// near.
pub const MAX_TYPE_NODES: usize = 2_000;

/// Nodes of all types of a run, by the size of its inputs: a few structs whose fields are instances of each other can
/// expand to more types than memory holds. Real assemblies need less than a thousandth.
pub(super) fn type_nodes_of_run(input_bytes: usize) -> usize {
    input_bytes.saturating_add(100_000)
}

/// The arguments of generic variables; a variable past the end of its list stays open.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypeArguments<'t> {
    /// Arguments of the enclosing type.
    pub of_type: &'t [Type],
    /// Arguments of the enclosing method.
    pub of_method: &'t [Type],
}

/// What a type may still have, and the row to report if it has more.
struct TypeBudget {
    assembly: AssemblyId,
    member: Token,
    nodes_left: Cell<usize>,
}

impl TypeSystem<'_> {
    /// The type a signature of `assembly` means. An error names `member`, the row that has the signature.
    pub fn instantiate(
        &self,
        assembly: AssemblyId,
        member: Token,
        sig: &TypeSig,
        arguments: TypeArguments<'_>,
    ) -> Result<Type, BadImage> {
        let budget = TypeBudget { assembly, member, nodes_left: Cell::new(MAX_TYPE_NODES) };
        self.build(sig, arguments, &budget, 0)
    }

    fn build(
        &self,
        sig: &TypeSig,
        arguments: TypeArguments<'_>,
        budget: &TypeBudget,
        specs: u32,
    ) -> Result<Type, BadImage> {
        self.spend(1, budget)?;
        let assembly = budget.assembly;
        let nested = |sig: &TypeSig| self.build(sig, arguments, budget, specs);
        Ok(match sig.unmodified() {
            TypeSig::Primitive(primitive) => Type::Primitive(*primitive),
            TypeSig::String => Type::String,
            TypeSig::Object => Type::Object,
            TypeSig::TypedByRef => Type::TypedReference,
            TypeSig::Pointer(inner) => Type::Pointer(Rc::new(nested(inner)?)),
            TypeSig::ByRef(inner) => Type::ByRef(Rc::new(nested(inner)?)),
            TypeSig::SzArray(inner) | TypeSig::Array(inner, _) => Type::Array(Rc::new(nested(inner)?)),
            TypeSig::FnPtr(_) => Type::FunctionPointer,
            TypeSig::Var(index) => self.variable(arguments.of_type, *index, Type::TypeVariable, budget)?,
            TypeSig::MVar(index) => self.variable(arguments.of_method, *index, Type::MethodVariable, budget)?,
            TypeSig::Class(token) | TypeSig::ValueType(token) if token.table == TableId::TypeSpec => {
                self.build_type_spec(*token, arguments, budget, specs)?
            }
            TypeSig::Class(token) => self.class(assembly, *token)?,
            TypeSig::ValueType(token) => Type::Value(self.named(assembly, *token, Rc::new([]))?),
            TypeSig::GenericInst { is_value_type, definition, arguments: inner } => {
                let inner = inner.iter().map(nested).collect::<Result<Vec<Type>, BadImage>>()?;
                let named = self.named(assembly, *definition, inner.into())?;
                if *is_value_type { Type::Value(named) } else { Type::Class(named) }
            }
            TypeSig::Modified { .. } | TypeSig::Pinned(_) => Type::Object, // `unmodified` leaves none
        })
    }

    fn variable(
        &self,
        values: &[Type],
        index: u32,
        open: fn(u32) -> Type,
        budget: &TypeBudget,
    ) -> Result<Type, BadImage> {
        let Some(value) = values.get(index as usize) else { return Ok(open(index)) };
        self.spend(count_nodes(value, budget.nodes_left.get()), budget)?;
        Ok(value.clone())
    }

    /// Counts nodes of a type against what the type and the run may have.
    fn spend(&self, nodes: usize, budget: &TypeBudget) -> Result<(), BadImage> {
        let row = (budget.assembly, budget.member);
        self.take(&budget.nodes_left, nodes, row, "generic type of at most 2,000 parts expected")?;
        self.spend_parts(budget.assembly, budget.member, nodes)
    }

    /// Counts parts of types that are visited again against what the run may have.
    ///
    /// # Errors
    /// The run has no more; the error names `row`.
    pub fn spend_parts(&self, assembly: AssemblyId, row: Token, parts: usize) -> Result<(), BadImage> {
        let reason = "types with fewer parts and fields in all expected";
        self.take_of_run(&self.type_nodes_left, parts, (assembly, row), reason)
    }

    fn named(&self, assembly: AssemblyId, token: Token, arguments: Rc<[Type]>) -> Result<Named, BadImage> {
        let definition = match self.resolve_token(assembly, token)? {
            Ok(id) => Definition::Resolved(id),
            Err(unresolved) => Definition::Unresolved(unresolved),
        };
        Ok(Named { definition, arguments })
    }

    /// A class by its token, as which compilers do not write `string` and `object`, but the runtime accepts them.
    fn class(&self, assembly: AssemblyId, token: Token) -> Result<Type, BadImage> {
        let named = self.named(assembly, token, Rc::new([]))?;
        let name = match &named.definition {
            Definition::Resolved(id) if self[id.assembly].name.eq_ignore_ascii_case(CORE_LIBRARY) => {
                let module = &self[id.assembly].module;
                let is_nested = module.enclosing_type(id.row).map_err(Self::bad_image(id.assembly))?.is_some();
                let name = module.type_name(id.row).map_err(Self::bad_image(id.assembly))?;
                if is_nested { ("", "") } else { name }
            }
            Definition::Resolved(_) => ("", ""),
            Definition::Unresolved(unresolved) => unresolved.full_name.rsplit_once('.').unwrap_or_default(),
        };
        Ok(match name {
            ("System", "String") => Type::String,
            ("System", "Object") => Type::Object,
            _ => Type::Class(named),
        })
    }

    /// A TypeSpec inside of a signature; a chain of them is followed a few steps.
    fn build_type_spec(
        &self,
        token: Token,
        arguments: TypeArguments<'_>,
        budget: &TypeBudget,
        specs: u32,
    ) -> Result<Type, BadImage> {
        let assembly = budget.assembly;
        let module = &self[assembly].module;
        if specs > 4 {
            let error = module.tables.error(TableId::TypeSpec, token.row, "TypeSpecs nested at most 4 deep expected");
            return Err(BadImage { assembly, error });
        }
        let sig = self.type_spec(assembly, token.row)?;
        self.build(&sig, arguments, budget, specs + 1)
    }
}

/// Number of nodes of a type; counting stops at `limit`.
fn count_nodes(ty: &Type, limit: usize) -> usize {
    let mut count = 0;
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        count += 1;
        if count >= limit {
            break;
        }
        match ty {
            Type::Class(named) | Type::Value(named) => open.extend(named.arguments.iter()),
            Type::Array(inner) | Type::Pointer(inner) | Type::ByRef(inner) => open.push(inner),
            _ => {}
        }
    }
    count
}
