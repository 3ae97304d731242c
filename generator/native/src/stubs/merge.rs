//! Merges equal types of several assemblies (from shared source files), which are one type in native code.

use std::collections::BTreeMap;

use thunkgen_core::collect::ir::declarations::{Declarations, Field, NativeType, Param, Prototype, Struct};

/// Maximum number of rounds: differences that are nested deeper are ignored.
const MAX_ROUNDS: usize = 64;

/// The declarations with one struct or prototype for all that have the same name, layout and types.
pub(super) fn merge(mut declarations: Declarations) -> Declarations {
    let Some(classes) = Classes::of(&declarations) else { return declarations };
    let structs = Representatives::new(&classes.structs);
    let prototypes = Representatives::new(&classes.prototypes);
    let ty = |of: &NativeType| mapped(of, &|index| structs.at(index), &|index| prototypes.at(index));
    declarations.structs = structs.of(&declarations.structs);
    declarations.prototypes = prototypes.of(&declarations.prototypes);
    let merged = &mut declarations;
    let functions = merged.functions.iter_mut().chain(&mut merged.callbacks);
    let params = functions.flat_map(|of| of.params.iter_mut().chain([&mut of.ret]));
    let of_prototypes = merged.prototypes.iter_mut().flat_map(|of| of.params.iter_mut().chain([&mut of.ret]));
    for param in params.chain(of_prototypes) {
        param.native = ty(&param.native);
    }
    for field in merged.structs.iter_mut().flat_map(|of| of.fields.iter_mut().flatten()) {
        field.ty = ty(&field.ty);
    }
    declarations
}

/// Equal types have equal numbers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Classes {
    structs: Vec<usize>,
    prototypes: Vec<usize>,
}

impl Classes {
    /// Partition refinement: all types start in one class, which is split by their content until nothing changes.
    fn of(declarations: &Declarations) -> Option<Classes> {
        let mut classes = Classes {
            structs: vec![0; declarations.structs.len()],
            prototypes: vec![0; declarations.prototypes.len()],
        };
        for _ in 0..MAX_ROUNDS {
            let ty = |of: &NativeType| {
                let class = |classes: &[usize], index: usize| classes.get(index).copied().unwrap_or(usize::MAX);
                mapped(of, &|index| class(&classes.structs, index), &|index| class(&classes.prototypes, index))
            };
            let next = Classes {
                structs: numbered(declarations.structs.iter().map(|of| struct_key(of, &ty))),
                prototypes: numbered(declarations.prototypes.iter().map(|of| prototype_key(of, &ty))),
            };
            if next == classes {
                return Some(classes);
            }
            classes = next;
        }
        None
    }
}

/// The content of a struct, with its types replaced by their classes.
type StructKey<'d> = (&'d str, bool, u32, u32, Option<Vec<(&'d str, u32, u32, NativeType)>>);

fn struct_key<'d>(of: &'d Struct, ty: &impl Fn(&NativeType) -> NativeType) -> StructKey<'d> {
    let field = |field: &'d Field| (&*field.name, field.offset, field.size, ty(&field.ty));
    let fields = of.fields.as_ref().map(|fields| fields.iter().map(field).collect());
    (&of.name, of.is_marshalled, of.size, of.align, fields)
}

fn prototype_key<'d>(
    of: &'d Prototype,
    ty: &impl Fn(&NativeType) -> NativeType,
) -> (String, Vec<(&'d str, &'d str, NativeType)>) {
    let param = |param: &'d Param| (&*param.name, &*param.managed, ty(&param.native));
    (of.signature.to_string(), of.params.iter().chain([&of.ret]).map(param).collect())
}

/// The number of each value, in the order of first occurrence.
fn numbered<K: Ord>(keys: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    keys.map(|key| {
        let next = numbers.len();
        *numbers.entry(key).or_insert(next)
    })
    .collect()
}

/// The first of each class.
struct Representatives<'c>(&'c [usize]);

impl<'c> Representatives<'c> {
    /// `classes` are numbered in the order of first occurrence, which is the order of the kept types.
    fn new(classes: &'c [usize]) -> Representatives<'c> {
        Representatives(classes)
    }

    fn at(&self, index: usize) -> usize {
        self.0.get(index).copied().unwrap_or(index)
    }

    fn of<T: Clone>(&self, all: &[T]) -> Vec<T> {
        let mut kept: Vec<T> = Vec::new();
        for (class, one) in self.0.iter().zip(all) {
            if *class == kept.len() {
                kept.push(one.clone());
            }
        }
        kept
    }
}

/// A type with renumbered structs and prototypes.
fn mapped(ty: &NativeType, structs: &dyn Fn(usize) -> usize, prototypes: &dyn Fn(usize) -> usize) -> NativeType {
    let inner = |to: &NativeType| Box::new(mapped(to, structs, prototypes));
    match ty {
        NativeType::Struct(index) => NativeType::Struct(structs(*index)),
        NativeType::Function { delegate, prototype } => {
            NativeType::Function { delegate: delegate.clone(), prototype: prototype.map(prototypes) }
        }
        NativeType::Pointer(to) => NativeType::Pointer(inner(to)),
        NativeType::Array(to) => NativeType::Array(inner(to)),
        NativeType::Reference { to, direction } => NativeType::Reference { to: inner(to), direction: *direction },
        NativeType::Repeated { element, count } => NativeType::Repeated { element: inner(element), count: *count },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, to: usize) -> Struct {
        let ty = NativeType::Pointer(Box::new(NativeType::Struct(to)));
        Struct {
            name: name.to_owned(),
            documentation_id: String::new(),
            is_marshalled: false,
            size: 4,
            align: 4,
            fields: Some(vec![Field { name: "Next".to_owned(), offset: 0, size: 4, ty }]),
        }
    }

    fn names(structs: Vec<Struct>) -> Vec<(String, usize)> {
        let merged = merge(Declarations { structs, ..Declarations::default() });
        let target = |of: &Struct| match of.fields.as_deref() {
            Some([Field { ty: NativeType::Pointer(to), .. }]) => match **to {
                NativeType::Struct(index) => index,
                _ => usize::MAX,
            },
            _ => usize::MAX,
        };
        merged.structs.iter().map(|of| (of.name.clone(), target(of))).collect()
    }

    #[test]
    fn equal_structs_are_one() {
        // Two lists of two kinds of nodes each, and one node that looks the same but points to another type.
        let all = [("A", 1), ("B", 0), ("A", 3), ("B", 2), ("A", 5), ("C", 4)];
        let found = names(all.map(|(name, to)| node(name, to)).into());
        let expected = [("A", 1), ("B", 0), ("A", 3), ("C", 2)];
        assert_eq!(found, expected.map(|(name, to)| (name.to_owned(), to)));
        assert_eq!(names(vec![node("A", 0), node("A", 1)]), [("A".to_owned(), 0)]);
    }

    #[test]
    fn other_layouts_are_others() {
        let wide = Struct { align: 8, ..node("A", 0) };
        assert_eq!(names(vec![node("A", 0), wide, Struct { fields: None, ..node("A", 0) }]).len(), 3);
    }
}
