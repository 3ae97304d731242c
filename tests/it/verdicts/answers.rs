//! What the generator answers to the rows.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::Row;
use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, TypeSystem};
use thunkgen_core::collect::ir::ReasonKind;
use thunkgen_core::collect::{LibraryName, Options, collect};
use thunkgen_diagnostics::{Diagnostics, Policy};

/// Codes that say nothing about the measured call: types of one symbol, variable arguments, empty structs, and delegates,
/// which only a runtime on WebAssembly refuses.
const NO_REFUSAL: [&str; 4] = ["TG0203", "TG0204", "TG0209", "TG0217"];

/// All answers of one run, by the last part of a member's name.
pub struct Answers {
    keys: BTreeMap<(String, ReasonKind), String>,
    entries: BTreeSet<String>,
    callbacks: BTreeMap<String, String>,
    refusals: BTreeMap<String, String>,
}

fn last(member: &str) -> String {
    member.rsplit(['.', '+']).next().unwrap_or_default().to_owned()
}

impl Answers {
    /// Runs the generator.
    pub fn of(inputs: &[Input<'_>]) -> Answers {
        let mut diagnostics = Diagnostics::new(Policy::default());
        let type_system = TypeSystem::load(inputs, &mut diagnostics);
        let modules = [LibraryName::from(LibraryName::ANY)].into();
        let ir = collect(&type_system, &Options { modules, ..Options::new(TargetOs::Browser) }, &mut diagnostics);
        let keys = ir.keys.iter().flat_map(|(key, entry)| {
            entry.reasons.iter().map(|reason| ((last(&reason.member), reason.kind), key.as_str().to_owned()))
        });
        let refusals = diagnostics.into_sorted().into_iter().filter(|found| !NO_REFUSAL.contains(&found.rule.code));
        let of_member = |found: thunkgen_diagnostics::Diagnostic| {
            let (member, _) = found.location.member?;
            Some((last(&member), format!("{}: {}", found.rule.code, found.message)))
        };
        Answers {
            keys: keys.collect(),
            entries: ir.pinvokes.values().flat_map(|entries| entries.keys().cloned()).collect(),
            callbacks: ir.callbacks.values().map(|c| (c.method.clone(), format!("M{}", c.signature))).collect(),
            refusals: refusals.filter_map(of_member).collect(),
        }
    }

    /// How the answer to a row differs from the runtime's; `None` if it does not. `name` is the row's member.
    pub fn difference(&self, kind: &str, name: &str, row: &Row) -> Option<String> {
        let (member, reason) = match kind {
            "delegates" | "ccdelegates" => (format!("{name}D"), ReasonKind::Delegate),
            "cccalli" => (name.to_owned(), ReasonKind::Calli),
            _ => (name.to_owned(), ReasonKind::PInvoke),
        };
        let is_callback = kind.ends_with("callbacks");
        let key = match is_callback {
            true => self.callbacks.get(name),
            false => self.keys.get(&(member.clone(), reason)),
        };
        let has_row = reason != ReasonKind::PInvoke || is_callback || self.entries.contains(name);
        let refusal = self.refusals.get(&member);
        match (row.verdict(), key.filter(|_| has_row && refusal.is_none())) {
            ("ok", None) => Some(format!("refused: {}", refusal.map_or("no key", String::as_str))),
            ("ok", Some(key)) => {
                let size: u32 = row.get("size")?.parse().expect("a size");
                (!is_of_size(key, size)).then(|| format!("{size} bytes, not {key}"))
            }
            // A callback keeps a function, which ends the process with a message.
            (_, None) if !is_callback => key.map(|key| format!("refused, but it has the key {key}")),
            (_, None) => None,
            (verdict, Some(key)) => Some(format!("{key}, but {verdict}")),
        }
    }
}

/// True if the only parameter of a key can have so many bytes in native code.
fn is_of_size(key: &str, size: u32) -> bool {
    match &key[2..] {
        "i" => size <= 4,
        "f" => size == 4,
        "l" | "d" => size == 8,
        "l2" | "V" => size == 16,
        "V2" => size == 32,
        "V4" => size == 64,
        token => token[1..].parse() == Ok(size),
    }
}
