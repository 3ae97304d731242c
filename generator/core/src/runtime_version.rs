//! The properties of each version of the runtime. Everything that depends on the version is looked up here.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::emit::Contract;
use clr_wasm_abi::TokenSet;

/// Namespace and name of a type that only the core library of Mono defines.
pub const MONO_TYPE: (&str, &str) = ("Mono", "RuntimeClassHandle");

/// A version of the .NET runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RuntimeVersion {
    /// .NET 11.0, as released.
    #[default]
    V11_0,
    /// .NET 12.0, which is not released, from its sources of September 2026.
    V12_0,
}

/// The formats that a runtime reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuntimeFacts {
    /// Its name on the command line.
    pub name: &'static str,
    /// Major version of the core library.
    pub major: u16,
    /// The interface to the generated files.
    pub contract: Contract,
    /// The key format.
    pub tokens: TokenSet,
    /// The images it loads.
    pub image: ImageFormat,
}

/// Version of the ReadyToRun format: major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormatVersion(pub u16, pub u16);

/// The text is not a version of the ReadyToRun format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected two numbers from 0 to 65535, with a dot between them")]
pub struct FormatVersionError;

/// The format of a ReadyToRun image and of the module around it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageFormat {
    /// Version of the module around the image, which it exports as `webcilVersion`.
    pub wrapper_version: u32,
    /// Names of the imports.
    pub imports: ImportNames,
    /// Version of the ReadyToRun format. A runtime accepts only its own major version.
    pub ready_to_run: FormatVersion,
    /// Flags of the ReadyToRun header.
    pub flags: u32,
}

/// Names of the imports of an image from the module `webcil`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportNames {
    /// The stack pointer, a mutable i32.
    pub stack_pointer: Cow<'static, str>,
    /// Address of the image in memory, an i32.
    pub image_base: Cow<'static, str>,
    /// First table slot of its functions, an i32.
    pub table_base: Cow<'static, str>,
    /// The async continuation, a mutable i32.
    pub async_continuation: Cow<'static, str>,
    /// The table of all indirect calls.
    pub table: Cow<'static, str>,
    /// The exception tag that restores a context.
    pub restore_context_tag: Cow<'static, str>,
    /// The memory.
    pub memory: Cow<'static, str>,
}

impl ImportNames {
    /// Names of .NET 11.0, from images that crossgen2 11.0.0 writes.
    pub const V11_0: ImportNames = ImportNames {
        stack_pointer: Cow::Borrowed("stackPointer"),
        image_base: Cow::Borrowed("imageBase"),
        table_base: Cow::Borrowed("tableBase"),
        async_continuation: Cow::Borrowed("asyncContinuation"),
        table: Cow::Borrowed("table"),
        restore_context_tag: Cow::Borrowed("rtlRestoreContextTag"),
        memory: Cow::Borrowed("memory"),
    };

    /// Names of .NET 12.0, from the host in dotnet/runtime's main branch, September 2026.
    pub const V12_0: ImportNames = ImportNames {
        stack_pointer: Cow::Borrowed("__stack_pointer"),
        image_base: Cow::Borrowed("__memory_base"),
        table_base: Cow::Borrowed("__table_base"),
        async_continuation: Cow::Borrowed("__async_continuation"),
        table: Cow::Borrowed("__indirect_function_table"),
        restore_context_tag: Cow::Borrowed("__coreclr_wasm_rtlrestorecontext_tag"),
        memory: Cow::Borrowed("memory"),
    };
}

/// PLATFORM_NEUTRAL_SOURCE, SKIP_TYPE_VALIDATION, NONSHARED_PINVOKE_STUBS and MULTIMODULE_VERSION_BUBBLE, like the
/// images for browsers that crossgen2 11.0.0 writes.
const CROSSGEN2_FLAGS: u32 = 0x4B;

/// One entry for each version, oldest first.
static VERSIONS: [RuntimeFacts; 2] = [
    RuntimeFacts {
        name: "11.0",
        major: 11,
        // The task and the native files of the released pack.
        contract: Contract::WasmThunks,
        // The keys in images of crossgen2 11.0.0.
        tokens: TokenSet::Current,
        image: ImageFormat {
            // The host of 11.0.0 rejects versions above 1, and version 0 (Mono) has no functions.
            wrapper_version: 1,
            imports: ImportNames::V11_0,
            // Images of crossgen2 11.0.0; the runtime compares the major version with 26 for equality.
            ready_to_run: FormatVersion(26, 1),
            flags: CROSSGEN2_FLAGS,
        },
        // dotnet/runtime PR 132965 removed the tables.
    },
    RuntimeFacts {
        name: "12.0",
        major: 12,
        // dotnet/runtime PR 131877.
        contract: Contract::PortableCallhelpers,
        // Read in the sources only.
        tokens: TokenSet::Current,
        image: ImageFormat {
            // The host in the main branch, September 2026, rejects versions above 1.
            wrapper_version: 1,
            imports: ImportNames::V12_0,
            // dotnet/runtime PR 132528. For later versions there is `--like`.
            ready_to_run: FormatVersion(27, 0),
            // No change since 11.0 is known.
            flags: CROSSGEN2_FLAGS,
        },
    },
];

impl RuntimeVersion {
    /// Every version, oldest first.
    pub const ALL: [RuntimeVersion; 2] = [RuntimeVersion::V11_0, RuntimeVersion::V12_0];

    /// The formats that this version reads.
    ///
    /// ```
    /// use thunkgen_core::RuntimeVersion;
    /// assert_eq!(RuntimeVersion::V11_0.facts().image.ready_to_run.to_string(), "26.1");
    /// ```
    pub fn facts(self) -> &'static RuntimeFacts {
        match self {
            RuntimeVersion::V11_0 => &VERSIONS[0],
            RuntimeVersion::V12_0 => &VERSIONS[1],
        }
    }
}

impl fmt::Display for RuntimeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().name)
    }
}

impl FromStr for FormatVersion {
    type Err = FormatVersionError;

    fn from_str(text: &str) -> Result<FormatVersion, FormatVersionError> {
        // `parse` accepts a sign.
        let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?;
        let parts = text.split_once('.').and_then(|(major, minor)| Some((digits(major)?, digits(minor)?)));
        let (major, minor) = parts.ok_or(FormatVersionError)?;
        Ok(FormatVersion(major, minor))
    }
}

impl fmt::Display for FormatVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FormatVersion(major, minor) = self;
        write!(f, "{major}.{minor}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_format() {
        assert_eq!("26.1".parse(), Ok(FormatVersion(26, 1)));
        for text in ["", "18", "18.", "18.6.0", "18.65536", "-1.0"] {
            assert_eq!(text.parse::<FormatVersion>(), Err(FormatVersionError));
        }
    }

    #[test]
    fn the_table_is_in_the_order_of_the_versions() {
        for (version, facts) in RuntimeVersion::ALL.into_iter().zip(&VERSIONS) {
            assert_eq!(version.facts(), facts);
            assert_eq!(facts.name, format!("{}.0", facts.major));
        }
    }
}
