//! What a run works on: one job for options, or one for each output of a manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::core_library;
use super::diagnostic_options;
use super::error::OptionError;
use super::files::{self, FileBytes, Identity, OpenFiles, ReadFile, report_changed};
use super::inputs::{self, OpenInput};
use super::manifest::{self, Manifest, OutputSet};
#[cfg(feature = "native")]
use super::native_files::{self, NativeFile, OpenNative};
use super::options::{BaselineFile, ManifestChoice, Options, Outputs};
use super::output_conflicts;
use super::output_frame;
use super::output_path::{Places, places};
use super::own_inputs::own_inputs;
use super::pipeline::{Collected, collect_targets, is_of_collecting, load, render_files};
#[cfg(feature = "native")]
use super::stubs;
use super::summary::Part;
use super::unused_options::{Named, Seen};
use super::{modules, struct_sizes};
use clr_metadata::NotManaged;
use clr_wasm_abi::types::Input;
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::collect::extra_signatures::{self, ExtraSignature};
use thunkgen_core::collect::{self, LibraryName};
use thunkgen_core::emit::frame::Frame;
use thunkgen_core::emit::{Contract, Output};
use thunkgen_diagnostics::{Diagnostics, Location, Policy, catalogue};

/// What a verb makes of its jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Files are made, so there must be places for them.
    Outputs,
    /// Something is listed or made of all that is collected.
    Listing,
    /// A question is answered, which names that nothing has do not matter for.
    Question,
    /// Declarations are compared with native code.
    NativeCode,
}

/// Everything that a run works on.
pub struct Jobs {
    /// One by one. There are none after a mistake in the manifest.
    pub jobs: Vec<Job>,
    /// Problems of the whole run.
    pub diagnostics: Diagnostics,
    /// Files that are read besides those of the jobs.
    read: Vec<ReadFile>,
    /// The files of suppressions.
    suppressions: Vec<ReadFile>,
    /// [`BuildFiles::baseline`](super::options::BuildFiles::baseline)
    baseline: Option<BaselineFile>,
    /// Files that are written besides the outputs.
    written: Vec<PathBuf>,
    /// Where the outputs of a manifest go that are not chosen.
    others: Vec<Places>,
    /// The directory of the manifest, if all its outputs must be in it.
    root: Option<PathBuf>,
    /// Whether everything that a suppression or a name may be for is looked at.
    is_whole: bool,
    purpose: Purpose,
}

/// One set of inputs, and what is made from it.
pub struct Job {
    /// Which one, when there are several.
    pub label: Option<String>,
    /// Every assembly that was opened.
    pub inputs: Vec<OpenInput>,
    /// What is collected, by target.
    pub targets: Vec<collect::Options>,
    /// The native libraries that options and lists name, by target: without the runtime's own.
    pub named_modules: BTreeMap<TargetOs, BTreeSet<LibraryName>>,
    /// The inputs that are the user's own, as they are named in problems.
    pub own: BTreeSet<String>,
    /// The inputs and references that were named one by one, not found in a directory or by a pattern.
    named_files: BTreeSet<String>,
    /// Libraries were named one by one.
    pub names_modules: bool,
    /// Where its files go.
    pub places: Places,
    /// What is around each of them.
    frame: Frame,
    /// The requested contract.
    pub contract: Option<Contract>,
    /// The version of the runtime, if it was named.
    pub runtime: Option<RuntimeVersion>,
    /// The native files.
    #[cfg(feature = "native")]
    pub native: Vec<NativeFile>,
    /// [`Options::whole_link`]
    pub whole_link: bool,
    /// [`Options::path_map`]
    pub path_map: Vec<(String, String)>,
    /// Files that were read besides the assemblies.
    read: Vec<ReadFile>,
    /// The options for outputs, which know their places in a manifest.
    outputs: Outputs,
    /// The stubs, once their declarations are collected.
    stubs: Vec<(PathBuf, Vec<u8>)>,
    /// What is named one by one.
    named: Named,
    /// Problems of the whole run that are known, and those of this set.
    pub(super) diagnostics: Diagnostics,
}

/// The files that jobs open: outputs of a manifest have mostly the same ones.
#[derive(Default)]
struct Shared {
    inputs: OpenFiles,
    #[cfg(feature = "native")]
    native: OpenNative,
}

impl Options {
    /// The targets asked for, each once.
    pub fn target_list(&self) -> Vec<TargetOs> {
        let targets: BTreeSet<TargetOs> = self.targets.iter().copied().collect();
        if targets.is_empty() { vec![TargetOs::Browser] } else { targets.into_iter().collect() }
    }
}

impl Jobs {
    /// Opens what the options name, or the manifest that they name. Problems with contents are reported.
    ///
    /// # Errors
    /// Options that cannot be used.
    pub fn open(options: &Options, purpose: Purpose) -> Result<Jobs, OptionError> {
        match &options.manifest {
            Some(choice) => Jobs::from_manifest(choice, options, purpose),
            None => Jobs::from_options(options, purpose),
        }
    }

    fn from_options(options: &Options, purpose: Purpose) -> Result<Jobs, OptionError> {
        if purpose == Purpose::Outputs
            && options.asked_contract() == Some(Contract::PortableCallhelpers)
            && let Some(tokens) = &options.tokens
            && tokens.value != TokenSet::Current
        {
            let message =
                format_args!("a runtime of the contract portable-callhelpers knows {} current only", tokens.origin);
            return Err(OptionError::of(&tokens.origin, message));
        }
        if purpose == Purpose::NativeCode && options.native.is_empty() {
            return Err(OptionError::new(
                "nothing to compare with: name objects, archives or modules with --native PATH",
            ));
        }
        let mut jobs = Jobs::without_jobs(options, purpose, Policy::default())?;
        jobs.is_whole = true;
        jobs.jobs.push(Job::open(None, options, purpose, &mut Shared::default(), &jobs.diagnostics)?);
        jobs.refuse_conflicts()?;
        Ok(jobs)
    }

    fn from_manifest(choice: &ManifestChoice, options: &Options, purpose: Purpose) -> Result<Jobs, OptionError> {
        let path = &choice.path;
        let file = ReadFile::new(path);
        let (Manifest { outputs, others, policy, suppression_files }, reports) = manifest::load(choice)?;
        let mut jobs = Jobs::without_jobs(options, purpose, policy)?;
        reports.into_iter().for_each(|(rule, location, why)| jobs.diagnostics.report(rule, location, why));
        jobs.is_whole = purpose == Purpose::Outputs && choice.output.is_none();
        jobs.others = others;
        jobs.read.push(file);
        jobs.suppressions.extend(suppression_files.into_iter().map(ReadFile::new));
        if !options.allow_outside {
            let directory = path.parent().unwrap_or(Path::new(""));
            jobs.root = Some(output_conflicts::place(directory));
        }
        if jobs.diagnostics.has_errors() {
            return Ok(jobs);
        }
        let mut outputs = outputs;
        if purpose == Purpose::NativeCode {
            outputs.retain(|set| !set.options.native.is_empty());
            if outputs.is_empty() {
                return Err(OptionError::new(format_args!(
                    "nothing to compare with: name objects, archives or modules in {} with the key \
                     `native`",
                    path.display()
                )));
            }
        }
        let several = outputs.len() > 1;
        let mut shared = Shared::default();
        for OutputSet { label, options, .. } in outputs {
            let label = several.then_some(label);
            jobs.jobs.push(Job::open(label, &options, purpose, &mut shared, &jobs.diagnostics)?);
        }
        jobs.refuse_conflicts()?;
        Ok(jobs)
    }

    /// No jobs, for a run that needs no assemblies.
    pub fn without_inputs(options: &Options) -> Result<Jobs, OptionError> {
        let mut jobs = Jobs::without_jobs(options, Purpose::Question, Policy::default())?;
        jobs.refuse_conflicts()?;
        Ok(jobs)
    }

    /// No jobs yet, but the files that a run names itself.
    fn without_jobs(options: &Options, purpose: Purpose, policy: Policy) -> Result<Jobs, OptionError> {
        let build = &options.build;
        let read = build.also_read.iter().chain(&build.options_read).map(ReadFile::new).collect();
        // Before they are read.
        let suppressions = options.policy.suppressions.iter().map(ReadFile::new).collect();
        let written = build.stamp.iter().chain(&build.depfile).chain(&build.list_outputs).chain(&build.also_written);
        let written = written.chain(&options.problems).cloned().collect();
        let diagnostics = diagnostic_options::sink(&options.policy, policy)?;
        let (jobs, others) = (Vec::new(), Vec::new());
        let baseline = build.baseline.clone();
        let (root, is_whole) = (None, false);
        Ok(Jobs { jobs, diagnostics, read, suppressions, baseline, written, others, root, is_whole, purpose })
    }

    /// The job of a verb that works on one set of inputs; `None` after a mistake in the manifest.
    pub fn only_job(&self) -> Result<Option<&Job>, OptionError> {
        match &self.jobs[..] {
            [_, _, ..] => Err(OptionError::new(format_args!(
                "the manifest has several outputs: choose one with --output: {}",
                joined(self.jobs.iter().filter_map(|job| job.label.as_deref()))
            ))),
            jobs => Ok(jobs.first()),
        }
    }

    /// Everything that is collected for the jobs, in their order; `None` when an error was reported.
    pub fn collect(&mut self, step: &dyn Fn(&str)) -> Result<Option<Vec<Collected>>, OptionError> {
        let mut collected = Vec::new();
        let (mut seen, mut is_complete) = (Seen::default(), true);
        // A later set is looked at also when an earlier one has errors: one run reports all errors.
        for job in &mut self.jobs {
            let mut own = std::mem::take(&mut job.diagnostics);
            match load(&job.inputs(), &mut own, step) {
                Some(type_system) => {
                    if !job.places.files.is_empty() {
                        core_library::compare(&type_system, job.runtime.unwrap_or_default(), &mut own);
                    }
                    #[cfg_attr(not(feature = "native"), allow(unused_mut))]
                    let mut found = collect_targets(&type_system, &job.targets, &mut own, step);
                    drop(type_system);
                    job.report_unmanaged(found.values().flat_map(|ir| &ir.skipped), &mut own);
                    found.values().for_each(|ir| seen.add(ir));
                    if !own.has_errors() {
                        #[cfg(feature = "native")]
                        job.make_stubs(&mut found, &mut own);
                        collected.push(found);
                    }
                }
                None => is_complete = false,
            }
            self.diagnostics.extend(own);
        }
        let mut changed = self.diagnostics.empty();
        self.report_changed(&mut changed);
        self.diagnostics.extend(changed);
        if self.is_whole && is_complete && self.purpose != Purpose::Question {
            self.report_unused(&seen);
        }
        if !self.diagnostics.has_errors() && self.jobs.iter().any(|job| !job.stubs.is_empty()) {
            self.refuse_conflicts()?;
        }
        // After an error, what was not reached may be what a suppression is for.
        if self.is_whole && !self.diagnostics.has_errors() {
            let stubs = self.jobs.iter().any(|job| !job.places.stubs.is_empty());
            self.diagnostics
                .report_unused_suppressions(|code| is_of_collecting(code) || (stubs && catalogue::is_of_stubs(code)));
        }
        Ok((!self.diagnostics.has_errors()).then_some(collected))
    }

    /// Reports names that nothing in any of the inputs has.
    fn report_unused(&mut self, seen: &Seen) {
        for job in &self.jobs {
            seen.report_types(&job.named, &mut self.diagnostics);
            // That no library has a stub file was reported.
            if job.places.stubs.is_empty() || !job.stubs.is_empty() {
                seen.report_modules(&job.named, &mut self.diagnostics);
            }
        }
    }

    /// The contents of every output, once. `contract` decides when none was asked for.
    pub fn contents(
        &mut self,
        collected: &[Collected],
        contract: impl Fn(&Job) -> Contract,
        step: &dyn Fn(&str),
    ) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (job, collected) in self.jobs.iter_mut().zip(collected) {
            let contract = job.contract.unwrap_or_else(|| contract(job));
            let made = render_files(collected, contract, &job.places.files, step);
            let stubs = job.stubs.iter_mut().map(|(path, text)| (path.clone(), std::mem::take(text)));
            let frame = &job.frame;
            files.extend(made.into_iter().chain(stubs).map(|(path, text)| (path, frame.around_bytes(text))));
        }
        files
    }

    /// What was collected for each job, as the summary takes it.
    pub fn parts<'a>(&'a self, collected: &'a [Collected]) -> Vec<Part<'a>> {
        let part = |(job, found): (&'a Job, &'a Collected)| Part::new(job.label.as_deref(), &job.targets, found);
        self.jobs.iter().zip(collected).map(part).collect()
    }

    /// The path of every output.
    pub fn outputs(&self) -> impl Iterator<Item = &Path> {
        let stubs = self.jobs.iter().flat_map(|job| &job.stubs).map(|(path, _)| path);
        self.jobs.iter().flat_map(|job| job.places.files.values()).chain(stubs).map(PathBuf::as_path)
    }

    /// The directories that belong to the tool. One with stubs of outputs that are not chosen is not among them: the names of
    /// stubs depend on what is collected.
    pub fn directories(&self) -> Vec<PathBuf> {
        let with_stubs: BTreeSet<&PathBuf> = self.others.iter().flat_map(|places| places.stubs.values()).collect();
        let directories = self.jobs.iter().flat_map(|job| &job.places.directories);
        directories.filter(|directory| !with_stubs.contains(directory)).cloned().collect()
    }

    /// The files of outputs that are not chosen.
    pub fn other_files(&self) -> impl Iterator<Item = &Path> {
        self.others.iter().flat_map(|places| places.files.values()).map(PathBuf::as_path)
    }

    /// Every file whose contents decide the output.
    pub fn read_files(&self) -> impl Iterator<Item = &Path> {
        let read = self.read.iter().chain(&self.suppressions);
        self.jobs.iter().flat_map(Job::read_files).chain(read.map(|file| &*file.path))
    }

    /// Reports every file that changed since it was read: what was made of it is wrong.
    pub fn report_changed(&self, diagnostics: &mut Diagnostics) {
        let read = self.jobs.iter().flat_map(|job| &job.read).chain(&self.read).chain(&self.suppressions);
        let read = read.filter_map(ReadFile::opened);
        // Paths are compared part by part, which takes longer.
        let mut seen = BTreeSet::new();
        let files = self.jobs.iter().flat_map(Job::open_files).filter(|(path, _)| seen.insert(path.as_os_str()));
        report_changed(files.chain(read), diagnostics);
    }

    /// Refuses outputs that are inputs, or that are one file: writing one would destroy the other. What a manifest
    /// names is reported in its place.
    fn refuse_conflicts(&mut self) -> Result<(), OptionError> {
        let mut read: BTreeSet<Identity> =
            self.read.iter().filter_map(|file| output_conflicts::known(&file.path)).collect();
        for job in &self.jobs {
            read.extend(job.identities());
        }
        if let Some(BaselineFile { path: baseline, is_of_manifest }) = &self.baseline {
            let outputs = self.written.iter().chain([baseline]).map(|path| (path.as_path(), ()));
            if let Some((conflict, ())) = output_conflicts::find(&read, outputs).into_iter().next() {
                return Err(OptionError::new(conflict));
            }
            if let Some(root) = self.root.as_ref().filter(|_| *is_of_manifest)
                && !output_conflicts::place(baseline).starts_with(root)
            {
                return Err(OptionError::new(format_args!(
                    "the suppression file {} is outside of the manifest's directory; use --allow-outside if you trust \
                     the manifest",
                    baseline.display()
                )));
            }
        }
        read.extend(self.suppressions.iter().filter_map(|file| output_conflicts::known(&file.path)));
        let of_jobs = self.jobs.iter().flat_map(|job| {
            let files = job.places.files.iter();
            let files = files.map(|((_, output), path)| (path.as_path(), job.outputs.place_of(*output)));
            let stubs = job.stubs.iter().map(|(path, _)| (path.as_path(), job.outputs.emit.origin.in_manifest()));
            files.chain(stubs)
        });
        let of_jobs: Vec<_> = of_jobs.collect();
        let written = of_jobs.iter().map(|(path, _)| *path).chain(self.written.iter().map(PathBuf::as_path));
        let inputs = self.jobs.iter().flat_map(|job| &job.inputs);
        read.extend(output_conflicts::shown(written, inputs.map(|input| (&*input.path, &**input.bytes()))));
        if let Some(root) = &self.root {
            let mut reported = BTreeSet::new();
            for (path, place) in of_jobs.iter().filter_map(|(path, place)| Some((*path, (*place)?))) {
                if !output_conflicts::place(path).starts_with(root) && reported.insert(place) {
                    let message = format!(
                        "{} is outside of the manifest's directory; use --allow-outside if you trust the manifest",
                        path.display()
                    );
                    self.diagnostics.report(&catalogue::MANIFEST_OUTSIDE, place.clone(), message);
                }
            }
        }
        let others = self.written.iter().map(|path| (path.as_path(), None));
        for (conflict, place) in output_conflicts::find(&read, of_jobs.into_iter().chain(others)) {
            let Some(place) = place else { return Err(OptionError::new(conflict)) };
            let message = format!("{conflict}; give each a path of its own");
            self.diagnostics.report(&catalogue::MANIFEST_CLASH, place.clone(), message);
        }
        Ok(())
    }
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

impl Job {
    /// Opens the files and reads the lists that the options name; problems with their contents are reported.
    fn open(
        label: Option<String>,
        options: &Options,
        purpose: Purpose,
        shared: &mut Shared,
        diagnostics: &Diagnostics,
    ) -> Result<Job, OptionError> {
        let mut own = diagnostics.clone();
        let lists = options.modules.lists.iter().map(|list| modules::list_file(list).0);
        let lists = lists.chain(options.struct_sizes.files.iter().cloned());
        let lists = lists.chain(options.outputs.frame_files().filter(|_| purpose == Purpose::Outputs).cloned());
        let extra = options.extra_signatures.iter().filter(|_| purpose != Purpose::NativeCode).cloned();
        // Before any of them is read.
        let read = lists.chain(extra).map(ReadFile::new).collect();
        let targets = options.target_list();
        let is_made = purpose == Purpose::Outputs;
        let places = if is_made { places(&options.outputs, &targets)? } else { Places::default() };
        #[cfg(feature = "native")]
        let native = match purpose {
            Purpose::NativeCode => native_files::open(&options.native, &mut shared.native, &mut own)?,
            _ => Vec::new(),
        };
        #[cfg(not(feature = "native"))]
        if !places.stubs.is_empty() || purpose == Purpose::NativeCode {
            let message = "this build of thunkgen knows no native code: it lacks the feature `native`";
            return Err(OptionError::of(&options.outputs.emit.origin, message));
        }
        let files = inputs::expand(&options.inputs, &options.references)?;
        let paths = files.keys().map(PathBuf::as_path);
        let own_files: BTreeSet<String> = own_inputs(paths, &options.own)?.into_iter().map(inputs::shown).collect();
        let others = files.keys().map(|path| inputs::shown(path)).filter(|path| !own_files.contains(path));
        let others: BTreeSet<String> = others.collect();
        let named_modules = modules::named(&options.modules, &targets, &mut own);
        let declared_sizes = struct_sizes::gather(&options.struct_sizes, &mut own)?;
        let frame = if is_made { output_frame::frame(&options.outputs, &mut own)? } else { Frame::default() };
        let inputs = inputs::open(&files, &mut shared.inputs, &mut own);
        let extra_signatures = match purpose {
            Purpose::NativeCode => Vec::new(),
            _ => gather_extra_signatures(&options.extra_signatures, &mut own),
        };
        let linked = |target_os| -> BTreeSet<LibraryName> {
            let named = named_modules.get(&target_os).into_iter().flatten().cloned();
            named.chain(modules::runtime(&options.modules, target_os)).collect()
        };
        let collected = targets.into_iter().map(|target_os| collect::Options {
            target_os,
            tokens: options.token_set(),
            modules: linked(target_os),
            declared_sizes: declared_sizes.clone(),
            extra_signatures: extra_signatures.clone(),
            // What they cost is for stubs only.
            declarations: !places.stubs.is_empty(),
            others: others.clone(),
            ..collect::Options::new(target_os)
        });
        let found: BTreeSet<&PathBuf> = options.found.iter().collect();
        let arguments = options.inputs.iter().chain(&options.references);
        let named = arguments.filter(|argument| files.contains_key(*argument) && !found.contains(argument));
        Ok(Job {
            label,
            inputs,
            targets: collected.collect(),
            own: own_files,
            named_files: named.map(|argument| argument.display().to_string()).collect(),
            names_modules: !options.modules.named.is_empty(),
            places,
            frame,
            contract: options.asked_contract(),
            runtime: options.runtime.as_ref().map(|runtime| runtime.value),
            #[cfg(feature = "native")]
            native,
            whole_link: options.whole_link,
            path_map: options.path_map.clone(),
            read,
            outputs: options.outputs.clone(),
            stubs: Vec::new(),
            named: Named::of_options(options),
            named_modules,
            diagnostics: own,
        })
    }

    /// Where the tables of keys are that an output of a manifest generates.
    ///
    /// # Errors
    /// Options that give no places.
    pub fn key_tables(&self) -> Result<Vec<PathBuf>, OptionError> {
        let targets: Vec<TargetOs> = self.targets.iter().map(|options| options.target_os).collect();
        let files = places(&self.outputs, &targets)?.files;
        Ok(files
            .into_iter()
            .filter(|((_, output), _)| *output == Output::InterpToNative)
            .map(|(_, path)| path)
            .collect())
    }

    /// The inputs as the library takes them.
    pub fn inputs(&self) -> Vec<Input<'_>> {
        self.inputs.iter().map(OpenInput::as_input).collect()
    }

    /// The problems so far, with those of the whole run.
    pub fn problems(&self) -> Diagnostics {
        self.diagnostics.clone()
    }

    fn read_files(&self) -> impl Iterator<Item = &Path> {
        let files = self.inputs.iter().map(|input| input.path.as_path());
        #[cfg(feature = "native")]
        let files = files.chain(self.native.iter().flat_map(NativeFile::files).map(|(path, _)| path));
        files.chain(self.read.iter().map(|file| &*file.path))
    }

    /// The files that are open until the end.
    fn open_files(&self) -> impl Iterator<Item = (&Path, &FileBytes)> {
        let files = self.inputs.iter().map(|input| (input.path.as_path(), input.bytes()));
        #[cfg(feature = "native")]
        let files = files.chain(self.native.iter().flat_map(NativeFile::files));
        files
    }

    /// Reports those of the `skipped` files that were named one by one, but are native code.
    pub fn report_unmanaged<'s>(&self, skipped: impl Iterator<Item = &'s String>, diagnostics: &mut Diagnostics) {
        let skipped: BTreeSet<&String> = skipped.filter(|path| self.named_files.contains(*path)).collect();
        if skipped.is_empty() {
            return;
        }
        for input in
            self.inputs.iter().map(OpenInput::as_input).filter(|input| skipped.iter().any(|path| *path == input.path))
        {
            let what = match NotManaged::of(input.bytes) {
                NotManaged::NativeImage => "a PE image of native code",
                NotManaged::Wasm => "a WebAssembly module without an assembly",
                // The others were reported.
                _ => continue,
            };
            if clr_metadata::open(input.bytes).is_ok_and(|module| module.is_none()) {
                let message = format!("skipped, because it is {what}; remove it from the inputs");
                diagnostics.report(&catalogue::SKIPPED_INPUT, Location::file(input.path), message);
            }
        }
    }

    /// What makes each file that is read one file under any name.
    fn identities(&self) -> impl Iterator<Item = Identity> {
        // The inputs are open: theirs are known.
        let others = self.read_files().skip(self.inputs.len()).filter_map(output_conflicts::known);
        self.inputs.iter().map(|input| input.identity.clone()).chain(others)
    }

    #[cfg(feature = "native")]
    fn make_stubs(&mut self, collected: &mut Collected, diagnostics: &mut Diagnostics) {
        let origin = self.outputs.emit.origin.in_manifest().cloned().unwrap_or_default();
        let (stubs, read) = stubs::make(self, collected, &origin, diagnostics);
        self.read.extend(read);
        self.stubs = stubs;
    }
}

/// The signatures of all files, in the order they were given. What cannot be used is reported with its place.
fn gather_extra_signatures(paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Vec<ExtraSignature> {
    let mut found = Vec::new();
    for path in paths {
        if let Some(text) = files::read_text(path, diagnostics) {
            extra_signatures::read(&path.display().to_string(), &text, &mut found, diagnostics);
        }
    }
    found
}
