//! What the host and the runtime demand of a wasm module with an assembly.
//!
//! The host of CoreCLR compares the module with the boot configuration (`instantiateWebcilModule` in dotnet/runtime,
//! .NET 11.0): the payload and the number of table slots, exactly two data segments, the first one passive with at least
//! 4 bytes, wrapper version 0 or 1. Mono's host accepts version 0 only.

use super::boot_config::Asset;
use super::report::Flavor;
use clr_wasm_file::{Placement, WasmModule};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::ImportNames;
use thunkgen_diagnostics::{Rule, catalogue};

/// The module of all imports.
const MODULE: &str = "webcil";

/// Why a module is refused.
pub(super) struct Refusal {
    pub rule: &'static Rule,
    pub message: String,
}

/// Everything that the host refuses of a module; `asset` is its entry in the boot configuration, and `has_sizes` says
/// whether that has sizes at all.
pub(super) fn refusals(
    module: &WasmModule<'_>,
    asset: Option<&Asset>,
    has_sizes: bool,
    flavor: Flavor,
    runtime: RuntimeVersion,
) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut refuse = |rule, message| found.push(Refusal { rule, message });
    let version = module.wrapper_version();
    let highest = if flavor == Flavor::Mono { 0 } else { 1 };
    match version {
        Some(version) if version > highest => {
            let message = format!(
                "its wrapper has version {version}, and the host of {} accepts versions up to {highest}; make the image \
                 for this runtime",
                name_of(flavor, runtime)
            );
            refuse(&catalogue::REFUSED_IMAGE, message);
        }
        _ => {}
    }
    if flavor == Flavor::Mono {
        return found;
    }
    let [sizes, payload] = &module.data[..] else {
        let message =
            format!("it has {} data segments, and the host accepts exactly 2; make the image again", module.data.len());
        refuse(&catalogue::REFUSED_IMAGE, message);
        return found;
    };
    if sizes.placement != Placement::Passive {
        let message = "its first data segment, with the sizes, is active, and the host accepts a passive one; make the \
                       image again";
        refuse(&catalogue::REFUSED_IMAGE, message.to_owned());
    }
    let is_installed_by_host =
        runtime == RuntimeVersion::V11_0 || !module.exports.iter().any(|export| export.name == "patchWebcilHeader");
    if payload.placement != Placement::Passive && is_installed_by_host {
        let message = format!(
            "its second data segment, with the assembly, is active, and the host of .NET {runtime} copies a passive one; \
             make the image with --runtime {runtime}"
        );
        refuse(&catalogue::REFUSED_IMAGE, message);
    }
    let (words, _) = sizes.bytes.as_chunks::<4>();
    let word = |index: usize| words.get(index).map(|word| u64::from(u32::from_le_bytes(*word)));
    let Some(payload_size) = word(0) else {
        let message = format!(
            "its first data segment has {} bytes, and the host reads a size of 4 from it; make the image again",
            sizes.bytes.len()
        );
        refuse(&catalogue::REFUSED_IMAGE, message);
        return found;
    };
    let table_size = word(1).unwrap_or(0);
    if payload.bytes.len() as u64 != payload_size {
        let message = format!(
            "it announces {payload_size} bytes, but its second data segment has {}; make the image again",
            payload.bytes.len()
        );
        refuse(&catalogue::REFUSED_IMAGE, message);
    }
    // Configurations before .NET 11 have no sizes.
    if let Some(asset) = asset.filter(|_| has_sizes) {
        sizes_in_boot_config(asset, payload_size, table_size, &mut refuse);
    }
    if table_size > 0 {
        let own = &runtime.facts().image.imports;
        let unknown =
            module.imports.iter().find(|import| import.module != MODULE || !names(own).contains(&import.name));
        if let Some(import) = unknown {
            let other = RuntimeVersion::ALL.into_iter().find(|version| {
                import.module == MODULE && names(&version.facts().image.imports).contains(&import.name)
            });
            let other = other.map(|version| format!(", a name of .NET {version}")).unwrap_or_default();
            let message = format!(
                "it imports `{}` from `{}`{other}, which the host of .NET {runtime} does not have; make the image with \
                 --runtime {runtime}",
                import.name, import.module
            );
            refuse(&catalogue::REFUSED_IMAGE, message);
        }
    }
    found
}

fn name_of(flavor: Flavor, runtime: RuntimeVersion) -> String {
    if flavor == Flavor::Mono { "Mono".to_owned() } else { format!(".NET {runtime}") }
}

/// Compares the sizes in the boot configuration with those of the module.
fn sizes_in_boot_config(
    asset: &Asset,
    payload_size: u64,
    table_size: u64,
    refuse: &mut dyn FnMut(&'static Rule, String),
) {
    let advice = "write the boot configuration again (publish, or correct it)";
    match asset.payload_size {
        None | Some(0) => {
            let message = format!("the boot configuration has no payloadSize for it, and the host needs one; {advice}");
            refuse(&catalogue::OTHER_SIZES, message);
        }
        Some(listed) if listed != payload_size => {
            let message = format!(
                "the boot configuration has payloadSize {listed}, but the module announces {payload_size} bytes; {advice}"
            );
            refuse(&catalogue::OTHER_SIZES, message);
        }
        Some(_) => {}
    }
    let listed = asset.table_size.unwrap_or(0);
    if listed != table_size {
        let message = format!(
            "the boot configuration has tableSize {listed}, but the module announces {table_size} table slots; {advice}"
        );
        refuse(&catalogue::OTHER_SIZES, message);
    }
}

fn names(imports: &ImportNames) -> [&str; 7] {
    [
        &imports.stack_pointer,
        &imports.image_base,
        &imports.table_base,
        &imports.async_continuation,
        &imports.table,
        &imports.restore_context_tag,
        &imports.memory,
    ]
}
