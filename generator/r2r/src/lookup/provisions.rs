//! What a runtime provides to an app: thunks by key, functions of P/Invokes, and callbacks; and how two runtimes differ.

use std::collections::BTreeSet;

use super::cpp::{self, RuntimeTables, runtime_tables};
use super::linked::LinkedTables;
use super::source::Sources;
use clr_wasm_file::{PInvokeTable, WasmModule};
use serde::Serialize;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Everything that tables and images provide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provisions {
    /// Keys with a thunk.
    pub keys: BTreeSet<String>,
    /// Functions of P/Invokes.
    pub entries: BTreeSet<EntryPoint>,
    /// Reverse-thunk keys of callbacks.
    pub callbacks: BTreeSet<String>,
}

/// A function of a P/Invoke table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntryPoint {
    /// Name of the library in the table.
    pub library: String,
    /// Name of the function.
    pub entry_point: String,
}

/// What one set has and the other one does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference<T> {
    /// Only in the newer one.
    pub added: Vec<T>,
    /// Only in the older one.
    pub removed: Vec<T>,
}

impl<T: Ord + Clone> Difference<T> {
    /// The difference of two sets.
    pub fn of(old: &BTreeSet<T>, new: &BTreeSet<T>) -> Difference<T> {
        Difference { added: new.difference(old).cloned().collect(), removed: old.difference(new).cloned().collect() }
    }

    /// Whether the sets are equal.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

impl Provisions {
    /// Adds what a file provides; returns whether it provides anything. Files that cannot be used are reported.
    pub fn add(&mut self, path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> bool {
        let before = self.size();
        let has_thunks = if is_binary(bytes) {
            self.add_module(bytes);
            true
        } else {
            let RuntimeTables { entries, callbacks } = runtime_tables(bytes);
            let entry = |(library, entry_point)| EntryPoint { library, entry_point };
            self.entries.extend(entries.into_iter().map(entry));
            self.callbacks.extend(callbacks);
            cpp::read(bytes).map_or(true, |tables| !tables.is_empty())
        };
        // A file with other tables needs no thunks.
        if has_thunks || self.size() == before {
            let mut sources = Sources::default();
            let mut own = Diagnostics::default();
            sources.add(path, bytes, if self.size() == before { diagnostics } else { &mut own });
            self.keys.extend(sources.keys().map(str::to_owned));
            return self.size() > before || !sources.list().is_empty();
        }
        true
    }

    /// Adds the tables of a linked runtime.
    fn add_module(&mut self, bytes: &[u8]) {
        let Ok(Some(module)) = WasmModule::open(bytes) else { return };
        let tables = LinkedTables::of(&module);
        for PInvokeTable { library, entries, .. } in &tables.pinvokes {
            let entry = |name: &str| EntryPoint { library: (*library).to_owned(), entry_point: name.to_owned() };
            self.entries.extend(entries.iter().map(|(name, _)| entry(name)));
        }
        self.callbacks.extend(tables.callback_keys().map(str::to_owned));
    }

    fn size(&self) -> usize {
        self.keys.len() + self.entries.len() + self.callbacks.len()
    }

    /// Reports that nothing in a directory provides anything.
    pub fn report_nothing(path: &str, diagnostics: &mut Diagnostics) {
        let what =
            "the directory contains no C++ file with a generated table, no linked runtime, and no image with thunks";
        diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), what);
    }
}

/// Whether a file is an image or a module, not a text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    matches!(bytes, [b'M', b'Z', ..] | [0, b'a', b's', b'm', ..] | [b'W', b'b', b'I', b'L', ..])
}
