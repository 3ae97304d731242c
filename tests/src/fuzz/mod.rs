//! Fuzz targets: every reader of bytes from outside as a plain function of bytes, and a driver that needs nothing but
//! a stable compiler.
//!
//! A target says whether its reader accepted the bytes, so that a run can show that it met both answers. It panics when
//! the reader does, and when an answer contradicts itself or another reader. The same functions serve a coverage-guided
//! fuzzer.

pub mod driver;
pub mod images;
pub mod mutate;
pub mod native;
pub mod registry;
pub mod seeds;
pub mod texts;
pub mod verbs;

/// Whether a reader accepted these bytes; panics at what no bytes may lead to.
pub type Run = fn(&[u8]) -> bool;

/// A reader, and what its inputs are made from.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, also that of its files.
    pub name: &'static str,
    /// The reader.
    pub run: Run,
    /// Small inputs of which at least one is accepted.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// What an input of this kind may hold anywhere.
    pub tokens: &'static [&'static [u8]],
    /// Cases of a run that no time is given for.
    pub cases: usize,
}

/// Every target: the readers, and then whole runs.
pub const TARGETS: [Target; 35] = [
    Target { name: "metadata", run: images::metadata, seeds: seeds::assemblies, tokens: seeds::IMAGE, cases: 100 },
    Target { name: "ready-to-run", run: images::ready_to_run, seeds: seeds::images, tokens: seeds::IMAGE, cases: 500 },
    Target { name: "thunk-blob", run: images::thunk_blob, seeds: seeds::blobs, tokens: seeds::KEYS, cases: 1_000 },
    Target { name: "wasm-module", run: images::wasm_module, seeds: seeds::modules, tokens: seeds::IMAGE, cases: 500 },
    Target { name: "pdb", run: images::pdb, seeds: seeds::pdbs, tokens: seeds::IMAGE, cases: 1_000 },
    Target { name: "embedded-pdb", run: images::debug_directory, seeds: seeds::embedded, tokens: &[], cases: 300 },
    Target { name: "native-object", run: native::object, seeds: seeds::natives, tokens: seeds::IMAGE, cases: 1_000 },
    Target { name: "symbols-file", run: native::symbols, seeds: seeds::symbols, tokens: &[b":", b"\n"], cases: 1_000 },
    Target { name: "cpp-table", run: texts::cpp_table, seeds: seeds::tables, tokens: seeds::CPP, cases: 1_000 },
    Target { name: "lookup-source", run: texts::source, seeds: seeds::sources, tokens: seeds::CPP, cases: 300 },
    Target { name: "thunk-key", run: texts::thunk_key, seeds: seeds::keys, tokens: seeds::KEYS, cases: 5_000 },
    Target { name: "signature", run: texts::signature, seeds: seeds::keys, tokens: seeds::KEYS, cases: 5_000 },
    Target { name: "manifest", run: texts::manifest, seeds: seeds::manifests, tokens: seeds::TOML, cases: 500 },
    Target {
        name: "documentation",
        run: texts::documentation,
        seeds: seeds::documentation,
        tokens: seeds::XML,
        cases: 500,
    },
    Target { name: "extra", run: texts::extra_signatures, seeds: seeds::extra, tokens: seeds::EXTRA, cases: 1_000 },
    Target { name: "log", run: texts::log, seeds: seeds::logs, tokens: seeds::KEYS, cases: 1_000 },
    Target {
        name: "boot-config",
        run: texts::boot_configuration,
        seeds: seeds::boot_configurations,
        tokens: seeds::JSON,
        cases: 1_000,
    },
    Target { name: "registry", run: registry::inject, seeds: seeds::loaded, tokens: seeds::KEYS, cases: 2_000 },
    Target {
        name: "run-assembly",
        run: |bytes| verbs::run(&verbs::ASSEMBLY, bytes),
        seeds: seeds::assemblies,
        tokens: seeds::IMAGE,
        cases: 100,
    },
    Target {
        name: "run-module",
        run: |bytes| verbs::run(&verbs::MODULE, bytes),
        seeds: seeds::modules,
        tokens: seeds::IMAGE,
        cases: 100,
    },
    Target {
        name: "run-native",
        run: |bytes| verbs::run(&verbs::NATIVE, bytes),
        seeds: seeds::natives,
        tokens: seeds::IMAGE,
        cases: 100,
    },
    Target {
        name: "run-pdb",
        run: |bytes| verbs::run(&verbs::PDB, bytes),
        seeds: seeds::pdbs,
        tokens: seeds::IMAGE,
        cases: 100,
    },
    Target {
        name: "run-manifest",
        run: |bytes| verbs::run(&verbs::MANIFEST, bytes),
        seeds: verbs::manifests,
        tokens: seeds::TOML,
        cases: 100,
    },
    Target {
        name: "run-module-list",
        run: |bytes| verbs::run(&verbs::MODULE_LIST, bytes),
        seeds: verbs::module_lists,
        tokens: seeds::XML,
        cases: 100,
    },
    Target {
        name: "run-suppressions",
        run: |bytes| verbs::run(&verbs::SUPPRESSIONS, bytes),
        seeds: verbs::suppressions,
        tokens: seeds::TOML,
        cases: 100,
    },
    Target {
        name: "run-struct-sizes",
        run: |bytes| verbs::run(&verbs::STRUCT_SIZES, bytes),
        seeds: verbs::struct_sizes,
        tokens: seeds::EXTRA,
        cases: 100,
    },
    Target {
        name: "run-extra",
        run: |bytes| verbs::run(&verbs::EXTRA, bytes),
        seeds: seeds::extra,
        tokens: seeds::EXTRA,
        cases: 100,
    },
    Target {
        name: "run-response-file",
        run: |bytes| verbs::run(&verbs::RESPONSE_FILE, bytes),
        seeds: verbs::response_files,
        tokens: seeds::KEYS,
        cases: 100,
    },
    Target {
        name: "run-log",
        run: |bytes| verbs::run(&verbs::LOG, bytes),
        seeds: seeds::logs,
        tokens: seeds::KEYS,
        cases: 100,
    },
    Target {
        name: "run-table",
        run: |bytes| verbs::run(&verbs::TABLE, bytes),
        seeds: verbs::tables,
        tokens: seeds::CPP,
        cases: 100,
    },
    Target {
        name: "run-keys",
        run: |bytes| verbs::run(&verbs::KEYS, bytes),
        seeds: seeds::keys,
        tokens: seeds::KEYS,
        cases: 100,
    },
    Target {
        name: "run-documentation",
        run: |bytes| verbs::run(&verbs::DOCUMENTATION, bytes),
        seeds: seeds::documentation,
        tokens: seeds::XML,
        cases: 100,
    },
    Target {
        name: "run-frame",
        run: |bytes| verbs::run(&verbs::FRAME, bytes),
        seeds: verbs::frames,
        tokens: seeds::CPP,
        cases: 100,
    },
    Target {
        name: "run-boot",
        run: |bytes| verbs::run(&verbs::BOOT, bytes),
        seeds: seeds::boot_configurations,
        tokens: seeds::JSON,
        cases: 100,
    },
    Target {
        name: "run-text",
        run: |bytes| verbs::run(&verbs::TEXT, bytes),
        seeds: verbs::messages,
        tokens: seeds::KEYS,
        cases: 100,
    },
];
