//! Recursive prototypes: Rust cannot express the type of a delegate that takes itself.

use std::collections::BTreeMap;

use thunkgen_core::collect::ir::declarations::{NativeType, Prototype};

/// The prototypes that can reach a cycle.
#[derive(Debug, Default)]
pub(super) struct Cycles {
    is_left: Vec<bool>,
}

impl Cycles {
    /// Repeatedly removes prototypes that mention none of the remaining ones.
    pub fn of(prototypes: &[Prototype]) -> Cycles {
        let mentions = |of: &Prototype| -> Vec<usize> {
            let types = of.params.iter().chain([&of.ret]).filter_map(|param| mentioned(&param.native));
            types.filter(|inner| *inner < prototypes.len()).collect()
        };
        let mut open = Vec::with_capacity(prototypes.len());
        let mut mentioned_by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (outer, of) in prototypes.iter().enumerate() {
            let inner = mentions(of);
            open.push(inner.len());
            for inner in inner {
                mentioned_by.entry(inner).or_default().push(outer);
            }
        }
        let mut is_left = vec![true; prototypes.len()];
        let mut done: Vec<usize> = (0..prototypes.len()).filter(|index| open.get(*index) == Some(&0)).collect();
        while let Some(index) = done.pop() {
            if let Some(left) = is_left.get_mut(index) {
                *left = false;
            }
            for outer in mentioned_by.get(&index).into_iter().flatten() {
                if let Some(count) = open.get_mut(*outer) {
                    *count -= 1;
                    if *count == 0 {
                        done.push(*outer);
                    }
                }
            }
        }
        Cycles { is_left }
    }

    /// Whether expanding the inner one inside the outer one may not end.
    pub fn connects(&self, outer: usize, inner: usize) -> bool {
        let is_left = |index: usize| self.is_left.get(index) == Some(&true);
        is_left(outer) && is_left(inner)
    }
}

/// The prototype that a type points to, not through a struct, which has a name.
fn mentioned(ty: &NativeType) -> Option<usize> {
    match ty {
        NativeType::Function { prototype, .. } => *prototype,
        NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => mentioned(to),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thunkgen_core::collect::ir::declarations::Param;

    fn prototype(takes: &[usize]) -> Prototype {
        let param = |native| Param { name: String::new(), managed: String::new(), native };
        let function = |index: &usize| NativeType::Function { delegate: None, prototype: Some(*index) };
        Prototype {
            signature: "v".parse().expect("a signature"),
            ret: param(NativeType::Void),
            params: takes.iter().map(|index| param(NativeType::Pointer(Box::new(function(index))))).collect(),
        }
    }

    #[test]
    fn cycles() {
        // 0 takes 1, 1 takes nothing; 2 takes itself; 3 takes 4 and 1, 4 takes 3; 5 takes 3; 6 takes one that does not
        // exist.
        let takes: [&[usize]; 7] = [&[1], &[], &[2], &[4, 1], &[3], &[3, 3], &[9]];
        let cycles = Cycles::of(&takes.map(prototype));
        assert_eq!(cycles.is_left, [false, false, true, true, true, true, false]);
        assert!(cycles.connects(3, 4) && cycles.connects(2, 2) && !cycles.connects(3, 1));
    }
}
