//! Turns the intermediate representation into bytes of named files. Never opens an assembly or touches the disk.

use std::collections::BTreeMap;

use crate::abi::TargetOs;
use crate::collect::ir::Ir;

/// The runtime interface an output is generated for; it decides symbol names and headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contract {
    /// `g_wasmThunks` (dotnet/runtime PR 127483).
    #[default]
    WasmThunks,
}

/// What an output is generated for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The runtime interface.
    pub contract: Contract,
    /// The operating system, named in the header of each file.
    pub target_os: TargetOs,
}

/// The three tables of a contract, named by what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Output {
    /// `callhelpers-interp-to-managed.cpp`
    InterpToNative,
    /// `callhelpers-pinvoke.cpp`
    PInvoke,
    /// `callhelpers-reverse.cpp`
    Reverse,
}

impl Output {
    /// Every output, in the order of the file names.
    pub const ALL: [Output; 3] = [Output::InterpToNative, Output::PInvoke, Output::Reverse];

    /// The default file name.
    pub fn file_name(self) -> &'static str {
        match self {
            Output::InterpToNative => "callhelpers-interp-to-managed.cpp",
            Output::PInvoke => "callhelpers-pinvoke.cpp",
            Output::Reverse => "callhelpers-reverse.cpp",
        }
    }
}

/// The text of every output.
pub fn render(ir: &Ir, options: &Options) -> BTreeMap<Output, String> {
    let _ = (ir, options);
    todo!()
}
