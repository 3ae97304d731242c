//! The main job as a function: assemblies in, a map of paths to contents out. Nothing is written here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::progress::Progress;
use crate::abi::TargetOs;
use crate::collect::ir::Ir;
use crate::collect::{self, collect};
use crate::diagnostics::{Diagnostics, Location, catalogue};
use crate::emit::{self, Contract, Output, render};
use crate::types::{Input, Role, Universe};

/// Everything collected from `inputs`, once for each of `targets`.
///
/// `None` when a problem that is an error was reported, here or before.
pub fn collect_all(
    inputs: &[Input<'_>],
    targets: &[collect::Options],
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> Option<BTreeMap<TargetOs, Ir>> {
    progress.step("reading assemblies");
    let universe = Universe::load(inputs, diagnostics);
    if !diagnostics.has_errors() && !universe.assemblies().iter().any(|assembly| assembly.role == Role::Input) {
        let message = "none of the inputs is a managed assembly; name the app's assemblies or their folder";
        diagnostics.report(&catalogue::NO_ASSEMBLY, Location::default(), message);
    }
    // What is missing would be told again as types that cannot be resolved.
    if diagnostics.has_errors() {
        return None;
    }
    let mut collected = BTreeMap::new();
    for options in targets {
        progress.step(format!("collecting signatures for {}", options.target_os.name()));
        collected.insert(options.target_os, collect(&universe, options, diagnostics));
    }
    (!diagnostics.has_errors()).then_some(collected)
}

/// The contents of each of `files` for what was collected.
pub fn generate(
    collected: &BTreeMap<TargetOs, Ir>,
    contract: Contract,
    files: &BTreeMap<(TargetOs, Output), PathBuf>,
    progress: &Progress,
) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for (&target_os, ir) in collected {
        progress.step(format!("generating code for {}", target_os.name()));
        for (output, text) in render(ir, &emit::Options { contract, target_os }) {
            if let Some(path) = files.get(&(target_os, output)) {
                contents.insert(path.clone(), text.into_bytes());
            }
        }
    }
    contents
}
