//! `r2r emit`: thunks for keys that the user names and for those that assemblies need, in one file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::{ImageForm, R2rEmitArgs};
use super::keys::{Thunks, meant};
use crate::args::{ManifestArgs, OptionGroup, options};
use crate::error::{Exit, UsageError};
use crate::verbs::Run;
use clr_wasm_abi::ThunkKey;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::Contract;
use thunkgen_core::runtime_version::ImageFormat;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::pipeline::Collected;
use thunkgen_driver::summary::{count, plural, suppressed};
use thunkgen_driver::write::{Outcome, Written, write_all};
use thunkgen_driver::{Jobs, Options, Purpose, manifest, reason, report_unwritable};
use thunkgen_r2r::emit::like::like;
use thunkgen_r2r::emit::{AssemblyName, Identity, Thunk, image_and_twin, object};
use thunkgen_r2r::ready_to_run;

impl Run<'_, '_> {
    /// `r2r emit`
    pub fn r2r_emit(mut self, args: &R2rEmitArgs) -> Result<Exit, UsageError> {
        self.console.format = args.report.format;
        refuse_other_kinds(args)?;
        refuse_words(args)?;
        let runtime = args.target.runtime.unwrap_or_default();
        let mut output = match args.kind {
            ImageForm::Image => Output::Image(Box::new(ImageOutput::new(args, runtime)?)),
            ImageForm::Object => Output::Object(args.contract.contract.unwrap_or(runtime.facts().contract)),
        };
        let has_keys = !(args.key.is_empty() && args.keys.is_empty());
        let ManifestArgs { manifest, manifest_output } = &args.manifest;
        // Keys that are named are all that is meant, whatever lies in a folder above.
        let is_manifest_meant =
            manifest.is_some() || manifest_output.is_some() || (!has_keys && manifest::find().is_some());
        let groups: [&dyn OptionGroup; 5] = [&args.inputs, &args.target, &args.extra, &args.sizes, &args.report];
        let mut options = options(&groups);
        // Keys do not depend on the linked libraries.
        options.modules.without_runtime = true;
        options.build.also_read.clone_from(&args.keys);
        options.build.also_read.extend(args.like.clone());
        options.build.also_written.push(args.out.clone());
        options.build.also_written.extend(args.il_twin.clone());
        let (thunks, mut diagnostics) = match args.inputs.inputs.is_empty() && !is_manifest_meant {
            true => self.thunks_of_keys(args, &options)?,
            false => self.thunks(args, options, &mut output)?,
        };
        output.warn(&mut diagnostics);
        if thunks.is_empty() && !diagnostics.has_errors() {
            let message = "no key was named, so there is nothing to write";
            diagnostics.report(&catalogue::NO_KEYS, Location::default(), message);
        }
        if diagnostics.has_errors() {
            return Ok(self.stop(diagnostics, &args.report, NOTHING_WRITTEN));
        }
        self.progress.step("making thunks");
        let files = match output.make(args, &thunks) {
            Ok(files) => files,
            Err(message) => {
                diagnostics.report(&catalogue::NO_THUNK, Location::default(), message);
                return Ok(self.stop(diagnostics, &args.report, NOTHING_WRITTEN));
            }
        };
        self.write(args, &thunks, files, diagnostics)
    }

    /// The thunks of the keys that are named, as far as there is nothing wrong with them.
    fn thunks_of_keys(
        &mut self,
        args: &R2rEmitArgs,
        options: &Options,
    ) -> Result<(Vec<Thunk>, Diagnostics), UsageError> {
        refuse_nothing(args)?;
        let mut diagnostics = Jobs::without_inputs(options)?.diagnostics;
        let thunks = self.named_thunks(args, &mut diagnostics);
        Ok((finish(args, thunks, &mut diagnostics), diagnostics))
    }

    /// The same with those of the keys that assemblies need. The manifest that names them names the contract too.
    fn thunks(
        &mut self,
        args: &R2rEmitArgs,
        options: Options,
        output: &mut Output,
    ) -> Result<(Vec<Thunk>, Diagnostics), UsageError> {
        let options = self.sources(options, &args.manifest)?;
        let mut jobs = Jobs::open(&options, Purpose::Listing)?;
        let mut thunks = self.named_thunks(args, &mut jobs.diagnostics);
        if let Some(job) = jobs.only_job()? {
            match output {
                Output::Object(named) => *named = job.contract.unwrap_or(*named),
                Output::Image(image) => image.is_for(args, job.runtime),
            }
        }
        let collected = jobs.collect(&self.step())?;
        let mut diagnostics = jobs.diagnostics;
        for ir in collected.into_iter().flatten().flat_map(Collected::into_values) {
            for entry in ir.keys.into_values() {
                thunks.add(&ThunkKey::FromInterp(entry.signature), Location::default(), &mut diagnostics);
            }
        }
        Ok((finish(args, thunks, &mut diagnostics), diagnostics))
    }

    fn named_thunks(&self, args: &R2rEmitArgs, diagnostics: &mut Diagnostics) -> Thunks {
        let mut thunks = Thunks::default();
        self.progress.step("reading keys");
        thunks.add_texts(&args.key, diagnostics);
        thunks.add_files(&args.keys, diagnostics);
        thunks
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
        let written = match write_all(&files) {
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
            self.console
                .remark("thunkgen: --to-interpreter adds nothing: no key is of managed code, with a trailing `p`");
        }
        let file = args.out.display();
        let outcome = match written.values().all(|outcome| *outcome == Outcome::Unchanged) {
            true => format!("{file} is up to date"),
            false => format!("wrote {file}, {size} bytes"),
        };
        let parts = count(&findings.diagnostics).into_iter().chain(suppressed(&findings)).chain([outcome]);
        let parts: Vec<String> = parts.collect();
        self.console.remark(&format!("thunkgen: {}; {}", plural(thunks.len(), "thunk"), parts.join("; ")));
        Ok(Exit::of(&findings))
    }
}

/// All thunks in order, with those of the other direction.
fn finish(args: &R2rEmitArgs, mut thunks: Thunks, diagnostics: &mut Diagnostics) -> Vec<Thunk> {
    if args.to_interpreter {
        thunks.add_to_interpreter(diagnostics);
    }
    thunks.finish()
}

/// What is written, with what only that kind has.
enum Output {
    Image(Box<ImageOutput>),
    Object(Contract),
}

/// What an image states, and where that was taken from.
struct ImageOutput {
    identity: Identity,
    /// `None` for an image like another.
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

    /// Tells when a runtime will not look for the thunks.
    fn warn(&self, diagnostics: &mut Diagnostics) {
        let Output::Image(output) = self else { return };
        let ImageOutput { identity, runtime: Some(runtime) } = &**output else { return };
        let (stated, taken) = (identity.format.ready_to_run, runtime.facts().image.ready_to_run);
        if stated.0 != taken.0 {
            let message = format!(
                "the image states ReadyToRun {stated}, and the runtime {runtime} takes {}.x only: it will not look for \
                 the thunks",
                taken.0
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

    /// Takes the form of this version's images, unless it is taken from an image.
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

/// The form of a compiled image.
fn format_of(path: &Path) -> Result<ImageFormat, UsageError> {
    let bad = |why: &dyn std::fmt::Display| UsageError::new(format_args!("--like {}: {why}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| bad(&reason(&error)))?;
    let file = ready_to_run::open(&bytes).map_err(|error| bad(&error))?;
    like(&file).map_err(|error| bad(&error))
}

const NOTHING_WRITTEN: &str = "nothing was written";

fn name_of_file(args: &R2rEmitArgs) -> Result<AssemblyName, UsageError> {
    let stem = args.out.file_stem().unwrap_or_default().to_string_lossy();
    stem.parse().map_err(|error| {
        UsageError::new(format_args!("--out {}: {error}; name it with --assembly-name", args.out.display()))
    })
}

/// Refuses options that another kind of output has.
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
        ImageForm::Image => (of_object.as_slice(), "an image has no table to name; did you mean --kind object?"),
        ImageForm::Object => (of_image.as_slice(), "an object has no assembly"),
    };
    if let Some((option, _)) = others.iter().find(|(_, given)| *given) {
        return Err(UsageError::new(format_args!("{option} is given, but {kind}")));
    }
    if args.kind == ImageForm::Object && args.to_interpreter {
        return Err(UsageError::new(
            "--to-interpreter is given, but a runtime finds thunks into the interpreter in images only: leave out \
             --kind object",
        ));
    }
    if args.like.is_some() && (args.r2r_version.is_some() || args.target.runtime.is_some()) {
        let other = if args.r2r_version.is_some() { "--r2r-version" } else { "--runtime" };
        return Err(UsageError::new(format_args!("--like and {other} both state a version: leave one out")));
    }
    Ok(())
}

/// Refuses keys in the place of assemblies, and an image that its name calls an object.
fn refuse_words(args: &R2rEmitArgs) -> Result<(), UsageError> {
    let words = args.inputs.inputs.iter().filter(|path| !path.exists()).filter_map(|path| path.to_str());
    if let Some((word, key)) = words.filter_map(|word| Some((word, meant(word)?))).next() {
        return Err(UsageError::new(format_args!(
            "{word}: there is no file or folder of that name; a key is named with --key {key}"
        )));
    }
    let is_object = args.out.extension().is_some_and(|ending| ending == "o" || ending == "obj");
    if args.kind == ImageForm::Image && is_object {
        return Err(UsageError::new(format_args!(
            "--out {}: an image is not for a linker: add --kind object, or let the file end in .wasm",
            args.out.display()
        )));
    }
    Ok(())
}

/// Refuses a command line without keys, and options that mean something with assemblies only.
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
        return Err(UsageError::new(format_args!("{option} needs assemblies: name them, or their folder, as INPUT")));
    }
    if args.key.is_empty() && args.keys.is_empty() {
        return Err(UsageError::new(
            "no thunks: name keys with --key KEY or --keys FILE, or assemblies as INPUT, or write a manifest",
        ));
    }
    Ok(())
}
