//! Checks that the core library among the inputs is that of the target runtime.

use clr_metadata::Module;
use clr_metadata::columns::assembly;
use clr_wasm_abi::layout::special::CORE_LIBRARY;
use clr_wasm_abi::types::{Assembly, TypeSystem};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::MONO_TYPE;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Reports a core library of another version, or of Mono.
pub fn compare(type_system: &TypeSystem<'_>, runtime: RuntimeVersion, diagnostics: &mut Diagnostics) {
    let Some((assembly, major)) = core_library(type_system) else { return };
    let location = Location::file(assembly.path);
    let (namespace, name) = MONO_TYPE;
    if assembly.find_type(namespace, name).is_ok_and(|found| found.is_some()) {
        let message = "this is the core library of Mono, and the tables are for the CoreCLR runtime; `check-native`, \
                       `layout` and stubs are valid for both";
        return diagnostics.report(&catalogue::MONO_CORE_LIBRARY, location, message);
    }
    if major == runtime.facts().major {
        return;
    }
    let known = RuntimeVersion::ALL.into_iter().find(|known| known.facts().major == major);
    let advice = match known {
        Some(version) => format!("use --runtime {version}, or the assemblies of {runtime}"),
        None => format!("use the assemblies of {runtime}"),
    };
    let message = format!("{CORE_LIBRARY} has version {major}.0, but the runtime is {runtime}: {advice}");
    diagnostics.report(&catalogue::OTHER_RUNTIME, location, message);
}

/// Major version of the core library.
#[cfg(feature = "native")]
pub fn major_version(type_system: &TypeSystem<'_>) -> Option<u16> {
    Some(core_library(type_system)?.1)
}

/// The core library and its major version.
fn core_library<'t, 'a>(type_system: &'t TypeSystem<'a>) -> Option<(&'t Assembly<'a>, u16)> {
    let found = &type_system[type_system.find_assembly(CORE_LIBRARY)?];
    Some((found, major(&found.module)?))
}

/// Major version of an assembly; `None` for 0, which reference assemblies and assemblies of tests have.
pub(crate) fn major(module: &Module<'_>) -> Option<u16> {
    let major = u16::try_from(module.tables.cell(assembly::MAJOR_VERSION, 1).ok()?).ok()?;
    (major != 0).then_some(major)
}

/// Whether a core library is that of Mono.
#[cfg(feature = "adopt")]
pub(crate) fn is_mono(module: &Module<'_>) -> bool {
    let count = module.tables.rows(clr_metadata::TableId::TypeDef);
    (1..=count).any(|row| module.type_name(row).is_ok_and(|found| found == MONO_TYPE))
}
