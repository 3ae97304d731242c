//! Names in the options that nothing in the inputs has: most likely they are misspelled, and nothing else would tell.
//!
//! Only names that someone wrote one by one are told of. A list that a build makes of all its native files, or that
//! several apps share, names more than one app uses.

use std::collections::{BTreeMap, BTreeSet};

use super::modules;
use super::options::{Options, Origin};
use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::Ir;
use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue, escape_controls};

/// Names that were written one by one, and where in a manifest.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Native libraries.
    pub modules: BTreeMap<String, Location>,
    /// Structs whose size is declared.
    pub types: BTreeMap<String, Location>,
}

impl Named {
    /// Those of the options.
    pub fn of_options(options: &Options) -> Named {
        let place = |origin: &Origin| origin.in_manifest().cloned().unwrap_or_default();
        let modules = options
            .modules
            .named
            .iter()
            .flat_map(|given| modules::split(given).map(move |name| (name.to_owned(), place(&given.origin))));
        let declared = options.struct_sizes.declared.iter();
        Named {
            modules: modules.collect(),
            types: declared.map(|given| (given.name().to_owned(), place(&given.origin))).collect(),
        }
    }
}

/// The names that the inputs have.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    modules: BTreeSet<String>,
    types: BTreeSet<String>,
}

impl Seen {
    /// Adds those of one target.
    pub fn add(&mut self, ir: &Ir) {
        self.modules.extend(ir.modules.iter().cloned());
        self.types.extend(ir.requested_sizes.iter().cloned());
    }

    /// Reports every library that no P/Invoke names.
    pub fn report_modules(&self, named: &Named, diagnostics: &mut Diagnostics) {
        let is_called = |name: &str| {
            let name = LibraryName::new(name);
            self.modules.iter().any(|called| name.is(called))
        };
        let known = NearestName::spelled(self.modules.iter().map(String::as_str), LibraryName::loose);
        for (name, location) in &named.modules {
            if name == LibraryName::ANY
                || is_called(name)
                || TargetOs::ALL.iter().any(|target| modules::is_runtime(name, *target))
            {
                continue;
            }
            let near = known.find(&LibraryName::loose(name));
            let what = format!("no P/Invoke of the inputs names the library `{name}`");
            report(&catalogue::UNUSED_MODULE, location, what, near, diagnostics);
        }
    }

    /// Reports every type of which no signature needs the declared size.
    pub fn report_types(&self, named: &Named, diagnostics: &mut Diagnostics) {
        let missing = self.types.iter().map(String::as_str).filter(|name| !named.types.contains_key(*name));
        let mut by_last_name: BTreeMap<String, &str> = BTreeMap::new();
        for name in missing.clone() {
            by_last_name.entry(last_name(name)).or_insert(name);
        }
        let known = NearestName::spelled(missing, str::to_lowercase);
        for (name, location) in named.types.iter().filter(|(name, _)| !self.types.contains(*name)) {
            let same = by_last_name.get(&last_name(name)).copied();
            let near = same.or_else(|| known.find(&name.to_lowercase()));
            let what = format!("no signature of the inputs needs a declared size of `{name}`");
            report(&catalogue::UNUSED_STRUCT_SIZE, location, what, near, diagnostics);
        }
    }
}

fn report(rule: &'static Rule, at: &Location, what: String, near: Option<&str>, diagnostics: &mut Diagnostics) {
    let hint = near.map(|near| format!("; did you mean `{}`?", escape_controls(near))).unwrap_or_default();
    diagnostics.report(rule, at.clone(), format!("{}{hint}", escape_controls(&what)));
}

/// A type's name without those of its namespace and the types around it.
fn last_name(name: &str) -> String {
    name.rsplit(['.', '+']).next().unwrap_or_default().to_lowercase()
}
