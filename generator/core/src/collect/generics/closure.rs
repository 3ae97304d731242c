//! The fixpoint: instances in metadata, and those that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use super::mentions::Mention;
use super::{GenericDefinition, Instance, MAX_INSTANTIATIONS, MAX_NESTING};
use crate::collect::Collector;
use clr_metadata::{Token, TypeSig};
use clr_wasm_abi::types::{AssemblyId, BadImage, Type, TypeArguments};

/// Why some of a definition's instances were not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bound {
    Count,
    Nesting,
}

type Instances = BTreeMap<GenericDefinition, BTreeSet<Instance>>;
type Bounds = BTreeMap<GenericDefinition, Bound>;

/// Every provable instance of the `wanted` definitions, and the definitions at which a limit was reached.
pub(super) fn instances(
    collector: &Collector<'_, '_>,
    mentions: &[Mention],
    wanted: BTreeSet<GenericDefinition>,
) -> Result<(Instances, Bounds), BadImage> {
    let relevant = relevant(mentions, wanted);
    let mentions: Vec<&Mention> = mentions.iter().filter(|mention| relevant.contains(&mention.target)).collect();
    // The mentions of a row have the same contexts.
    let mut by_row: BTreeMap<(AssemblyId, Token), Vec<&Mention>> = BTreeMap::new();
    let mut by_context: BTreeMap<GenericDefinition, Vec<(AssemblyId, Token)>> = BTreeMap::new();
    for mention in mentions.iter().filter(|mention| mention.is_open()) {
        let row = (mention.assembly, mention.row);
        let of_row = by_row.entry(row).or_default();
        if of_row.is_empty() {
            mention.contexts.iter().for_each(|context| by_context.entry(*context).or_default().push(row));
        }
        of_row.push(mention);
    }
    let mut found = InstanceSet { instances: Instances::new(), bounds: Bounds::new(), count: 0, work: Vec::new() };
    for mention in mentions.iter().filter(|mention| !mention.is_open()) {
        found.add(instantiate(collector, mention, TypeArguments::default())?);
    }
    while let Some(instance) = found.work.pop() {
        let rows = by_context.get(&instance.definition).into_iter().flatten();
        for mention in rows.filter_map(|row| by_row.get(row)).flatten() {
            found.add(instantiate(collector, mention, instance.arguments())?);
        }
    }
    Ok((found.instances, found.bounds))
}

/// The wanted definitions, and those whose code mentions a relevant one with type parameters.
fn relevant(mentions: &[Mention], wanted: BTreeSet<GenericDefinition>) -> BTreeSet<GenericDefinition> {
    let mut into: BTreeMap<GenericDefinition, Vec<&Mention>> = BTreeMap::new();
    for mention in mentions.iter().filter(|mention| mention.is_open()) {
        into.entry(mention.target).or_default().push(mention);
    }
    let mut relevant = wanted.clone();
    let mut work: Vec<GenericDefinition> = wanted.into_iter().collect();
    let mut known_rows = BTreeSet::new();
    while let Some(target) = work.pop() {
        for mention in into.get(&target).into_iter().flatten() {
            if known_rows.insert((mention.assembly, mention.row)) {
                work.extend(mention.contexts.iter().filter(|context| relevant.insert(**context)));
            }
        }
    }
    relevant
}

fn instantiate(
    collector: &Collector<'_, '_>,
    mention: &Mention,
    arguments: TypeArguments<'_>,
) -> Result<Instance, BadImage> {
    let build = |sigs: &[TypeSig]| {
        sigs.iter()
            .map(|sig| collector.type_system.instantiate(mention.assembly, mention.row, sig, arguments))
            .collect()
    };
    let type_arguments: Result<Vec<Type>, BadImage> = build(&mention.type_arguments);
    let method_arguments: Result<Vec<Type>, BadImage> = build(&mention.method_arguments);
    let definition = mention.target;
    Ok(Instance { definition, type_arguments: type_arguments?, method_arguments: method_arguments? })
}

struct InstanceSet {
    instances: Instances,
    bounds: Bounds,
    count: usize,
    work: Vec<Instance>,
}

impl InstanceSet {
    /// Adds a closed instance that is new and within the limits.
    fn add(&mut self, instance: Instance) {
        let arguments = || instance.type_arguments.iter().chain(&instance.method_arguments);
        if arguments().any(is_open_type) {
            return; // its context was instantiated only partly, as by a row that no code uses
        }
        let known = self.instances.entry(instance.definition).or_default();
        if known.contains(&instance) {
            return;
        }
        if arguments().map(nesting).max() > Some(MAX_NESTING) {
            self.bounds.insert(instance.definition, Bound::Nesting);
        } else if self.count == MAX_INSTANTIATIONS {
            self.bounds.insert(instance.definition, Bound::Count);
        } else {
            self.count += 1;
            known.insert(instance.clone());
            self.work.push(instance);
        }
    }
}

fn is_open_type(ty: &Type) -> bool {
    match ty {
        Type::TypeVariable(_) | Type::MethodVariable(_) => true,
        Type::Class(named) | Type::Value(named) => named.arguments.iter().any(is_open_type),
        Type::Array(inner) | Type::Pointer(inner) | Type::ByRef(inner) => is_open_type(inner),
        _ => false,
    }
}

/// Nesting of type arguments: 1 for a type without any.
fn nesting(ty: &Type) -> u32 {
    1 + match ty {
        Type::Class(named) | Type::Value(named) => named.arguments.iter().map(nesting).max().unwrap_or(0),
        Type::Array(inner) | Type::Pointer(inner) | Type::ByRef(inner) => nesting(inner),
        _ => 0,
    }
}
