//! `r2r emit`: one file with the thunks of named keys and of the keys that assemblies need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{ImageForm, R2rEmitArgs};
use super::keys::{Thunks, meant};
use super::missing::LinkedRuntime;
use crate::args::options;
use crate::error::{Exit, UsageError};
use crate::run_document::{self, RunDocument};
use crate::verbs::Run;
use clr_wasm_abi::ThunkKey;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_core::runtime_version::ImageFormat;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::pipeline::Collected;
use thunkgen_driver::summary::{count, plural, suppressed};
use thunkgen_driver::write::{Outcome, Written, write_all};
use thunkgen_driver::{Given, Jobs, Options, Origin, OutputKind, Purpose, files, manifest, reason, report_unwritable};
use thunkgen_r2r::emit::image_format::like;
use thunkgen_r2r::emit::{AssemblyName, Identity, Thunk, image_and_twin, object};
use thunkgen_r2r::ready_to_run;

impl Run<'_, '_> {
    /// `r2r emit`
    pub fn r2r_emit(mut self, args: &R2rEmitArgs) -> Result<Exit, UsageError> {
        self.is_json_run(&args.report)?;
        refuse_other_kinds(args)?;
        refuse_words(args)?;
        let mut opened = Diagnostics::default();
        let linked = args.missing_from.as_ref().and_then(|path| {
            self.progress.step("reading the linked runtime");
            LinkedRuntime::open(path, &mut opened)
        });
        if args.like.as_ref().is_some_and(|path| files::open_or_report(path, &mut opened).is_none()) {
            return Ok(self.stop(opened, &args.report, NOTHING_WRITTEN));
        }
        let of_module = linked.as_ref().and_then(|linked| linked.version);
        let runtime = args.target.runtime.or(of_module).unwrap_or_default();
        let mut output = match args.kind {
            ImageForm::Image => Output::Image(Box::new(ImageOutput::new(args, runtime)?)),
            ImageForm::Object => Output::Object(args.contract.contract.unwrap_or(runtime.facts().contract)),
        };
        let has_keys = !(args.key.is_empty() && args.keys.is_empty());
        // Named keys are complete: a manifest is then not searched for.
        let is_manifest_meant = args.manifest.first_option().is_some() || (!has_keys && manifest::find().is_some());
        let mut options = options(&[&args.inputs, &args.write, &args.target, &args.extra, &args.sizes, &args.report]);
        self.write = options.write;
        // Keys do not depend on the linked libraries.
        options.modules.without_runtime = true;
        options.build.options_read.clone_from(&self.expanded.files);
        options.build.also_read.clone_from(&args.keys);
        options.build.also_read.extend(args.like.clone().into_iter().chain(args.missing_from.clone()));
        options.modules.optional.extend(linked.iter().flat_map(LinkedRuntime::libraries).map(str::to_owned));
        options.runtime = options.runtime.or(of_module.map(|version| Given::new(version, Origin::Default)));
        options.build.also_written.push(args.out.clone());
        options.build.also_written.extend(args.il_twin.clone());
        if opened.has_errors() {
            return Ok(self.stop(opened, &args.report, NOTHING_WRITTEN));
        }
        let (Found { thunks, linked: already }, mut diagnostics) =
            match args.inputs.inputs.is_empty() && !is_manifest_meant {
                true => self.thunks_of_keys(args, &options, linked.as_ref())?,
                false => self.thunks(args, options, &mut output, linked.as_ref())?,
            };
        if already > 0 && thunks.is_empty() && !diagnostics.has_errors() {
            return Ok(self.nothing_missing(args, already, diagnostics));
        }
        output.warn(&mut diagnostics);
        if thunks.is_empty() && !diagnostics.has_errors() {
            diagnostics.report(&catalogue::NO_KEYS, Location::default(), "no keys, so there is nothing to write");
        }
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, NOTHING_WRITTEN));
        }
        self.progress.step("creating thunks");
        let files = match output.make(args, &thunks) {
            Ok(files) => files,
            Err(message) => {
                diagnostics.report(&catalogue::NO_THUNK, Location::default(), message);
                return Ok(self.stop(diagnostics, &args.report, NOTHING_WRITTEN));
            }
        };
        self.write(args, &thunks, files, diagnostics)
    }

    /// The thunks of the named keys.
    fn thunks_of_keys(
        &mut self,
        args: &R2rEmitArgs,
        options: &Options,
        linked: Option<&LinkedRuntime>,
    ) -> Result<(Found, Diagnostics), UsageError> {
        refuse_nothing(args)?;
        let mut diagnostics = Jobs::without_inputs(options)?.diagnostics;
        let thunks = self.named_thunks(args, &mut diagnostics);
        Ok((Found::of(args, thunks, linked, &mut diagnostics), diagnostics))
    }

    /// The thunks of the named keys and of those that assemblies need. A manifest also sets the contract of an object.
    fn thunks(
        &mut self,
        args: &R2rEmitArgs,
        options: Options,
        output: &mut Output,
        linked: Option<&LinkedRuntime>,
    ) -> Result<(Found, Diagnostics), UsageError> {
        let options = self.sources(options, &args.manifest)?;
        let mut jobs = Jobs::open(&options, Purpose::Listing)?;
        let mut thunks = self.named_thunks(args, &mut jobs.diagnostics);
        if let Some(job) = jobs.only_job()? {
            match output {
                Output::Object(named) => *named = job.contract.unwrap_or(*named),
                Output::Image(image) => image.is_for(args, job.runtime.unwrap_or_default()),
            }
        }
        let collected = jobs.collect(&self.step())?;
        let mut diagnostics = jobs.diagnostics;
        for ir in collected.into_iter().flatten().flat_map(Collected::into_values) {
            if let Some(linked) = linked {
                linked.report_others(&ir, &mut diagnostics);
            }
            for entry in ir.keys.into_values() {
                thunks.add(&ThunkKey::FromInterp(entry.signature), Location::default(), &mut diagnostics);
            }
        }
        Ok((Found::of(args, thunks, linked, &mut diagnostics), diagnostics))
    }

    fn named_thunks(&self, args: &R2rEmitArgs, diagnostics: &mut Diagnostics) -> Thunks {
        let mut thunks = Thunks::default();
        self.progress.step("reading keys");
        thunks.add_texts(&args.key, diagnostics);
        thunks.add_files(&args.keys, diagnostics);
        thunks
    }

    /// Ends a run whose linked runtime has every thunk.
    fn nothing_missing(mut self, args: &R2rEmitArgs, keys: usize, diagnostics: Diagnostics) -> Exit {
        let findings = self.report(diagnostics, &args.report);
        self.verbose(&findings, &args.report, &[], &Written::new());
        let parts =
            count(&findings.diagnostics).into_iter().chain(suppressed(&findings)).chain([NOTHING_WRITTEN.to_owned()]);
        let parts: Vec<String> = parts.collect();
        let has = match keys {
            1 => "the module has the only key".to_owned(),
            keys => format!("the module has all {keys} keys"),
        };
        self.console.remark(&format!("thunkgen: {has}; {}", parts.join("; ")));
        let exit = Exit::of(&findings);
        if args.report.json {
            let mut document = RunDocument::new(self.verb(), exit, &findings);
            document.consequence = (exit != Exit::Done).then_some(NOTHING_WRITTEN);
            document.linked_key_count = Some(keys);
            self.console.artefact(&crate::json(&document));
        }
        exit
    }

    fn write(
        mut self,
        args: &R2rEmitArgs,
        thunks: &[Thunk],
        files: BTreeMap<PathBuf, Vec<u8>>,
        mut diagnostics: Diagnostics,
    ) -> Result<Exit, UsageError> {
        self.progress.step("writing files");
        let size = files.get(&args.out).map_or(0, Vec::len);
        files.keys().for_each(|path| OutputKind::Image.refuse_foreign(path, self.write, &mut diagnostics));
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, NOTHING_WRITTEN));
        }
        let written = match write_all(&files, self.write) {
            Ok(written) => written,
            Err(error) => {
                report_unwritable(error, &mut diagnostics);
                return Ok(self.stop(diagnostics, &args.report, NOTHING_WRITTEN));
            }
        };
        let findings = self.report(diagnostics, &args.report);
        self.verbose(&findings, &args.report, &[], &Written::new());
        let is_managed = |thunk: &Thunk| thunk.key.starts_with('M') && thunk.key.ends_with('p');
        if args.to_interpreter && !thunks.iter().any(is_managed) {
            self.console.remark("thunkgen: --to-interpreter has no effect: no key is managed (with a trailing `p`)");
        }
        let file = args.out.display();
        let outcome = match written.values().all(|outcome| *outcome == Outcome::Unchanged) {
            true => format!("{file} is up to date"),
            false => format!("wrote {file}, {size} bytes"),
        };
        let parts = count(&findings.diagnostics).into_iter().chain(suppressed(&findings)).chain([outcome]);
        let parts: Vec<String> = parts.collect();
        self.console.remark(&format!("thunkgen: {}; {}", plural(thunks.len(), "thunk"), parts.join("; ")));
        let exit = Exit::of(&findings);
        if args.report.json {
            let mut document = RunDocument::new(self.verb(), exit, &findings);
            document.thunk_count = Some(thunks.len());
            document.files = run_document::written_files(&written, []);
            self.console.artefact(&crate::json(&document));
        }
        Ok(exit)
    }
}

/// The thunks to write.
struct Found {
    /// In order, with the other direction if it was requested.
    thunks: Vec<Thunk>,
    /// The number of keys that are left out, because the linked runtime has them.
    linked: usize,
}

impl Found {
    fn of(
        args: &R2rEmitArgs,
        mut thunks: Thunks,
        linked: Option<&LinkedRuntime>,
        diagnostics: &mut Diagnostics,
    ) -> Found {
        let linked = linked.map_or(0, |linked| thunks.remove(|key| linked.has(key)));
        if args.to_interpreter {
            thunks.add_to_interpreter(diagnostics);
        }
        Found { thunks: thunks.finish(), linked }
    }
}

/// The kind of output, with the options of this kind.
enum Output {
    Image(Box<ImageOutput>),
    Object(Contract),
}

/// Identity and format of an image.
struct ImageOutput {
    identity: Identity,
    /// `None` if --like sets the format.
    runtime: Option<RuntimeVersion>,
}

impl Output {
    fn make(&self, args: &R2rEmitArgs, thunks: &[Thunk]) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
        let mut files = BTreeMap::new();
        match self {
            Output::Image(output) => {
                let (image, twin) = image_and_twin(thunks, &output.identity).map_err(|error| error.to_string())?;
                files.extend(args.il_twin.clone().map(|path| (path, twin)));
                files.insert(args.out.clone(), image);
            }
            Output::Object(contract) => {
                let object = object(thunks, *contract).map_err(|error| error.to_string())?;
                files.insert(args.out.clone(), object);
            }
        }
        Ok(files)
    }

    /// Warns if a runtime will not search for the thunks.
    fn warn(&self, diagnostics: &mut Diagnostics) {
        let Output::Image(output) = self else { return };
        let ImageOutput { identity, runtime: Some(runtime) } = &**output else { return };
        let (stated, accepted) = (identity.format.ready_to_run, runtime.facts().image.ready_to_run);
        if stated.0 != accepted.0 {
            let message = format!(
                "the image has ReadyToRun version {stated}, but the runtime {runtime} accepts only {}.x: it will not \
                 search the image for thunks",
                accepted.0
            );
            diagnostics.report(&catalogue::OLD_FORMAT, Location::default(), message);
        }
    }
}

impl ImageOutput {
    fn new(args: &R2rEmitArgs, runtime: RuntimeVersion) -> Result<ImageOutput, UsageError> {
        let name = match &args.assembly_name {
            Some(name) => name.clone(),
            None => name_of_file(args)?,
        };
        let mut identity = Identity::new(name);
        identity.version = args.assembly_version.unwrap_or(identity.version);
        identity.mvid = args.mvid;
        let mut output = ImageOutput { identity, runtime: None };
        output.is_for(args, runtime);
        if let Some(image) = &args.like {
            output.identity.format = format_of(image)?;
        }
        Ok(output)
    }

    /// Uses the image format of this runtime version, unless --like sets the format.
    fn is_for(&mut self, args: &R2rEmitArgs, runtime: RuntimeVersion) {
        if args.like.is_some() {
            return;
        }
        self.runtime = Some(runtime);
        self.identity.format = runtime.facts().image.clone();
        if let Some(version) = args.r2r_version {
            self.identity.format.ready_to_run = version;
        }
    }
}

/// The format of a compiled image.
fn format_of(path: &Path) -> Result<ImageFormat, UsageError> {
    let bad = |why: &dyn std::fmt::Display| UsageError::new(format_args!("--like {}: {why}", path.display()));
    let (bytes, _) = files::open(path).map_err(|error| bad(&reason(&error)))?;
    let file = ready_to_run::open(&bytes).map_err(|error| bad(&error))?;
    like(&file).map_err(|error| bad(&error))
}

const NOTHING_WRITTEN: &str = "nothing was written";

fn name_of_file(args: &R2rEmitArgs) -> Result<AssemblyName, UsageError> {
    let stem = args.out.file_stem().unwrap_or_default().to_string_lossy();
    stem.parse()
        .map_err(|error| UsageError::new(format_args!("--out {}: {error}; add --assembly-name", args.out.display())))
}

/// Refuses the options of the other kind of output.
fn refuse_other_kinds(args: &R2rEmitArgs) -> Result<(), UsageError> {
    let of_image = [
        ("--assembly-name", args.assembly_name.is_some()),
        ("--assembly-version", args.assembly_version.is_some()),
        ("--mvid", args.mvid.is_some()),
        ("--r2r-version", args.r2r_version.is_some()),
        ("--like", args.like.is_some()),
        ("--il-twin", args.il_twin.is_some()),
    ];
    let of_object = [("--contract", args.contract.contract.is_some())];
    let (others, kind) = match args.kind {
        ImageForm::Image => (of_object.as_slice(), "requires --kind object: an image has no named table"),
        ImageForm::Object => (of_image.as_slice(), "cannot be combined with --kind object: an object has no assembly"),
    };
    if let Some((option, _)) = others.iter().find(|(_, given)| *given) {
        return Err(UsageError::new(format_args!("{option} {kind}")));
    }
    if args.kind == ImageForm::Object && args.to_interpreter {
        return Err(UsageError::new(
            "--to-interpreter cannot be combined with --kind object: the runtime finds these thunks only in images",
        ));
    }
    if args.kind == ImageForm::Object && args.missing_from.is_some() {
        return Err(UsageError::new(
            "--missing-from cannot be combined with --kind object: a relink replaces the whole table, so `generate` it",
        ));
    }
    if args.like.is_some() && (args.r2r_version.is_some() || args.target.runtime.is_some()) {
        let other = if args.r2r_version.is_some() { "--r2r-version" } else { "--runtime" };
        return Err(UsageError::new(format_args!("--like cannot be combined with {other}: both set the version")));
    }
    Ok(())
}

/// Refuses keys as INPUT, and an image with the extension of an object.
fn refuse_words(args: &R2rEmitArgs) -> Result<(), UsageError> {
    let words = args.inputs.inputs.iter().filter(|path| !path.exists()).filter_map(|path| path.to_str());
    if let Some((word, key)) = words.filter_map(|word| Some((word, meant(word)?))).next() {
        return Err(UsageError::new(format_args!("{word}: no such file or directory; write --key {key} for the key")));
    }
    let is_object = args.out.extension().is_some_and(|extension| extension == "o" || extension == "obj");
    if args.kind == ImageForm::Image && is_object {
        return Err(UsageError::new(format_args!(
            "--out {}: an image cannot be linked: add --kind object, or use the extension .wasm",
            args.out.display()
        )));
    }
    Ok(())
}

/// Refuses a command line without keys, and options that need assemblies.
fn refuse_nothing(args: &R2rEmitArgs) -> Result<(), UsageError> {
    if !args.inputs.inputs.is_empty() {
        return Ok(());
    }
    let lonely = [
        ("--reference", args.inputs.reference.is_empty()),
        ("--extra-signatures", args.extra.extra_signatures.is_empty()),
        ("--struct-size", args.sizes.struct_size.is_empty()),
        ("--struct-size-file", args.sizes.struct_size_file.is_empty()),
    ];
    if let Some((option, _)) = lonely.into_iter().find(|(_, absent)| !absent) {
        return Err(UsageError::new(format_args!("{option} needs assemblies: add files or a directory as INPUT")));
    }
    if args.key.is_empty() && args.keys.is_empty() {
        return Err(UsageError::new(
            "no keys: add --key KEY, --keys FILE, or assemblies as INPUT, or write a manifest",
        ));
    }
    Ok(())
}
