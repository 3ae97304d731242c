//! The fixture assemblies by name, with everything the generator says of them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::collect::{Options, collect};
use thunkgen_diagnostics::{Diagnostic, Diagnostics, Level, Policy};

use crate::data::crate_dir;

/// What nearly every fixture needs beside it.
pub const CORE: [&str; 2] = ["corlib", "facade"];

/// Fixtures with P/Invokes of every kind, for which stubs are written.
pub const WITH_PINVOKES: [&str; 8] = [
    "documented/Documented.dll",
    "interop/Interop.dll",
    "layouts/Layouts.dll",
    "marshalling/Marshalling.dll",
    "marshalling-disabled/MarshallingDisabled.dll",
    "native-corpus/NativeCorpus.dll",
    "native-side/NativeSide.dll",
    "prototypes/Prototypes.dll",
];

/// One assembly in memory.
#[derive(Clone, Debug)]
struct Fixture {
    path: String,
    bytes: Vec<u8>,
    role: Role,
}

/// Assemblies of a run, in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Fixtures(Vec<Fixture>);

/// Where the assembly of a fixture's folder is.
pub fn assembly(folder: &str) -> PathBuf {
    let folder = crate_dir().join("fixtures").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "dll")).collect();
    assert_eq!(found.len(), 1, "{} holds one assembly", folder.display());
    found.remove(0)
}

impl Fixtures {
    /// The assemblies of these folders, to be collected from.
    pub fn inputs<'n>(folders: impl IntoIterator<Item = &'n str>) -> Fixtures {
        let mut fixtures = Fixtures::default();
        for folder in folders {
            fixtures.add(&format!("{folder}.dll"), folder, Role::Input);
        }
        fixtures
    }

    /// The core library, its facade and these.
    pub fn with_core(folders: &[&str]) -> Fixtures {
        Fixtures::inputs(CORE.iter().chain(folders).copied())
    }

    /// Adds the assembly of a folder under a path of its own.
    pub fn add(&mut self, path: &str, folder: &str, role: Role) {
        let file = assembly(folder);
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add_bytes(path, bytes, role);
    }

    /// Adds a file made by the test.
    pub fn add_bytes(&mut self, path: &str, bytes: Vec<u8>, role: Role) {
        self.0.push(Fixture { path: path.to_owned(), bytes, role });
    }

    /// The assemblies as the generator takes them.
    pub fn as_inputs(&self) -> Vec<Input<'_>> {
        self.0.iter().map(|file| Input { path: &file.path, bytes: &file.bytes, role: file.role }).collect()
    }

    /// The assemblies, opened and resolved against each other. Panics when that is reported as a problem.
    pub fn type_system(&self) -> TypeSystem<'_> {
        let mut diagnostics = Diagnostics::default();
        let type_system = TypeSystem::load(&self.as_inputs(), &mut diagnostics);
        assert_eq!(diagnostics.into_sorted(), [], "the fixtures can be opened");
        type_system
    }

    /// Everything the generator finds and says.
    pub fn collect(&self, options: &Options, policy: Policy) -> Collected {
        let mut diagnostics = Diagnostics::new(policy);
        let type_system = TypeSystem::load(&self.as_inputs(), &mut diagnostics);
        let ir = collect(&type_system, options, &mut diagnostics);
        Collected { ir, diagnostics: diagnostics.into_sorted() }
    }
}

/// What the generator found and said.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The intermediate representation.
    pub ir: Ir,
    /// Sorted.
    pub diagnostics: Vec<Diagnostic>,
}

impl Collected {
    /// Every problem of one file as `error TG0101 Namespace.Type.Method`, or without member as `error TG0003`.
    pub fn problems(&self, file: &str) -> Vec<String> {
        let of_file = self.diagnostics.iter().filter(|diagnostic| diagnostic.location.file == file);
        of_file.map(problem).collect()
    }

    /// True when nothing may be written.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// The message of the only problem of a member.
    pub fn message(&self, member: &str) -> &str {
        let is_of =
            |diagnostic: &&Diagnostic| diagnostic.location.member.as_ref().is_some_and(|(name, _)| name == member);
        let found: Vec<_> = self.diagnostics.iter().filter(is_of).collect();
        assert_eq!(found.len(), 1, "problems of {member}: {:?}", self.diagnostics);
        &found[0].message
    }

    /// The signature a member asks for: of the only key with a reason of that name and no function-pointer type.
    pub fn keys_of(&self, member: &str) -> Vec<&str> {
        let has = |reasons: &BTreeSet<_>| {
            reasons.iter().any(|reason: &thunkgen_core::collect::ir::Reason| reason.member == member)
        };
        self.ir.keys.iter().filter(|(_, entry)| has(&entry.reasons)).map(|(key, _)| key.as_str()).collect()
    }
}

fn problem(diagnostic: &Diagnostic) -> String {
    let mut text = format!("{} {}", diagnostic.level.name(), diagnostic.rule.code);
    if let Some((member, _)) = &diagnostic.location.member {
        text += " ";
        text += member;
    }
    text
}

/// Options with these P/Invoke modules linked and nothing declared.
pub fn options(target_os: TargetOs, modules: &[&str]) -> Options {
    let modules = modules.iter().map(|module| (*module).into()).collect();
    Options { modules, ..Options::new(target_os) }
}
