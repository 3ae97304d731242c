//! What is compared with what: from the command line, or from a manifest.

use std::path::{Path, PathBuf};

use super::args::CheckNativeArgs;
use super::files::{self, NativeFile};
use super::rust;
use crate::cli::clash;
use crate::cli::error::UsageError;
use crate::cli::manifest::{self, Manifest};
use crate::cli::plan;
use crate::cli::policy::{sink, sink_with};
use crate::cli::request::Request;
use crate::diagnostics::Diagnostics;
use crate::native::RustLibrary;

/// Assemblies, and the native files that their P/Invokes are compared with.
pub struct Job {
    /// Which of several.
    pub label: Option<String>,
    /// The assemblies.
    pub request: Request,
    /// The native files.
    pub native: Vec<NativeFile>,
    /// Native code that was read as Rust.
    pub rust: Vec<RustLibrary>,
    /// Problems of the whole run that are known, and those of this job.
    pub diagnostics: Diagnostics,
}

/// Everything that a run compares.
pub struct Jobs {
    /// One by one.
    pub jobs: Vec<Job>,
    /// Files that are read beside those of the jobs.
    lists: Vec<PathBuf>,
}

impl Jobs {
    /// What the command line asks for. Problems are reported into the sinks.
    pub fn from_arguments(args: &CheckNativeArgs) -> Result<(Jobs, Diagnostics), UsageError> {
        args.manifest.refuse()?;
        if args.native.is_empty() {
            return Err(UsageError::new(
                "nothing to compare with: name objects, archives, modules or Rust sources with --native PATH",
            ));
        }
        let diagnostics = sink(&args.report)?;
        let mut own = diagnostics.clone();
        let (native, rust) = open(&args.native, &mut own)?;
        let request = Request::new(&args.inputs, &args.target, &args.modules, &args.sizes, &mut own)?;
        let job = Job { label: None, request, native, rust, diagnostics: own };
        let crates = args.native.iter().filter_map(|path| rust::manifest_of(path));
        let jobs = Jobs { jobs: vec![job], lists: args.report.suppressions.iter().cloned().chain(crates).collect() };
        jobs.refuse_clashes(args)?;
        Ok((jobs, diagnostics))
    }

    /// What the manifest at `path` asks for. After a mistake in it, there are no jobs.
    pub fn from_manifest(path: PathBuf, args: &CheckNativeArgs) -> Result<(Jobs, Diagnostics), UsageError> {
        let (Manifest { outputs, policy, suppression_files }, reports) = manifest::load(&path);
        let mut diagnostics = sink_with(&args.report, policy)?;
        reports.into_iter().for_each(|(rule, location, why)| diagnostics.report(rule, location, why));
        let lists = [vec![path.clone()], suppression_files, args.report.suppressions.clone()].concat();
        let mut jobs = Jobs { jobs: Vec::new(), lists };
        if diagnostics.has_errors() {
            return Ok((jobs, diagnostics));
        }
        let mut outputs = outputs;
        plan::choose(&mut outputs, &args.manifest)?;
        let outputs: Vec<_> = outputs.into_iter().filter(|set| !set.native.is_empty()).collect();
        if outputs.is_empty() {
            return Err(UsageError::new(format_args!(
                "nothing to compare with: name objects, archives, modules or Rust sources in {} with the key `native`",
                path.display()
            )));
        }
        let several = outputs.len() > 1;
        for set in outputs {
            let mut own = diagnostics.clone();
            let (native, rust) = open(&set.native, &mut own)?;
            jobs.lists.extend(set.native.iter().filter_map(|path| rust::manifest_of(path)));
            let request = Request::open(&set.files, &set.target, &set.modules, &set.sizes, &mut own)?;
            jobs.jobs.push(Job { label: several.then_some(set.label), request, native, rust, diagnostics: own });
        }
        jobs.refuse_clashes(args)?;
        Ok((jobs, diagnostics))
    }

    /// Every file that was read, response files aside.
    pub fn read_files(&self) -> impl Iterator<Item = &Path> {
        let native = self.jobs.iter().flat_map(|job| &job.native).flat_map(NativeFile::paths);
        let assemblies = self.jobs.iter().flat_map(|job| job.request.read_files());
        let sources = self.jobs.iter().flat_map(|job| &job.rust).flat_map(|library| &library.source.files);
        native.chain(sources.map(PathBuf::as_path)).chain(assemblies).chain(self.lists.iter().map(PathBuf::as_path))
    }

    fn refuse_clashes(&self, args: &CheckNativeArgs) -> Result<(), UsageError> {
        let read = self.read_files().filter_map(clash::known).collect();
        let written = args.stamp.iter().chain(&args.depfile).chain(&args.report.diagnostics);
        let clashes = clash::find(&read, written.map(|path| (path.as_path(), ())));
        clashes.into_iter().next().map_or(Ok(()), |(clash, ())| Err(UsageError::new(clash)))
    }
}

/// The native files of a job, and what is read as Rust.
fn open(paths: &[PathBuf], diagnostics: &mut Diagnostics) -> Result<(Vec<NativeFile>, Vec<RustLibrary>), UsageError> {
    let (native, roots) = files::open(paths, diagnostics)?;
    Ok((native, rust::read(roots, diagnostics)))
}
