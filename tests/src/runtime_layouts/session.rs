//! One run of the runtime over everything, kept for all tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clr_wasm_abi::types::{Input, Role, TypeSystem};
use clr_wasm_abi::{LayoutEngine, LayoutTarget};
use thunkgen_diagnostics::Diagnostics;

use super::compare::Tally;
use super::lab::Lab;
use super::notation::question;
use super::oracle::{self, Answers, path_text};
use super::random;
use super::subjects::{Set, Subjects};
use crate::data::crate_dir;

/// Seed and number of the random shapes.
const RANDOM: (u64, usize) = (0x007A_B1E5, 2_500);

/// Fixtures whose types the runtime can load, or must refuse.
const FIXTURES: [&str; 2] = ["layouts/Layouts.dll", "errors-bad-layout/ErrorsBadLayout.dll"];

/// The assemblies and what the runtime says of them.
#[derive(Debug)]
pub struct Session {
    files: Vec<(String, Vec<u8>)>,
    shapes: BTreeSet<String>,
    answers: Answers,
}

impl Session {
    /// Compiles what has to be compiled and asks about every type.
    pub fn run() -> Session {
        let lab = Lab::find();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("RuntimeLayouts.dll");
        let mut shapes = std::thread::scope(|scope| {
            scope.spawn(|| lab.compile_program(&[source("RuntimeLayouts.cs")], &program));
            compile_shapes(&lab, folder.path())
        });
        shapes.extend(FIXTURES.map(|path| crate_dir().join("fixtures").join(path)));
        let mut paths = assemblies(&lab.framework());
        paths.extend(shapes.iter().cloned());
        let read = |path: &PathBuf| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let files = paths.iter().map(|path| (path_text(path), read(path))).collect();

        let shapes = shapes.iter().map(|path| path_text(path)).collect();
        let answers = Answers::default();
        let mut session = Session { files, shapes, answers };
        session.answers = session.with_universe(|type_system, subjects| {
            let name = |path: &str, name: &str| if session.shapes.contains(path) { path.into() } else { name.into() };
            let names: Vec<String> =
                type_system.assemblies().map(|(_, assembly)| name(assembly.path, assembly.name)).collect();
            let asked = subjects.types.iter().map(|(_, named)| question(type_system, named).expect("kept for that"));
            oracle::ask(&lab, &program, &names, &asked.collect::<Vec<_>>())
        });
        session
    }

    /// What the runtime said.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The target that the runtime runs on.
    pub fn target(&self) -> LayoutTarget {
        LayoutTarget { vector_t_size: self.answers.vector_size, ..LayoutTarget::LINUX_X64_NET8 }
    }

    /// The assemblies, opened, and their types in the order of the answers.
    pub fn with_universe<R>(&self, look: impl FnOnce(&TypeSystem<'_>, &Subjects) -> R) -> R {
        let inputs: Vec<Input<'_>> =
            self.files.iter().map(|(path, bytes)| Input { path, bytes, role: Role::Input }).collect();
        let mut diagnostics = Diagnostics::default();
        let type_system = TypeSystem::load(&inputs, &mut diagnostics);
        assert_eq!(diagnostics.into_sorted(), []);
        let subjects = Subjects::collect(&type_system, |path| self.shapes.contains(path));
        look(&type_system, &subjects)
    }

    /// Compares the layouts for each target with the answers, for these sets.
    pub fn compare(&self, targets: &[LayoutTarget], sets: &[Set]) -> Vec<BTreeMap<Set, Tally>> {
        self.with_universe(|type_system, subjects| {
            let compare = |target: &LayoutTarget| {
                let layouts = LayoutEngine::new(type_system, *target, BTreeMap::new());
                let mut tallies: BTreeMap<Set, Tally> = BTreeMap::new();
                for ((set, named), answer) in subjects.types.iter().zip(&self.answers.answers) {
                    if sets.contains(set) {
                        tallies.entry(*set).or_default().compare(&layouts, named, answer);
                    }
                }
                tallies
            };
            targets.iter().map(compare).collect()
        })
    }
}

fn source(name: &str) -> PathBuf {
    crate_dir().join("oracle").join(name)
}

/// The libraries made for the comparison.
fn compile_shapes(lab: &Lab, folder: &Path) -> Vec<PathBuf> {
    let [shapes, later, random] = ["LayoutShapes.dll", "Later.dll", "Random.cs"].map(|name| folder.join(name));
    std::fs::write(&random, random::source(RANDOM.0, RANDOM.1)).expect("a writable folder");
    lab.compile_library(&[source("Later.cs")], &[], &later);
    let reference = format!("-r:{}", path_text(&later));
    lab.compile_library(&[source("LayoutShapes.cs"), random], &[reference], &shapes);
    lab.compile_library(&[source("Later.cs")], &["-define:LATER".into()], &later);
    vec![shapes, later]
}

fn assemblies(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "dll")).collect();
    paths.sort();
    paths
}
