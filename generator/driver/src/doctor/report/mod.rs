//! Everything that is known about an app: plain sorted data, without a reference to any file.
//!
//! A part that was not looked at is empty or `None`. As JSON, empty members are left out; members are only ever added.

mod app;
mod crossings;
mod finding;

pub use app::{AppPart, AssemblyPart, BootConfiguration, Flavor, ImagePart, NativeModule, RuntimeFound, Setting};
pub use crossings::{
    CallState, CallbackEntry, CallbackState, FieldShape, KeyEntry, KeyState, LibraryEntry, LibraryState,
    NativeFunction, PInvokeEntry, Provider, StructShape,
};
pub use finding::{Finding, Subject, Verdict};

use serde::Serialize;

/// Format number of the JSON; raised when a member changes its meaning or goes away.
pub const REPORT_FORMAT: u32 = 2;

/// What was found out about an app, or about a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InteropReport {
    /// [`REPORT_FORMAT`]
    pub format: u32,
    /// The result in one line.
    pub verdict: Verdict,
    /// Every problem: errors first, then by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What was examined, as the user named it.
    pub root: String,
    /// The boot configuration that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_configuration: Option<BootConfiguration>,
    /// Boot configurations that were not used, in the order of their paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_boot_configurations: Vec<String>,
    /// The runtime.
    pub runtime: RuntimeFound,
    /// Settings of the runtime in the boot configuration and next to it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// Every file of the app except its assemblies, by path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<AppPart>,
    /// The assemblies, by simple name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assemblies: Vec<AssemblyPart>,
    /// The linked module of the runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_module: Option<NativeModule>,
    /// The images with compiled code, in the order in which they are loaded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ImagePart>,
    /// The native libraries that P/Invokes name, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub libraries: Vec<LibraryEntry>,
    /// The keys that the assemblies need or that something provides, in byte order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyEntry>,
    /// The P/Invokes, by library, entry point, assembly and token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pinvokes: Vec<PInvokeEntry>,
    /// The methods that native code can call, by assembly and token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<CallbackEntry>,
    /// The structs that native code sees, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub structs: Vec<StructShape>,
}

impl InteropReport {
    /// The keys that are needed and that nothing provides.
    pub fn missing_keys(&self) -> impl Iterator<Item = &KeyEntry> {
        self.keys.iter().filter(|key| key.state == KeyState::Missing)
    }

    /// Whether something will fail at run time.
    pub fn fails(&self) -> bool {
        self.verdict.errors > 0
    }
}
