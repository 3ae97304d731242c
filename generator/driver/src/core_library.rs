//! Checks that the core library among the inputs is that of the target runtime.

use super::inputs::OpenInput;
use clr_metadata::columns::{assembly, type_def};
use clr_metadata::{Module, TableId};
use clr_wasm_abi::layout::special::CORE_LIBRARY;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::MONO_TYPE;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Reports a core library of another version, or of Mono.
pub fn compare(inputs: &[OpenInput], runtime: RuntimeVersion, diagnostics: &mut Diagnostics) {
    for input in inputs {
        let input = input.as_input();
        let Some((module, major)) = core_library(input.bytes) else { continue };
        if is_mono(&module) {
            let message = "this is the core library of Mono, and the tables are for the CoreCLR runtime; `check-native`, \
                           `layout` and stubs are valid for both";
            diagnostics.report(&catalogue::MONO_CORE_LIBRARY, Location::file(input.path), message);
            continue;
        }
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
    inputs.iter().find_map(|input| Some(core_library(input.as_input().bytes)?.1))
}

/// The core library and its major version; `None` for other assemblies. Unreadable files are reported elsewhere.
pub(crate) fn core_library(bytes: &[u8]) -> Option<(Module<'_>, u16)> {
    let module = clr_metadata::open(bytes).ok()??;
    if module.assembly_name().ok()?? != CORE_LIBRARY {
        return None;
    }
    // Reference assemblies and assemblies of tests have version 0.
    let major = u16::try_from(module.tables.cell(assembly::MAJOR_VERSION, 1).ok()?).ok()?;
    (major != 0).then_some((module, major))
}

/// Whether it is the core library of Mono.
pub(crate) fn is_mono(module: &Module<'_>) -> bool {
    let (namespace, name) = MONO_TYPE;
    let is = |column, row, text| module.string(column, row).is_ok_and(|found| found == text);
    let mut rows = module.tables.all(TableId::TypeDef);
    rows.any(|row| is(type_def::NAMESPACE, row, namespace) && is(type_def::NAME, row, name))
}
