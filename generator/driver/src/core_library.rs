//! Whether the core library among the inputs is that of the runtime that is generated for.

use super::inputs::OpenInput;
use clr_metadata::TableId;
use thunkgen_core::RuntimeVersion;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The assembly that is part of the runtime.
const CORE_LIBRARY: &str = "System.Private.CoreLib";

/// Reports a core library of another version.
pub fn compare(inputs: &[OpenInput], runtime: RuntimeVersion, diagnostics: &mut Diagnostics) {
    for input in inputs {
        let input = input.as_input();
        let Some(major) = core_library_version(input.bytes) else { continue };
        if major == runtime.facts().major {
            continue;
        }
        let known = RuntimeVersion::ALL.into_iter().find(|known| known.facts().major == major);
        let advice = match known {
            Some(version) => format!("generate with --runtime {version}, or name the assemblies of {runtime}"),
            None => format!("name the assemblies of {runtime}"),
        };
        let message = format!("{CORE_LIBRARY} has version {major}.0, but the runtime is {runtime}: {advice}");
        diagnostics.report(&catalogue::OTHER_RUNTIME, Location::file(input.path), message);
    }
}

/// Its major version, if it is that assembly. An assembly that cannot be read is reported elsewhere.
fn core_library_version(bytes: &[u8]) -> Option<u16> {
    let module = clr_metadata::open(bytes).ok()??;
    if module.assembly_name().ok()?? != CORE_LIBRARY {
        return None;
    }
    // Reference assemblies and those of tests say 0.
    let major = u16::try_from(module.tables.cell(TableId::Assembly, 1, 1).ok()?).ok()?;
    (major != 0).then_some(major)
}
