//! Both sides of every struct, side by side.

use std::fmt::Write;

use clr_wasm_abi::LayoutTarget;

use super::exceptions::{EXCEPTIONS, Exception};
use super::facts::Facet;
use super::ours::{Ours, load, ours};
use super::run::{Run, SEED_VARIABLE};
use super::shape::{Ty, Unit};
use super::write_c::definition;

/// One struct compared.
pub struct Compared {
    /// Number of the unit.
    pub unit: usize,
    /// Index in the unit.
    pub index: usize,
    /// What differs; everything when the generator refuses the type.
    pub differs: Vec<Facet>,
    /// The exceptions that apply, by their place in [`EXCEPTIONS`].
    pub exceptions: Vec<usize>,
    /// The generator's side.
    pub ours: Result<Ours, String>,
}

impl Compared {
    /// What differs although no exception but `without` excuses it.
    pub fn unexcused(&self, without: Option<usize>) -> Vec<Facet> {
        let rows = self.exceptions.iter().filter(|row| Some(**row) != without);
        let excused: Vec<Facet> = rows.flat_map(|row| EXCEPTIONS[*row].excuses).copied().collect();
        self.differs.iter().copied().filter(|facet| !excused.contains(facet)).collect()
    }
}

impl Run {
    /// Compares every struct, with the layout engine's constants set to `target`.
    pub fn compare(&self, target: LayoutTarget) -> Vec<Compared> {
        let mut all = Vec::new();
        for (number, written) in self.units.iter().enumerate() {
            let type_system = load(&written.assembly, &self.references);
            let answers = ours(&type_system, &written.name, target);
            assert_eq!(answers.len(), written.unit.structs.len(), "structs in {}", written.name);
            for (index, ours) in answers.into_iter().enumerate() {
                let differs = match &ours {
                    Ok(ours) => ours.facts.differences(&written.clang[index]),
                    Err(_) => Facet::ALL.to_vec(),
                };
                let applies = |row: &Exception| (row.applies)(&written.unit, index);
                let exceptions = (0..EXCEPTIONS.len()).filter(|row| applies(&EXCEPTIONS[*row])).collect();
                all.push(Compared { unit: number, index, differs, exceptions, ours });
            }
        }
        all
    }

    /// A message about structs that differ: the smallest ones with all they are made of, and how to see them again.
    pub fn describe(&self, mut structs: Vec<&Compared>) -> String {
        structs.sort_by_key(|compared| self.parts(compared).len());
        let mut text = format!(
            "{} structs differ from what {} makes of them; again with {SEED_VARIABLE}={}\n",
            structs.len(),
            self.compiler,
            self.seed
        );
        for compared in structs.into_iter().take(8) {
            let written = &self.units[compared.unit];
            let _ = writeln!(text, "\n{} S{}: {:?}", written.name, compared.index, compared.unexcused(None));
            for part in self.parts(compared) {
                let c = definition(&written.unit, part).replace('\n', " ");
                let _ = writeln!(text, "  S{part}: {}\n    {c}", written.unit.structs[part]);
            }
            let _ = writeln!(text, "  clang: {}", written.clang[compared.index]);
            let _ = match &compared.ours {
                Ok(ours) => writeln!(text, "  ours:  {} ({}, {})", ours.facts, ours.param, ours.ret),
                Err(error) => writeln!(text, "  ours:  {error}"),
            };
        }
        text
    }

    /// The struct and all inside of it, in the order they are defined.
    fn parts(&self, compared: &Compared) -> Vec<usize> {
        fn add(unit: &Unit, index: usize, parts: &mut Vec<usize>) {
            for field in &unit.structs[index].fields {
                if let Ty::Struct(inner) = field.ty {
                    add(unit, inner, parts);
                }
            }
            parts.push(index);
        }
        let mut parts = Vec::new();
        add(&self.units[compared.unit].unit, compared.index, &mut parts);
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}
