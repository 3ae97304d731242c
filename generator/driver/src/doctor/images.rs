//! Assemblies with compiled code: whether the host and the runtime use them, and which thunks they bring.

use super::app_files::{AppAssembly, AppFiles, container_name};
use super::boot_config::AssetRole;
use super::host_rules::refusals;
use super::locate::plain_name;
use super::report::{AppPart, AssemblyPart, Flavor, ImagePart, RuntimeFound, Setting};
use super::runtime::assembly_version;
use clr_metadata::columns::assembly;
use clr_metadata::{Container, Module};
use clr_wasm_abi::layout::special::CORE_LIBRARY;
use clr_wasm_file::WasmModule;
use thunkgen_core::RuntimeVersion;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_r2r::lookup::{Sources, consistency};
use thunkgen_r2r::ready_to_run;

/// The runtime that images are for.
pub(super) struct ImageContext<'c> {
    pub runtime: &'c RuntimeFound,
    pub version: RuntimeVersion,
    pub settings: &'c [Setting],
    pub main_assembly: Option<&'c str>,
    /// The boot configuration has sizes of modules.
    pub has_sizes: bool,
}

/// Describes the assemblies, reports what is refused of them, and adds the thunks of those that are used to `sources`.
pub(super) fn examine(
    files: &AppFiles,
    context: &ImageContext<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (Vec<AssemblyPart>, Vec<ImagePart>) {
    let (mut assemblies, mut images) = (Vec::new(), Vec::new());
    for assembly in &files.assemblies {
        // A damaged file is reported when types are read.
        let Ok(Some(module)) = clr_metadata::open(&assembly.file.bytes) else { continue };
        let Ok(Some(name)) = module.assembly_name() else { continue };
        assemblies.push(describe(assembly, &module, name, context));
        let refused = in_wasm(assembly, &module, name, context, diagnostics);
        if module.is_ready_to_run() && context.runtime.flavor != Flavor::Mono {
            images.extend(image(assembly, name, refused, context, sources, diagnostics));
        }
    }
    assemblies.sort();
    (assemblies, images)
}

fn describe(of: &AppAssembly, module: &Module<'_>, name: &str, context: &ImageContext<'_>) -> AssemblyPart {
    let AppAssembly { file, asset } = of;
    let is_signed = module.tables.cell(assembly::PUBLIC_KEY, 1).is_ok_and(|key| key != 0);
    AssemblyPart {
        name: name.to_owned(),
        version: assembly_version(module).unwrap_or_default(),
        part: AppPart {
            path: file.display.clone(),
            name: asset.as_ref().map_or_else(|| plain_name(&file.path), |asset| asset.virtual_name.clone()),
            role: asset.as_ref().map_or(AssetRole::Assembly, |asset| asset.role).name(),
            size: file.bytes.len() as u64,
            compression: file.compression,
            is_listed: asset.is_some(),
        },
        container: container_name(module.container()),
        is_framework: is_framework(name, is_signed) && context.main_assembly != Some(name),
        is_lazy: asset.as_ref().is_some_and(|asset| asset.role == AssetRole::LazyAssembly),
        pinvokes: 0,
        callbacks: 0,
    }
}

/// Assemblies of the framework are called so and are signed.
fn is_framework(name: &str, is_signed: bool) -> bool {
    const NAMES: [&str; 4] = ["mscorlib", "netstandard", "System", "WindowsBase"];
    let is_named = NAMES.contains(&name) || name.starts_with("System.") || name.starts_with("Microsoft.");
    name == CORE_LIBRARY || (is_named && is_signed)
}

/// What the host refuses of an assembly in a wasm module, reported.
fn in_wasm(
    of: &AppAssembly,
    module: &Module<'_>,
    name: &str,
    context: &ImageContext<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let AppAssembly { file, asset } = of;
    if !matches!(module.container(), Container::WasmWebcil(_)) {
        return Vec::new();
    }
    let wasm = match WasmModule::open(&file.bytes) {
        Ok(Some(wasm)) => wasm,
        Ok(None) => return Vec::new(),
        Err(error) => {
            diagnostics.report(&catalogue::DAMAGED_IMAGE, Location::file(&file.display), error.to_string());
            return vec![error.to_string()];
        }
    };
    let found = refusals(&wasm, asset.as_ref(), context.has_sizes, context.runtime.flavor, context.version);
    for refusal in &found {
        let location = Location::file(&file.display).of_assembly(name);
        diagnostics.report(refusal.rule, location, refusal.message.clone());
    }
    found.into_iter().map(|refusal| refusal.message).collect()
}

fn image(
    of: &AppAssembly,
    name: &str,
    mut refused: Vec<String>,
    context: &ImageContext<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<ImagePart> {
    let file = &of.file;
    let location = || Location::file(&file.display).of_assembly(name);
    let read = ready_to_run::open(&file.bytes).and_then(|image| {
        let thunks = image.string_thunks()?.iter().map(|blob| blob.blob.thunks.len()).sum();
        let compiler = image.ready_to_run.as_ref().map(|code| code.compiler()).transpose()?.flatten();
        Ok((compiler.map(str::to_owned), thunks, image))
    });
    let (compiler, thunks, image) = match read {
        Ok(read) => read,
        Err(error) => {
            diagnostics.report(&catalogue::DAMAGED_IMAGE, location(), error.to_string());
            return None;
        }
    };
    let code = image.ready_to_run.as_ref()?;
    let (major, expected) = (code.major_version, context.version.facts().image.ready_to_run);
    if major != expected.0 {
        let message = format!(
            "its code has ReadyToRun version {major}.{}, and .NET {} uses images of version {} only: it ignores the code \
             and the thunks; make the image again with --runtime {}",
            code.minor_version, context.version, expected.0, context.version
        );
        diagnostics.report(&catalogue::OLD_FORMAT, location(), message.clone());
        refused.push(message);
    }
    for setting in context.settings.iter().filter(|setting| setting.effect.is_some()) {
        refused.push(format!("{}={} in {} turns images off", setting.name, setting.value, setting.file));
    }
    if refused.is_empty() && thunks > 0 {
        sources.add(&file.display, &file.bytes, diagnostics);
        consistency::check(&file.display, &file.bytes, None, diagnostics);
    }
    Some(ImagePart {
        path: file.display.clone(),
        assembly: name.to_owned(),
        ready_to_run: format!("{major}.{}", code.minor_version),
        wrapper_version: image.wasm.as_ref().and_then(WasmModule::wrapper_version),
        compiler,
        thunks,
        refusals: refused,
    })
}
