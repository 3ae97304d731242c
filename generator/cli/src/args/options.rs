//! From the command line to the options of a run. Each value keeps the name of the option that it came from.

use std::path::PathBuf;

use super::{
    BuildArgs, ContractArgs, ExtraArgs, InputArgs, ManifestArgs, ModuleArgs, OutputArgs, ReportArgs, SizeArgs,
    TargetArgs, WriteArgs,
};
use thunkgen_driver::options::{FrameText, ManifestChoice};
use thunkgen_driver::output_path::OutputPath;
use thunkgen_driver::{Given, Options, WriteOptions};

/// A group of arguments that sets options of a run.
pub trait OptionGroup {
    fn add_to(&self, options: &mut Options);
}

/// The options of several groups of arguments.
pub fn options(groups: &[&dyn OptionGroup]) -> Options {
    let mut options = Options::default();
    groups.iter().for_each(|group| group.add_to(&mut options));
    options
}

fn given<T: Clone>(option: &'static str, values: &[T]) -> Vec<Given<T>> {
    values.iter().map(|value| Given::on_command_line(option, value.clone())).collect()
}

impl OptionGroup for InputArgs {
    fn add_to(&self, options: &mut Options) {
        options.inputs.clone_from(&self.inputs);
        options.references.clone_from(&self.reference);
        options.own.patterns = given("--own", &self.own);
    }
}

/// Inputs and references of a verb whose first argument is something else.
impl OptionGroup for (&[PathBuf], &[PathBuf]) {
    fn add_to(&self, options: &mut Options) {
        options.inputs = self.0.to_vec();
        options.references = self.1.to_vec();
    }
}

impl OptionGroup for OutputArgs {
    fn add_to(&self, options: &mut Options) {
        let path = |option, path: &Option<String>| {
            path.clone().map(|path| Given::on_command_line(option, OutputPath::from(path)))
        };
        let outputs = &mut options.outputs;
        outputs.emit = Given::on_command_line("--emit", self.emit.clone());
        outputs.out = path("--out", &self.out);
        outputs.interp_to_native = path("--interp-to-native", &self.interp_to_native);
        outputs.pinvoke = path("--pinvoke", &self.pinvoke);
        outputs.reverse = path("--reverse", &self.reverse);
        let file = |option, path: &Option<PathBuf>| {
            path.clone().map(|path| Given::on_command_line(option, FrameText::File(path)))
        };
        outputs.header = file("--header-file", &self.header_file);
        outputs.trailer = file("--trailer-file", &self.trailer_file);
    }
}

impl OptionGroup for BuildArgs {
    fn add_to(&self, options: &mut Options) {
        options.build.stamp.clone_from(&self.stamp);
        options.build.owner.clone_from(&self.owner);
        options.build.depfile.clone_from(&self.depfile);
        options.build.list_outputs.clone_from(&self.list_outputs);
    }
}

impl OptionGroup for WriteArgs {
    fn add_to(&self, options: &mut Options) {
        options.write = WriteOptions { force: self.force, no_sync: self.no_sync };
    }
}

impl OptionGroup for TargetArgs {
    fn add_to(&self, options: &mut Options) {
        options.targets.clone_from(&self.target_os);
        options.runtime = self.runtime.map(|runtime| Given::on_command_line("--runtime", runtime));
        options.tokens = self.tokens.map(|tokens| Given::on_command_line("--tokens", tokens));
    }
}

impl OptionGroup for ContractArgs {
    fn add_to(&self, options: &mut Options) {
        options.contract = self.contract.map(|contract| Given::on_command_line("--contract", contract));
    }
}

impl OptionGroup for ModuleArgs {
    fn add_to(&self, options: &mut Options) {
        options.modules.named = given("--module", &self.module);
        options.modules.optional.clone_from(&self.optional_module);
        options.modules.lists.clone_from(&self.module_list);
        options.modules.without_runtime = self.no_default_modules;
    }
}

impl OptionGroup for ExtraArgs {
    fn add_to(&self, options: &mut Options) {
        options.extra_signatures.clone_from(&self.extra_signatures);
    }
}

impl OptionGroup for SizeArgs {
    fn add_to(&self, options: &mut Options) {
        options.struct_sizes.declared = given("--struct-size", &self.struct_size);
        options.struct_sizes.files.clone_from(&self.struct_size_file);
    }
}

impl OptionGroup for ReportArgs {
    fn add_to(&self, options: &mut Options) {
        let policy = &mut options.policy;
        policy.strict = self.strict;
        policy.warnings_as_errors = given("--warnaserror", self.warnaserror.as_deref().unwrap_or_default());
        policy.warnings_not_as_errors = given("--warnnotaserror", &self.warnnotaserror);
        policy.no_warn = given("--nowarn", &self.nowarn);
        policy.shared_codes = self.shared_codes;
        policy.suppressions.clone_from(&self.suppressions);
        options.problems.clone_from(&self.diagnostics);
    }
}

impl ManifestArgs {
    /// The first option that is about a manifest.
    pub fn first_option(&self) -> Option<&'static str> {
        let ManifestArgs { manifest, output, define, profile } = self;
        let options = [
            ("--manifest", manifest.is_some()),
            ("--output", output.is_some()),
            ("--define", !define.is_empty()),
            ("--profile", profile.is_some()),
        ];
        options.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }

    /// This manifest and what is selected in it.
    pub fn choice(&self, path: PathBuf) -> ManifestChoice {
        let mut choice = ManifestChoice::new(path);
        choice.output = self.output.clone().map(|name| Given::on_command_line("--output", name));
        choice.profile = self.profile.clone().map(|name| Given::on_command_line("--profile", name));
        choice.defines = given("--define", &self.define);
        choice
    }
}
