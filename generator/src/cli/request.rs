//! From arguments to what the stages take: open files, and options for each target.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::args::{ExtraArgs, InputArgs, ModuleArgs, ReportArgs, SizeArgs, TargetArgs};
use super::error::UsageError;
use super::files::{Identity, identity};
use super::inputs::{self, OpenInput};
use super::{extra_signatures, modules, struct_sizes};
use crate::abi::TargetOs;
use crate::collect;
use crate::diagnostics::Diagnostics;
use crate::types::Input;

/// What a run works on.
pub struct Request {
    /// Every file that was opened.
    pub inputs: Vec<OpenInput>,
    /// What is collected, by target.
    pub targets: Vec<collect::Options>,
    /// Lists that were read beside the inputs.
    lists: Vec<PathBuf>,
}

impl Request {
    /// Opens the files and reads the lists that the arguments name; problems with their contents are reported.
    pub fn new(
        input: &InputArgs,
        target: &TargetArgs,
        module: &ModuleArgs,
        size: &SizeArgs,
        diagnostics: &mut Diagnostics,
    ) -> Result<Request, UsageError> {
        let files = inputs::expand(&input.inputs, &input.reference)?;
        let targets = target_list(target);
        let mut modules = modules::gather(module, &targets, diagnostics);
        let declared_sizes = struct_sizes::gather(size, diagnostics)?;
        let targets = targets.into_iter().map(|target_os| collect::Options {
            target_os,
            tokens: target.tokens.into(),
            modules: modules.remove(&target_os).unwrap_or_default(),
            declared_sizes: declared_sizes.clone(),
            extra_signatures: Vec::new(),
        });
        let targets = targets.collect();
        let lists = module.module_list.iter().map(|list| modules::list_file(list).0);
        let lists = lists.chain(size.struct_size_file.iter().cloned()).collect();
        Ok(Request { inputs: inputs::open(&files, diagnostics), targets, lists })
    }

    /// Reads the files of extra signatures for every target.
    pub fn with_extra_signatures(mut self, args: &ExtraArgs, diagnostics: &mut Diagnostics) -> Request {
        let extra = extra_signatures::gather(args, diagnostics);
        for options in &mut self.targets {
            options.extra_signatures = extra.clone();
        }
        self.lists.extend(args.extra_signatures.iter().cloned());
        self
    }

    /// The inputs as the library takes them.
    pub fn inputs(&self) -> Vec<Input<'_>> {
        self.inputs.iter().map(OpenInput::as_input).collect()
    }

    /// The same with the suppression files among those that were read; the file of problems must be none of them.
    pub fn with_report(mut self, report: &ReportArgs) -> Result<Request, UsageError> {
        self.lists.extend_from_slice(&report.suppressions);
        self.refuse_clashes(report.diagnostics.iter().map(PathBuf::as_path))?;
        Ok(self)
    }

    /// Every file whose contents decide the output, response files aside.
    pub fn read_files(&self) -> impl Iterator<Item = &Path> {
        self.inputs.iter().map(|input| input.path.as_path()).chain(self.lists.iter().map(PathBuf::as_path))
    }

    /// Refuses outputs that are inputs, or that are one file: writing one would destroy the other.
    pub fn refuse_clashes<'a>(&self, outputs: impl Iterator<Item = &'a Path>) -> Result<(), UsageError> {
        let known = |path: &Path| std::fs::metadata(path).and_then(|metadata| identity(path, &metadata)).ok();
        let lists = self.lists.iter().filter_map(|list| known(list));
        let read: BTreeSet<Identity> = self.inputs.iter().map(|input| input.identity.clone()).chain(lists).collect();
        let mut written: BTreeMap<PathBuf, &Path> = BTreeMap::new();
        for path in outputs {
            if known(path).is_some_and(|identity| read.contains(&identity)) {
                return Err(UsageError::new(format_args!("output {} is also an input", path.display())));
            }
            if let Some(other) = written.insert(place(path), path) {
                let message = format_args!("outputs {} and {} are one file", other.display(), path.display());
                return Err(UsageError::new(message));
            }
        }
        Ok(())
    }
}

/// Where a path leads, also when a part of it does not exist yet; that part would be made of real folders.
fn place(path: &Path) -> PathBuf {
    let components: Vec<Component<'_>> = path.components().collect();
    for existing in (0..=components.len()).rev() {
        let (there, missing) = components.split_at(existing);
        let there: PathBuf = there.iter().collect();
        let there = if there.as_os_str().is_empty() { Path::new(".") } else { &there };
        if let Ok(mut place) = std::fs::canonicalize(there) {
            for component in missing {
                match component {
                    Component::ParentDir => _ = place.pop(),
                    Component::CurDir => {}
                    other => place.push(other),
                }
            }
            return place;
        }
    }
    path.to_owned()
}

/// The targets asked for, each once.
pub fn target_list(args: &TargetArgs) -> Vec<TargetOs> {
    let targets: BTreeSet<TargetOs> = args.target_os.iter().map(|&target| target.into()).collect();
    targets.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_files_that_do_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(place(&root.join("./a/../c/./b.cpp")), root.join("c/b.cpp"));
        assert_eq!(place(&root.join("new/./b.cpp")), root.join("new/b.cpp"));
        assert_eq!(place(Path::new("./no-such.cpp")), place(Path::new("no-such.cpp")));
        assert!(place(Path::new("no-such/b.cpp")).is_absolute());
    }
}
