//! What assemblies need, held against what sources provide.

use std::collections::BTreeMap;

use super::rules::Answer;
use super::source::{Source, Sources};
use thunkgen_core::collect::ir::{Ir, KeyEntry};

/// The keys of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage<'a> {
    /// Every key that is needed, in byte order.
    pub needed: Vec<Need<'a>>,
    /// Every key that is provided but unused in the assemblies, in byte order. Assemblies do not show which keys compiled
    /// code needs, so this includes keys of calls between managed methods.
    pub unneeded: Vec<&'a str>,
}

/// A key that is needed, by what, and what is found for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need<'a> {
    /// The signature, and what needs it.
    pub entry: &'a KeyEntry,
    /// The key, and the thunk that the runtime finds for it.
    pub answer: Answer<'a>,
}

impl<'a> Coverage<'a> {
    /// Looks up everything that was collected.
    pub fn of(ir: &'a Ir, sources: &'a Sources) -> Coverage<'a> {
        let needed = ir.keys.iter().map(|(key, entry)| Need { entry, answer: sources.find(key) });
        let unneeded = sources.keys().filter(|key| !ir.keys.contains_key(*key));
        Coverage { needed: needed.collect(), unneeded: unneeded.collect() }
    }

    /// What nothing is found for.
    pub fn missing(&self) -> impl Iterator<Item = &Need<'a>> {
        self.needed.iter().filter(|need| need.answer.winner().is_none())
    }

    /// How many of the keys are found in each source, in the order of the sources.
    pub fn by_source<'s>(&self, sources: &'s Sources) -> Vec<(&'s Source, usize)> {
        let mut counts: BTreeMap<*const Source, usize> = BTreeMap::new();
        for winner in self.needed.iter().filter_map(|need| need.answer.winner()) {
            *counts.entry(std::ptr::from_ref(winner.source)).or_default() += 1;
        }
        let count = |source: &Source| counts.get(&std::ptr::from_ref(source)).copied().unwrap_or_default();
        sources.list().iter().map(|source| (source, count(source))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thunkgen_core::collect::ir::{Reason, ReasonKind};
    use thunkgen_diagnostics::Diagnostics;

    #[test]
    fn what_is_missing_and_what_nobody_needs() {
        let mut ir = Ir::default();
        for (signature, member) in [("vi", "A.F"), ("vi", "A.G"), ("vl", "A.H")] {
            let reason = Reason { kind: ReasonKind::PInvoke, assembly: "A".into(), member: member.into(), token: 1 };
            ir.need(signature.parse().unwrap(), reason);
        }
        let mut sources = Sources::default();
        let table = b"const T g_wasmThunks[] = { { \"Mvi\", (void*)&F }, { \"Mvf\", (void*)&G } };";
        sources.add("t.cpp", table, &mut Diagnostics::default());
        let coverage = Coverage::of(&ir, &sources);
        let missing: Vec<(&str, usize)> =
            coverage.missing().map(|need| (need.answer.key.as_str(), need.entry.reasons.len())).collect();
        assert_eq!((missing, &coverage.unneeded), (vec![("Mvl", 1)], &vec!["Mvf"]));
        let counts: Vec<usize> = coverage.by_source(&sources).iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [1]);
    }
}
