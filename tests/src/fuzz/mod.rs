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

/// Every target.
pub const TARGETS: [Target; 18] = [
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
];
