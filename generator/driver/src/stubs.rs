//! The stubs of one set of outputs: which libraries get one, and the comments of their assemblies.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::error::reason;
use super::files::{self, ReadFile};
use super::jobs::Job;
use super::modules;
use super::pipeline::Collected;
use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_core::collect::ir::{Linkage, PInvoke};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, escape_controls};
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::stubs::{Options, render};

/// Module names in a message; the rest is counted.
const SHOWN: usize = 5;

/// Most stub files of a target. A library is a few bytes in an assembly, and pages as a stub file.
const MAX_STUB_FILES: usize = 1_000;

/// A file that is to be written.
pub type StubFile = (PathBuf, Vec<u8>);

/// Makes the files, and names those that were read for it. Problems are reported, at `origin` when they are about all.
pub fn make(
    job: &Job,
    collected: &mut Collected,
    origin: &Location,
    diagnostics: &mut Diagnostics,
) -> (Vec<StubFile>, Vec<ReadFile>) {
    let places = &job.places;
    if places.stubs.is_empty() {
        return Default::default();
    }
    // Nothing else needs them, and they are large.
    let mut wanted = |target_os: TargetOs| {
        let declarations = collected.get_mut(&target_os).map(|ir| std::mem::take(&mut ir.declarations));
        let declarations = declarations.unwrap_or_default();
        let named = job.named_modules.get(&target_os).cloned().unwrap_or_default();
        of_named(declarations, target_os, &named)
    };
    let targets: BTreeSet<TargetOs> = places.stubs.keys().map(|(target_os, _)| *target_os).collect();
    let declarations: Vec<(TargetOs, Declarations)> =
        targets.into_iter().map(|target| (target, wanted(target))).collect();
    let inputs = job.inputs.iter().filter(|input| input.is_input()).map(|input| input.path.as_path());
    let (documentation, read) = documentation(inputs.collect(), diagnostics);
    let mut stubs = Vec::new();
    for (target_os, mut declarations) in declarations {
        if exceeds(MAX_STUB_FILES, &declarations) {
            let message = format!("stubs for more than {MAX_STUB_FILES} libraries; name those that need stubs");
            diagnostics.report(&catalogue::UNWRITABLE, origin.clone(), message);
            return (Vec::new(), read);
        }
        let languages: Vec<_> = places.stubs.iter().filter(|((target, _), _)| *target == target_os).collect();
        for (number, ((_, language), directory)) in languages.iter().enumerate() {
            let is_last = number + 1 == languages.len();
            let own = if is_last { std::mem::take(&mut declarations) } else { declarations.clone() };
            let files = render(own, &documentation, &Options { language: *language, target_os });
            stubs.extend(files.into_iter().map(|(name, text)| (directory.join(name), text.into_bytes())));
        }
    }
    if stubs.is_empty() {
        diagnostics.report(&catalogue::NO_STUBS, origin.clone(), nothing(job, collected));
    }
    (stubs, read)
}

/// The comments of the XML documentation files next to assemblies, and the files that were read. What cannot be read is
/// reported.
fn documentation(assemblies: BTreeSet<&Path>, diagnostics: &mut Diagnostics) -> (Documentation, Vec<ReadFile>) {
    let (mut documentation, mut read) = (Documentation::default(), Vec::new());
    let paths: BTreeSet<PathBuf> = assemblies.into_iter().map(|assembly| assembly.with_extension("xml")).collect();
    for path in paths {
        let location = Location::file(path.display().to_string());
        match files::open(&path) {
            Ok((bytes, _)) => {
                let (found, problem) = Documentation::parse(&bytes);
                if let Some(problem) = problem {
                    let location = Location::at(location.file, problem.position);
                    diagnostics.report(&catalogue::BAD_DOCUMENTATION, location, problem.message);
                }
                for (id, comment) in found.comments {
                    documentation.comments.entry(id).or_insert(comment);
                }
                read.push(ReadFile::of(path, bytes));
            }
            // A link to nothing is not a missing file.
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => {}
            Err(error) => diagnostics.report(&catalogue::BAD_DOCUMENTATION, location, reason(&error)),
        }
    }
    (documentation, read)
}

/// The P/Invokes of the libraries that get a stub file. Nobody writes the runtime's own libraries a second time, so
/// those have to be named one by one.
fn of_named(mut declarations: Declarations, target_os: TargetOs, named: &BTreeSet<LibraryName>) -> Declarations {
    let any = named.iter().any(|name| name.spelling() == LibraryName::ANY);
    declarations.functions.retain(|function| {
        let module = &*function.module;
        named.contains(&module.into()) || (any && !modules::is_runtime(module, target_os))
    });
    declarations
}

fn exceeds(most: usize, declarations: &Declarations) -> bool {
    let libraries: BTreeSet<&str> = declarations.functions.iter().map(|function| &*function.module).collect();
    libraries.len() > most
}

/// Why there is no stub file, and what can be named.
fn nothing(job: &Job, collected: &Collected) -> String {
    let named: BTreeSet<&str> = job.named_modules.values().flatten().map(LibraryName::spelling).collect();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for (target_os, ir) in collected {
        let is_linked =
            |entries: &BTreeMap<String, PInvoke>| entries.values().any(|entry| entry.linkage == Linkage::Static);
        let kept = ir.pinvokes.iter().filter(|(_, entries)| is_linked(entries)).map(|(module, _)| module.as_str());
        others.extend(kept.chain(ir.dropped_modules.keys().map(String::as_str)));
        others.retain(|module| !modules::is_runtime(module, *target_os));
    }
    let why = match named.iter().copied().collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "no native library is named".to_owned(),
        names => format!("no P/Invoke is of {}", escape_controls(&names)),
    };
    if others.is_empty() {
        return format!("{why}, and the inputs call no other but the runtime's own: there are no stubs to write");
    }
    let shown: Vec<&str> = others.iter().copied().take(SHOWN).collect();
    let more = match others.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{why}, so there are no stubs to write; the inputs call {}{more}", escape_controls(&shown.join(", ")))
}
