//! The main job as functions: assemblies in, a map of paths to contents out. Nothing is read or written here.
//!
//! ```
//! use clr_wasm_abi::TargetOs;
//! use clr_wasm_abi::types::{Input, Role};
//! use thunkgen_core::collect::Options;
//! use thunkgen_diagnostics::Diagnostics;
//! use thunkgen_driver::pipeline::collect_all;
//!
//! let inputs = [Input { path: "notes.dll", bytes: b"not an assembly", role: Role::Input }];
//! let mut diagnostics = Diagnostics::default();
//! let collected = collect_all(&inputs, &[Options::new(TargetOs::Browser)], &mut diagnostics, &|_| {});
//! assert!(collected.is_none() && diagnostics.has_errors());
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::collect::{self, collect};
use thunkgen_core::emit::{self, Contract, Output, render};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// What was collected, by target.
pub type Collected = BTreeMap<TargetOs, Ir>;

/// Everything collected from `inputs`, once for each of `targets`. Suppressions that matched nothing are reported.
///
/// `step` is called with the next step, in a few words. `None` when a problem that is an error was reported, here or
/// before.
pub fn collect_all(
    inputs: &[Input<'_>],
    targets: &[collect::Options],
    diagnostics: &mut Diagnostics,
    step: &dyn Fn(&str),
) -> Option<Collected> {
    let type_system = load(inputs, diagnostics, step);
    let collected = type_system.map(|type_system| collect_targets(&type_system, targets, diagnostics, step));
    // After an error, what was not reached may be what a suppression is for.
    if !diagnostics.has_errors() {
        diagnostics.report_unused_suppressions(is_of_collecting);
    }
    collected.filter(|_| !diagnostics.has_errors())
}

/// True for the codes of what every run that collects looks at.
pub fn is_of_collecting(code: &str) -> bool {
    !catalogue::is_of_check_native(code) && !catalogue::is_of_stubs(code) && !catalogue::is_of_doctor(code)
}

/// Opens one of several sets of inputs; `None` when a file cannot be read, or none is an assembly.
pub fn load<'a>(inputs: &[Input<'a>], diagnostics: &mut Diagnostics, step: &dyn Fn(&str)) -> Option<TypeSystem<'a>> {
    step("reading assemblies");
    let type_system = TypeSystem::load(inputs, diagnostics);
    if !diagnostics.has_errors() && !type_system.assemblies().any(|(_, assembly)| assembly.role == Role::Input) {
        let message = "none of the inputs is a managed assembly; name the app's assemblies or their directory";
        diagnostics.report(&catalogue::NO_ASSEMBLY, Location::default(), message);
    }
    // What is missing would be reported again as types that cannot be resolved.
    (!diagnostics.has_errors()).then_some(type_system)
}

/// Everything collected from one of several sets of inputs, which may have errors: suppressions may match something in
/// another set, and are not judged.
pub fn collect_targets(
    type_system: &TypeSystem<'_>,
    targets: &[collect::Options],
    diagnostics: &mut Diagnostics,
    step: &dyn Fn(&str),
) -> Collected {
    let mut collected = Collected::new();
    for options in targets {
        step(&format!("collecting signatures for {}", options.target_os.name()));
        collected.insert(options.target_os, collect(type_system, options, diagnostics));
    }
    collected
}

/// Every file under its default name: in the current directory for one target, in one named after it for each of
/// several.
pub fn default_files(targets: impl IntoIterator<Item = TargetOs>) -> BTreeMap<(TargetOs, Output), PathBuf> {
    let targets: Vec<TargetOs> = targets.into_iter().collect();
    let mut files = BTreeMap::new();
    for &target in &targets {
        let directory = if targets.len() > 1 { target.name() } else { "" };
        files.extend(Output::ALL.map(|output| ((target, output), PathBuf::from(directory).join(output.file_name()))));
    }
    files
}

/// The contents of each of `files` for what was collected.
pub fn render_files(
    collected: &Collected,
    contract: Contract,
    files: &BTreeMap<(TargetOs, Output), PathBuf>,
    step: &dyn Fn(&str),
) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for (&target_os, ir) in collected {
        step(&format!("generating code for {}", target_os.name()));
        for (output, text) in render(ir, &emit::Options { contract, target_os }) {
            if let Some(path) = files.get(&(target_os, output)) {
                contents.insert(path.clone(), text.into_bytes());
            }
        }
    }
    contents
}
