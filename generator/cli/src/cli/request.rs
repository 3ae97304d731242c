//! From arguments to what the stages take: open files, and options for each target.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::args::{ExtraArgs, InputArgs, ModuleArgs, ReportArgs, SizeArgs, TargetArgs};
use super::error::UsageError;
use super::files::Identity;
use super::inputs::{self, OpenInput};
use super::{clash, extra_signatures, modules, struct_sizes};
use crate::abi::TargetOs;
use crate::collect::{self, LibraryName};
use crate::diagnostics::Diagnostics;
use crate::types::{Input, Role};

/// What a run works on.
pub struct Request {
    /// Every file that was opened.
    pub inputs: Vec<OpenInput>,
    /// What is collected, by target.
    pub targets: Vec<collect::Options>,
    /// The native libraries that arguments and lists name, by target: without the runtime's own.
    pub named_modules: BTreeMap<TargetOs, BTreeSet<LibraryName>>,
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
        Request::open(&inputs::expand(&input.inputs, &input.reference)?, target, module, size, diagnostics)
    }

    /// The same for files that are known already.
    pub fn open(
        files: &BTreeMap<PathBuf, Role>,
        target: &TargetArgs,
        module: &ModuleArgs,
        size: &SizeArgs,
        diagnostics: &mut Diagnostics,
    ) -> Result<Request, UsageError> {
        let targets = target_list(target);
        let named_modules = modules::named(module, &targets, diagnostics);
        let modules = |target_os| {
            let named = named_modules.get(&target_os).into_iter().flatten().cloned();
            named.chain(modules::runtime(module, target_os)).collect()
        };
        let declared_sizes = struct_sizes::gather(size, diagnostics)?;
        let targets = targets.into_iter().map(|target_os| collect::Options {
            target_os,
            tokens: target.tokens.into(),
            modules: modules(target_os),
            declared_sizes: declared_sizes.clone(),
            ..collect::Options::new(target_os)
        });
        let targets = targets.collect();
        let lists = module.module_list.iter().map(|list| modules::list_file(list).0);
        let lists = lists.chain(size.struct_size_file.iter().cloned()).collect();
        Ok(Request { inputs: inputs::open(files, diagnostics), targets, named_modules, lists })
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

    /// The same with other lists that were read.
    pub fn with_lists(mut self, lists: &[PathBuf]) -> Request {
        self.lists.extend_from_slice(lists);
        self
    }

    /// Adds files that were read later.
    pub fn has_read(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.lists.extend(files);
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
        let clashes = clash::find(&self.identities(), outputs.map(|path| (path, ())));
        clashes.into_iter().next().map_or(Ok(()), |(clash, ())| Err(UsageError::new(clash)))
    }

    /// What makes each file that is read one file under any name.
    pub fn identities(&self) -> BTreeSet<Identity> {
        let lists = self.lists.iter().filter_map(|list| clash::known(list));
        self.inputs.iter().map(|input| input.identity.clone()).chain(lists).collect()
    }
}

/// The targets asked for, each once.
pub fn target_list(args: &TargetArgs) -> Vec<TargetOs> {
    let targets: BTreeSet<TargetOs> = args.target_os.iter().map(|&target| target.into()).collect();
    targets.into_iter().collect()
}
