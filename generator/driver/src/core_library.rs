//! Checks that the core library among the inputs has the version of the target runtime.

use super::inputs::OpenInput;
use clr_metadata::columns::assembly;
use thunkgen_core::RuntimeVersion;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The assembly that belongs to the runtime.
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
            Some(version) => format!("use --runtime {version}, or the assemblies of {runtime}"),
            None => format!("use the assemblies of {runtime}"),
        };
        let message = format!("{CORE_LIBRARY} has version {major}.0, but the runtime is {runtime}: {advice}");
        diagnostics.report(&catalogue::OTHER_RUNTIME, Location::file(input.path), message);
    }
}

/// Major version of the core library among the inputs.
#[cfg(feature = "native")]
pub fn major_version(inputs: &[OpenInput]) -> Option<u16> {
    inputs.iter().find_map(|input| core_library_version(input.as_input().bytes))
}

/// Major version of the core library; `None` for other assemblies. Unreadable files are reported elsewhere.
fn core_library_version(bytes: &[u8]) -> Option<u16> {
    let module = clr_metadata::open(bytes).ok()??;
    if module.assembly_name().ok()?? != CORE_LIBRARY {
        return None;
    }
    // Reference assemblies and assemblies of tests have version 0.
    let major = u16::try_from(module.tables.cell(assembly::MAJOR_VERSION, 1).ok()?).ok()?;
    (major != 0).then_some(major)
}
