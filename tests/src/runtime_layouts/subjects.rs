//! What is compared: which types, in sets.

use std::collections::BTreeSet;
use std::rc::Rc;

use clr_metadata::TableId;
use clr_wasm_abi::types::{AssemblyId, Definition, Named, Type, TypeDefId, TypeInfo, TypeKind, TypeSystem};

use super::{exceptions, instantiations, notation};

/// Where a type comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// Defined in the framework.
    Framework,
    /// Generic, instantiated in the framework.
    FrameworkInstantiations,
    /// Defined for this comparison.
    Shapes,
    /// Generic, instantiated in the shapes.
    ShapesInstantiations,
    /// A shape of the namespace `AROUND` around each type of the other sets, enums of the framework left out.
    Around,
}

/// Namespace of the generic shapes that are put around every type.
const AROUND: &str = "LayoutShapes.Around";

/// The types to compare.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    /// Value types that are not generic, and instantiations.
    pub types: Vec<(Set, Named)>,
    /// Generic value types.
    pub generic: BTreeSet<TypeDefId>,
}

impl Subjects {
    /// Of all assemblies; those for which `is_shapes` holds, given their path, are the shapes.
    pub fn collect(type_system: &TypeSystem<'_>, is_shapes: impl Fn(&str) -> bool) -> Subjects {
        let mut subjects = Subjects::default();
        let sets =
            [(false, Set::Framework, Set::FrameworkInstantiations), (true, Set::Shapes, Set::ShapesInstantiations)];
        for (shapes, definitions, instantiated) in sets {
            let all = type_system.assemblies();
            let indices: Vec<AssemblyId> =
                all.filter(|(_, assembly)| is_shapes(assembly.path) == shapes).map(|(index, _)| index).collect();
            subjects.add_definitions(type_system, &indices, definitions);
            let found = instantiations::closed(type_system, &indices);
            subjects.types.extend(found.into_iter().map(|named| (instantiated, named)));
        }
        // An argument that is unresolved or a function pointer's array cannot be put into a question.
        subjects.types.retain(|(_, named)| notation::question(type_system, named).is_some());
        subjects.add_around(type_system);
        subjects
    }

    fn add_definitions(&mut self, type_system: &TypeSystem<'_>, assemblies: &[AssemblyId], set: Set) {
        for &assembly in assemblies {
            for row in type_system[assembly].module.tables.all(TableId::TypeDef) {
                let id = TypeDefId { assembly, row };
                let info = type_system.type_info(id).expect("a sound assembly");
                match info.kind {
                    TypeKind::Class | TypeKind::Delegate => {}
                    TypeKind::Struct | TypeKind::Enum if info.generic_params > 0 => drop(self.generic.insert(id)),
                    TypeKind::Struct | TypeKind::Enum => {
                        let definition = Definition::Resolved(id);
                        self.types.push((set, Named { definition, arguments: Rc::new([]) }));
                    }
                }
            }
        }
    }

    fn add_around(&mut self, type_system: &TypeSystem<'_>) {
        let info = |id| type_system.type_info(id).expect("a sound assembly");
        let mut around = Vec::new();
        for &outer in self.generic.iter().filter(|outer| info(**outer).namespace == AROUND) {
            for (set, named) in &self.types {
                let Definition::Resolved(inner) = &named.definition else { continue };
                let is_one_of_many_enums = *set == Set::Framework && info(*inner).kind == TypeKind::Enum;
                if !is_one_of_many_enums
                    && can_be_argument(&info(outer), &info(*inner))
                    && exceptions::reason(type_system, named).is_none()
                {
                    let arguments = [Type::Value(named.clone())].into();
                    around.push((Set::Around, Named { definition: Definition::Resolved(outer), arguments }));
                }
            }
        }
        self.types.extend(around);
    }
}

/// Ref structs cannot be type arguments in .NET 8, and `Nullable<T>` not where `struct` is asked for.
fn can_be_argument(outer: &TypeInfo<'_>, inner: &TypeInfo<'_>) -> bool {
    let is_ref_struct = inner.is_byref_like || inner.is("System", "TypedReference");
    let is_nullable = inner.is("System", "Nullable`1");
    !is_ref_struct && (!is_nullable || outer.name != "Nullables`1")
}
