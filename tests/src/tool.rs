//! The generator on assemblies: everything but the command line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clr_wasm_abi::types::{Input, Role, TypeSystem};
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::ir::{Callback, Ir, Linkage, PInvoke};
use thunkgen_core::collect::{LibraryName, Options, collect};
use thunkgen_diagnostics::{Diagnostics, Policy};

use crate::wasm::{pinvoke, reverse};

/// Files held in memory, with their names.
pub struct Files(Vec<(String, Vec<u8>, Role)>);

impl Files {
    /// Reads files. Panics when one cannot be read: a test's inputs are there.
    pub fn read(paths: impl IntoIterator<Item = PathBuf>) -> Files {
        let read = |path: PathBuf| {
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
            (path.file_name().expect("a file").to_string_lossy().into_owned(), bytes, Role::Input)
        };
        let files: Vec<_> = paths.into_iter().map(read).collect();
        assert!(!files.is_empty(), "no files");
        Files(files)
    }

    /// Reads every `.dll`, `.exe` and `.wasm` file of a folder.
    pub fn read_folder(folder: &Path) -> Files {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        paths.sort();
        let named = |path: &PathBuf| {
            path.extension().is_some_and(|extension| extension == "dll" || extension == "exe" || extension == "wasm")
        };
        Files::read(paths.into_iter().filter(named))
    }

    /// Adds a file in memory.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.0.push((name.to_owned(), bytes, Role::Input));
    }

    /// Adds the files that types of these are resolved with.
    pub fn with_references(mut self, references: Files) -> Files {
        self.0.extend(references.0.into_iter().map(|(name, bytes, _)| (name, bytes, Role::Reference)));
        self
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The bytes of the only file whose name starts with `prefix`.
    pub fn starting_with(&self, prefix: &str) -> &[u8] {
        let found: Vec<_> = self.0.iter().filter(|(name, ..)| name.starts_with(prefix)).collect();
        assert_eq!(found.len(), 1, "files named {prefix}*");
        &found[0].1
    }

    /// Module and entry point of every ImplMap row, before any filter.
    pub fn pinvoke_rows(&self) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        for (name, bytes, _) in &self.0 {
            let Some(module) = clr_metadata::open(bytes).unwrap_or_else(|error| panic!("{name}: {error}")) else {
                continue;
            };
            let pinvokes = module.pinvokes().unwrap_or_else(|error| panic!("{name}: {error}"));
            rows.extend(pinvokes.iter().map(|found| (found.module.to_owned(), found.entry_point.to_owned())));
        }
        rows
    }

    /// Hands the assemblies over, opened and resolved against each other.
    pub fn with_universe<T>(&self, use_it: impl FnOnce(&TypeSystem<'_>) -> T) -> T {
        use_it(&TypeSystem::load(&self.as_inputs(), &mut Diagnostics::new(Policy::default())))
    }

    fn as_inputs(&self) -> Vec<Input<'_>> {
        self.0.iter().map(|(path, bytes, role)| Input { path, bytes, role: *role }).collect()
    }

    /// What the generator collects with these native modules linked. The error is its errors, one a line.
    pub fn collect(
        &self,
        target_os: TargetOs,
        tokens: TokenSet,
        modules: &BTreeSet<LibraryName>,
    ) -> Result<Ir, Vec<String>> {
        self.collect_with(&Options { tokens, modules: modules.clone(), ..Options::new(target_os) })
    }

    /// The same with any options.
    pub fn collect_with(&self, options: &Options) -> Result<Ir, Vec<String>> {
        self.collect_under(options, Policy::default())
    }

    /// The same with a policy for diagnostics.
    pub fn collect_under(&self, options: &Options, policy: Policy) -> Result<Ir, Vec<String>> {
        let mut diagnostics = Diagnostics::new(policy);
        let type_system = TypeSystem::load(&self.as_inputs(), &mut diagnostics);
        let ir = collect(&type_system, options, &mut diagnostics);
        if !diagnostics.has_errors() {
            return Ok(ir);
        }
        Err(diagnostics.into_sorted().iter().map(ToString::to_string).filter(|line| line.contains(" error ")).collect())
    }
}

/// What the P/Invoke table of a representation must answer.
pub fn expected_pinvokes(ir: &Ir) -> Vec<pinvoke::Entry> {
    let entry = |module: &String, entry_point: &String, row: &PInvoke| pinvoke::Entry {
        module: module.clone(),
        entry_point: entry_point.clone(),
        signature: row.signature.to_string(),
        source: match row.linkage {
            Linkage::Static => pinvoke::Source::Symbol(entry_point.clone()),
            Linkage::WasmImport { .. } => pinvoke::Source::Import(module.clone(), entry_point.clone()),
        },
    };
    let rows = ir.pinvokes.iter().flat_map(|(module, rows)| rows.iter().map(move |(name, row)| (module, name, row)));
    rows.map(|(module, name, row)| entry(module, name, row)).collect()
}

/// What the reverse-thunk table of a representation must hold.
pub fn expected_callbacks(ir: &Ir) -> Vec<reverse::Callback> {
    let callback = |(key, row): (&String, &Callback)| reverse::Callback {
        key: key.clone(),
        qualified_type: format!("{}, {}", row.type_full_name, row.assembly),
        method: row.method.clone(),
        signature: row.signature.to_string(),
        export: row.entry_point.clone(),
    };
    ir.callbacks.iter().map(callback).collect()
}
