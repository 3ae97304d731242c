//! `doctor`: examines a published app as it is, and says what will fail at run time.
//!
//! It finds the boot configuration and the files (`locate`, `app_files`), recognizes the runtime, reads the tables
//! of the native module and the images, collects what the assemblies need, and compares. Nothing is written. What is
//! missing or damaged is a finding, and the rest is examined all the same.

mod app_files;
mod boot_config;
mod crossings;
mod findings;
mod host_rules;
mod images;
mod integrity;
mod locate;
mod native_traces;
mod notes;
mod ordered_json;
mod page;
mod partial;
pub mod report;
mod runtime;
mod settings;
mod struct_shapes;

pub use page::page;
pub use partial::{comparison_report, coverage_report};

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::diagnostic_options;
use super::error::OptionError;
use super::files::{ReadFile, report_changed};
use super::options::Options;
use super::output_conflicts;
use super::own_inputs;
use super::shell_quote;
use super::struct_sizes;
use super::summary::plural;
use app_files::{AppAssembly, AppFile, AppFiles, open_file};
use boot_config::AssetPositions;
use clr_wasm_abi::types::{Input, Role, TypeSystem};
use clr_wasm_abi::{TargetOs, TokenSet};
use crossings::Crossings;
use findings::Examination;
use images::ImageContext;
use locate::Place;
use notes::Notes;
use report::{BootConfiguration, Finding, Flavor, InteropReport, REPORT_FORMAT, Subject, Verdict};
use runtime::NativeCode;
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::collect::{self, LibraryName, collect};
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Diagnostic, Diagnostics, Findings, Level, Location, Policy, catalogue};
use thunkgen_r2r::lookup::Sources;

/// What was found out.
#[non_exhaustive]
pub struct Examined {
    /// Everything that is known.
    pub report: InteropReport,
    /// Its problems as diagnostics.
    pub findings: Findings,
    /// Which files would have had source lines, and why they have none.
    pub remarks: Vec<String>,
}

/// Examines the app that [`Options::inputs`] names: a directory, a `dotnet.js` or another boot configuration.
///
/// # Errors
/// Options that cannot be used, and a path without an app.
pub fn doctor(options: &Options, step: &dyn Fn(&str)) -> Result<Examined, OptionError> {
    let [path] = &options.inputs[..] else {
        return Err(OptionError::new("name one app: its directory, its dotnet.js or its boot configuration"));
    };
    // Before any of them is read.
    let options_files = options.policy.suppressions.iter().chain(&options.struct_sizes.files);
    let options_files: Vec<ReadFile> = options_files.map(ReadFile::new).collect();
    let mut diagnostics = diagnostic_options::sink(&options.policy, Policy::default())?;
    let declared_sizes = struct_sizes::gather(&options.struct_sizes, &mut diagnostics)?;
    step("looking for the app");
    let place = locate::find(path, &mut diagnostics)?;
    let positions = place.boot.as_ref().map(|boot| AssetPositions::new(&boot.text, &boot.config));
    let files = AppFiles::open(&place, positions.as_ref(), &mut diagnostics);
    let mut notes = Notes::default();
    if let (Some(boot), Some(positions)) = (&place.boot, &positions) {
        step("comparing hashes");
        integrity::check(&files, boot, positions, &mut diagnostics);
    }
    integrity::check_copies(&files, &mut diagnostics);
    step("reading the native module");
    let native = NativeCode::open(&files, &mut diagnostics);
    report_no_module(path, &place, &files, &mut diagnostics);
    let (runtime, version) = runtime::find(&files, native.as_ref(), options, &mut diagnostics);
    let flavor = runtime.flavor;
    let (settings, settings_files) = settings::find(&place, &mut diagnostics);
    let main_assembly = place.boot.as_ref().and_then(|boot| boot.config.main_assembly.clone());
    let context = ImageContext {
        runtime: &runtime,
        version,
        settings: &settings,
        main_assembly: main_assembly.as_deref(),
        has_sizes: place.boot.as_ref().is_some_and(|boot| boot.config.has_sizes()),
    };
    let mut sources = Sources::default();
    if let Some(native) = native.as_ref().filter(|native| !native.tables.thunks.is_empty()) {
        sources.add_linked(native.path, &native.module, &native.tables);
    }
    step("reading images");
    let (mut assemblies, images) = images::examine(&files, &context, &mut sources, &mut diagnostics);
    report_images_off(&settings, &images, &mut diagnostics);

    let framework: BTreeSet<&str> =
        assemblies.iter().filter(|assembly| assembly.is_framework).map(|assembly| &*assembly.name).collect();
    let own =
        own_inputs::own_inputs(files.assemblies.iter().map(|assembly| assembly.file.path.as_path()), &options.own)?;
    let own: BTreeSet<&Path> = own.into_iter().collect();
    let paths: BTreeMap<String, String> =
        assemblies.iter().map(|assembly| (assembly.name.clone(), assembly.part.path.clone())).collect();
    let is_framework = |name: &str| match options.own.patterns.is_empty() {
        true => framework.contains(name),
        false => paths.get(name).is_some_and(|path| !own.contains(Path::new(path))),
    };

    let target = target(options, version, native.as_ref(), declared_sizes);
    let ir = collect_app(&files.assemblies, &target, flavor, &is_framework, &paths, &mut diagnostics, step);
    step("comparing");
    let delegates = diagnostics_of_delegates(&diagnostics);
    let crossings = Crossings {
        ir: &ir,
        native: native.as_ref(),
        sources: &sources,
        knows_thunks: flavor == Flavor::CoreClr
            && native.as_ref().is_some_and(|native| !native.tables.thunks.is_empty()),
        flavor,
        is_framework: &is_framework,
        delegates: &delegates,
    };
    let pinvokes = crossings.pinvokes();
    let libraries = crossings.libraries(&pinvokes);
    let keys = crossings.keys();
    let callbacks = crossings.callbacks();
    let major = runtime.version.as_deref().and_then(|version| version.split('.').next()?.parse().ok());
    let mut native_module = None;
    let mut examine = |object: Option<&clr_wasm_file::objects::Object<'_>>, symbols, diagnostics: &mut Diagnostics| {
        if let Some(native) = &native {
            native_module = Some(native_traces::describe(native, object, symbols, major, diagnostics));
        }
        let mut examination = Examination {
            declarations: &ir.declarations,
            native: native.as_ref(),
            object,
            flavor,
            is_framework: &is_framework,
            paths: &paths,
            notes: &mut notes,
            diagnostics,
        };
        examination.libraries(&libraries, &pinvokes);
        examination.missing_functions(&pinvokes);
        examination.other_types(&pinvokes);
        examination.missing_keys(&keys, &pinvokes);
        examination.callbacks(&callbacks);
    };
    match &files.native {
        Some(file) => native_traces::with_object(file, &mut diagnostics, examine),
        None => examine(None, None, &mut diagnostics),
    }
    if flavor == Flavor::CoreClr && native.as_ref().is_some_and(|native| native.tables.thunks.is_empty()) {
        report_no_table(native.as_ref(), &mut diagnostics);
    }
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    pinvokes.iter().for_each(|entry| counts.entry(&entry.assembly).or_default().0 += 1);
    callbacks.iter().for_each(|entry| counts.entry(&entry.assembly).or_default().1 += 1);
    for assembly in &mut assemblies {
        (assembly.pinvokes, assembly.callbacks) = counts.get(&*assembly.name).copied().unwrap_or_default();
    }
    let structs = struct_shapes::all(&ir.declarations);
    let read = place.boot.iter().map(|boot| &boot.file).chain(&settings_files).chain(&options_files);
    report_changed(files.opened().chain(read.filter_map(ReadFile::opened)), &mut diagnostics);
    let parts = files.parts.iter().chain(assemblies.iter().map(|assembly| &assembly.part));
    let of_app = parts.map(|part| Path::new(&part.path)).chain(place.boot.iter().map(|boot| &*boot.path));
    refuse_inputs(of_app, &files, options)?;
    let reported = super::report::report(diagnostics, options.problems.as_deref(), options.write);
    let mut report = InteropReport {
        format: REPORT_FORMAT,
        verdict: Verdict::default(),
        findings: Vec::new(),
        root: path.display().to_string(),
        boot_configuration: place.boot.as_ref().map(|boot| BootConfiguration {
            path: boot.path.display().to_string(),
            form: boot.form(),
            main_assembly: main_assembly.clone(),
            assets: boot.config.assets.len(),
        }),
        other_boot_configurations: place.others.iter().map(|path| path.display().to_string()).collect(),
        runtime,
        settings,
        parts: files.parts.clone(),
        assemblies,
        native_module,
        images,
        libraries,
        keys,
        pinvokes,
        callbacks,
        structs,
    };
    conclude(&mut report, &reported.findings, &notes);
    Ok(Examined { report, findings: reported.findings, remarks: reported.remarks })
}

/// Refuses to overwrite a file of the app, or another one that was read.
fn refuse_inputs<'a>(
    of_app: impl Iterator<Item = &'a Path>,
    files: &AppFiles,
    options: &'a Options,
) -> Result<(), OptionError> {
    let build = &options.build;
    let outputs = || build.also_written.iter().chain(&options.problems).map(PathBuf::as_path);
    let read = options.policy.suppressions.iter().chain(&options.struct_sizes.files).chain(&build.options_read);
    let read = read.map(PathBuf::as_path).chain(of_app).filter_map(output_conflicts::known);
    let shown = output_conflicts::shown(outputs(), files.opened().map(|(path, bytes)| (path, &**bytes)));
    let conflicts = output_conflicts::find(&read.chain(shown).collect(), outputs().map(|path| (path, ())));
    conflicts.into_iter().next().map_or(Ok(()), |(conflict, ())| Err(OptionError::new(conflict)))
}

/// The findings of the report, errors first, and the verdict.
fn conclude(report: &mut InteropReport, findings: &Findings, notes: &Notes) {
    let ids: BTreeSet<&str> = report.pinvokes.iter().map(|entry| &*entry.id).collect();
    let of = |diagnostic: &Diagnostic| {
        let mut finding = Finding::new(diagnostic);
        finding.about = notes.of(diagnostic).or_else(|| {
            let (_, token) = diagnostic.location.member.as_ref()?;
            let id = crossings::pinvoke_id(&diagnostic.location.assembly, *token);
            match ids.contains(&*id) {
                true => Some(Subject::PInvoke(id)),
                false => None,
            }
        });
        if finding.about.is_none() && finding.member.is_none() && !finding.file.is_empty() {
            finding.about = Some(Subject::File(finding.file.clone()));
        }
        finding.next = next(&finding, &report.root);
        finding
    };
    let mut found: Vec<(Level, Finding)> =
        findings.diagnostics.iter().map(|diagnostic| (diagnostic.level, of(diagnostic))).collect();
    // Stable: by place within a level.
    found.sort_by_key(|(level, _)| *level);
    let errors = found.iter().filter(|(level, _)| *level == Level::Error).count();
    report.verdict.errors = errors;
    report.verdict.warnings = found.len() - errors;
    report.findings = found.into_iter().map(|(_, finding)| finding).collect();
    report.verdict.summary = summary(report);
}

/// The next command for a finding.
fn next(finding: &Finding, root: &str) -> Option<String> {
    match &finding.about {
        Some(Subject::Key(_)) => Some(format!("thunkgen doctor {} --fix Thunks.wasm", shell_quote::word(root))),
        Some(Subject::File(path)) if finding.code == catalogue::OLD_FORMAT.code => {
            Some(format!("thunkgen r2r dump {}", shell_quote::word(path)))
        }
        _ => None,
    }
}

/// The result in one sentence.
fn summary(report: &InteropReport) -> String {
    let count = |number: usize, what: &str| (number > 0).then(|| plural(number, what));
    let missing = report.missing_keys().filter(|key| !key.is_framework).count();
    let runtime = match (&report.runtime.version, report.runtime.flavor) {
        (_, Flavor::Unknown) => "unknown runtime".to_owned(),
        (Some(version), flavor) => format!("{} {version}", flavor.name()),
        (None, flavor) => flavor.name().to_owned(),
    };
    let result = match (report.verdict.errors, report.verdict.warnings) {
        (0, 0) => "no problem found".to_owned(),
        (0, warnings) => format!("nothing is certain to fail; {}", plural(warnings, "warning")),
        (errors, warnings) => {
            let causes = if errors == 1 { "causes" } else { "cause" };
            let missing = count(missing, "missing thunk").map(|missing| format!(" ({missing})")).unwrap_or_default();
            let warnings = count(warnings, "warning").map(|warnings| format!("; {warnings}")).unwrap_or_default();
            format!("{} {causes} failures at run time{missing}{warnings}", plural(errors, "problem"))
        }
    };
    let tables = match report.runtime.flavor {
        Flavor::Mono => "; thunk tables do not apply to Mono, so files and P/Invokes were checked",
        _ => "",
    };
    format!("{runtime}: {result}{tables}")
}

/// What is collected for the app.
fn target(
    options: &Options,
    version: thunkgen_core::RuntimeVersion,
    native: Option<&NativeCode<'_>>,
    declared_sizes: BTreeMap<String, collect::DeclaredSize>,
) -> collect::Options {
    let target_os = options.targets.first().copied().unwrap_or(TargetOs::Browser);
    let tokens: TokenSet = options.tokens.as_ref().map_or(version.facts().tokens, |tokens| tokens.value);
    let linked = native.into_iter().flat_map(|native| &native.tables.pinvokes);
    let mut modules: BTreeSet<LibraryName> = linked.map(|table| LibraryName::from(table.library)).collect();
    if modules.is_empty() {
        modules.extend(super::modules::defaults(target_os).map(LibraryName::from));
    }
    collect::Options {
        tokens,
        modules,
        declared_sizes,
        declarations: true,
        trust_symbols: true,
        ..collect::Options::new(target_os)
    }
}

/// Everything that the assemblies need. Problems of the user's own code are reported, on Mono only those of files.
fn collect_app(
    assemblies: &[AppAssembly],
    target: &collect::Options,
    flavor: Flavor,
    is_framework: &dyn Fn(&str) -> bool,
    paths: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
    step: &dyn Fn(&str),
) -> Ir {
    step("reading assemblies");
    let inputs: Vec<Input<'_>> = assemblies.iter().map(|assembly| assembly.file.as_input()).collect();
    let mut own = diagnostics.empty();
    let type_system = TypeSystem::load(&inputs, &mut own);
    // What is missing would be reported again as types that cannot be resolved.
    let is_complete = !own.has_errors();
    diagnostics.extend(own);
    step("collecting signatures");
    let mut target = target.clone();
    let others = paths.iter().filter(|(name, _)| is_framework(name)).map(|(_, path)| path.clone());
    target.others = others.collect();
    let mut own = diagnostics.empty();
    let ir = collect(&type_system, &target, &mut own);
    if is_complete && flavor != Flavor::Mono {
        for Diagnostic { rule, level, location, message, .. } in own.into_findings().diagnostics {
            // The framework's authors know what their code cannot do.
            if level == Level::Error || !is_framework(&location.assembly) {
                diagnostics.report(rule, location, message);
            }
        }
    }
    ir
}

/// Path and token of the methods that are reported because they pass delegates.
fn diagnostics_of_delegates(diagnostics: &Diagnostics) -> BTreeSet<(String, u32)> {
    let found = diagnostics.clone().into_findings();
    let all = found.diagnostics.into_iter().chain(found.suppressed.into_iter().map(|suppressed| suppressed.diagnostic));
    let delegates = all.filter(|diagnostic| diagnostic.rule.code == catalogue::DELEGATE_TO_NATIVE.code);
    delegates.filter_map(|diagnostic| Some((diagnostic.location.file, diagnostic.location.member?.1))).collect()
}

/// Without a native module an app cannot start. One that the boot configuration names was reported if it is missing.
fn report_no_module(path: &Path, place: &Place, files: &AppFiles, diagnostics: &mut Diagnostics) {
    let names_one = place
        .boot
        .as_ref()
        .is_some_and(|boot| boot.config.assets.iter().any(|asset| asset.role == boot_config::AssetRole::NativeModule));
    if files.native.is_some() || names_one {
        return;
    }
    let message = format!(
        "no native module (dotnet.native.wasm) in {}: the app cannot start, and functions and thunks cannot be checked; \
         name the directory of the published app",
        place.directory.display()
    );
    diagnostics.report(&catalogue::NO_NATIVE_MODULE, Location::file(path.display().to_string()), message);
}

/// A CoreCLR runtime has a table of thunks, if the tool finds it.
fn report_no_table(native: Option<&NativeCode<'_>>, diagnostics: &mut Diagnostics) {
    let Some(native) = native else { return };
    let names: Vec<&str> = Contract::ALL.iter().map(|contract| contract.name()).collect();
    let message = format!(
        "no table of thunks was found in the module (contracts {}), so it is not known which thunks are missing; compare \
         with the C++ table instead: thunkgen lookup --coverage INPUT --in TABLE.cpp",
        names.join(", ")
    );
    diagnostics.report(&catalogue::NO_THUNK_TABLE, Location::file(native.path), message);
}

/// Settings that turn images off.
fn report_images_off(settings: &[report::Setting], images: &[report::ImagePart], diagnostics: &mut Diagnostics) {
    let with_thunks = images.iter().filter(|image| image.thunks > 0).count();
    if with_thunks == 0 {
        return;
    }
    for setting in settings.iter().filter(|setting| setting.effect.is_some()) {
        let message = format!(
            "{}={} turns images off, so the runtime does not use the thunks of {}; remove the setting",
            setting.name,
            setting.value,
            plural(with_thunks, "image")
        );
        diagnostics.report(&catalogue::IMAGES_OFF, Location::file(&setting.file), message);
    }
}

/// The names of the files in the text of a boot configuration; the place of what is wrong if it cannot be read. `None` for
/// a script without one.
pub fn files_of_boot_configuration(text: &str) -> Option<Result<Vec<String>, (u32, u32)>> {
    let read = boot_config::read(text)?;
    Some(match read {
        Ok(config) => Ok(config.assets.into_iter().map(|asset| asset.name).collect()),
        Err(bad) => Err((bad.at.line, bad.at.column)),
    })
}

impl AppFile {
    /// The file as the library takes it.
    fn as_input(&self) -> Input<'_> {
        Input { path: &self.display, bytes: &self.bytes, role: Role::Input }
    }
}

impl locate::Boot {
    /// The kind of file.
    fn form(&self) -> &'static str {
        let name = locate::plain_name(&self.path);
        boot_config::FILES.into_iter().find(|known| *known == name).unwrap_or("boot configuration")
    }
}
