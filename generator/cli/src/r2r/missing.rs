//! `r2r emit --missing-from`: what an app needs and its linked runtime lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clr_wasm_file::WasmModule;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::collect::ir::Ir;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::compressed::Unpacker;
use thunkgen_driver::summary::plural;
use thunkgen_r2r::lookup::LinkedTables;

/// The tables of a linked runtime.
pub struct LinkedRuntime {
    path: PathBuf,
    keys: BTreeSet<String>,
    /// Entry points by library.
    pinvokes: BTreeMap<String, BTreeSet<String>>,
    callbacks: BTreeSet<String>,
    /// The version, if the module shows it.
    pub version: Option<RuntimeVersion>,
}

/// Most names in a message.
const MAX_NAMES: usize = 3;

impl LinkedRuntime {
    /// Reads the module, which may be compressed. A file without a table of thunks is reported.
    pub fn open(path: &Path, diagnostics: &mut Diagnostics) -> Option<LinkedRuntime> {
        let bytes = match Unpacker::default().open(path) {
            Ok((bytes, _)) => bytes,
            Err(error) => {
                error.report(path, diagnostics);
                return None;
            }
        };
        let location = || Location::file(path.display().to_string());
        let module = match WasmModule::open(&bytes) {
            Ok(module) => module.unwrap_or_default(),
            Err(error) => {
                diagnostics.report(&catalogue::DAMAGED_IMAGE, location(), error.to_string());
                return None;
            }
        };
        let tables = LinkedTables::of(&module);
        if tables.thunks.is_empty() {
            let why = match module.payload() {
                Some(_) => "this is an image: name the linked runtime, dotnet.native.wasm",
                None => tables.why_no_thunks(&bytes),
            };
            diagnostics.report(&catalogue::BAD_SOURCE, location(), why);
            return None;
        }
        let entries = |names: &[(&str, u32)]| names.iter().map(|(name, _)| (*name).to_owned()).collect();
        Some(LinkedRuntime {
            path: path.to_owned(),
            keys: tables.thunk_rows().map(|row| row.key.to_owned()).collect(),
            pinvokes: tables.pinvokes.iter().map(|table| (table.library.to_owned(), entries(&table.entries))).collect(),
            callbacks: tables.callback_keys().map(str::to_owned).collect(),
            version: tables.runtime(),
        })
    }

    /// Whether the module has a thunk for the key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// The libraries that are linked.
    pub fn libraries(&self) -> impl Iterator<Item = &str> {
        // As an option, `*` is every library.
        self.pinvokes.keys().map(String::as_str).filter(|library| *library != "*")
    }

    /// Reports what an image cannot add: native functions, a line for each library, and rows for callbacks, a line for
    /// each assembly.
    pub fn report_others(&self, ir: &Ir, diagnostics: &mut Diagnostics) {
        for (library, missing) in self.missing_functions(ir) {
            let what = match missing {
                Missing::Library(count) => {
                    format!("library {library} is not linked, but has {}", plural(count, "P/Invoke"))
                }
                Missing::Functions(names) => {
                    format!("library {library} has no function for {}", listed(&names, "P/Invoke"))
                }
            };
            diagnostics.report(&catalogue::NOT_IN_MODULE, self.location(), what);
        }
        let mut callbacks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (_, callback) in ir.callbacks.iter().filter(|(key, _)| !self.callbacks.contains(*key)) {
            let name = format!("{}.{}", callback.type_full_name, callback.method);
            callbacks.entry(&callback.assembly).or_default().push(name);
        }
        for (assembly, names) in callbacks {
            let what = format!("there is no row for {} of {assembly}", listed(&names, "callback"));
            diagnostics.report(&catalogue::CALLBACK_NOT_IN_MODULE, self.location(), what);
        }
    }

    fn missing_functions<'i>(&self, ir: &'i Ir) -> BTreeMap<&'i str, Missing> {
        let mut missing = BTreeMap::new();
        for (library, count) in ir.dropped_modules.iter().filter(|(library, _)| !self.pinvokes.contains_key(*library)) {
            missing.insert(library.as_str(), Missing::Library(*count));
        }
        for (library, rows) in &ir.pinvokes {
            let Some(linked) = self.pinvokes.get(library) else {
                missing.insert(library, Missing::Library(rows.len()));
                continue;
            };
            let names: Vec<String> = rows.keys().filter(|name| !linked.contains(*name)).cloned().collect();
            if !names.is_empty() {
                missing.insert(library, Missing::Functions(names));
            }
        }
        missing
    }

    fn location(&self) -> Location {
        Location::file(self.path.display().to_string())
    }
}

/// What a module lacks of a library.
enum Missing {
    /// All of it, which so many P/Invokes name.
    Library(usize),
    /// These functions.
    Functions(Vec<String>),
}

/// The number of things and the first few names.
fn listed(names: &[String], noun: &str) -> String {
    let shown: Vec<&str> = names.iter().take(MAX_NAMES).map(String::as_str).collect();
    let more = if names.len() > MAX_NAMES { ", ..." } else { "" };
    format!("{}: {}{more}", plural(names.len(), noun), shown.join(", "))
}
