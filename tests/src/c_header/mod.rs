//! Stubs in C: headers made from assemblies, and the compilers that read them.

mod compile;
mod corpus;

use std::collections::BTreeMap;

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_core::collect::{LibraryName, Options};
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::stubs::{self, Language};

use crate::data::crate_dir;
use crate::tool::Files;

pub use compile::{C11, CPP17, Dialect, LATER, Reader, readers};
pub use corpus::{TYPES, library};

/// What the assembly of a fixture declares, for all modules.
pub fn fixture(path: &str) -> Declarations {
    let file = |path: &str| crate_dir().join("fixtures").join(path);
    let files = ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll", path].map(file);
    declarations(&Files::read(files))
}

/// What assemblies declare, for all modules.
pub fn declarations(files: &Files) -> Declarations {
    let options =
        Options { modules: [LibraryName::ANY.into()].into(), declarations: true, ..Options::new(TargetOs::Browser) };
    files.collect_with(&options).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

/// The headers by their names.
pub fn headers(declarations: &Declarations, documentation: &Documentation) -> BTreeMap<String, String> {
    let options = stubs::Options { language: Language::CHeader, target_os: TargetOs::Browser };
    stubs::render(declarations.clone(), documentation, &options)
}

/// The macro of a header that makes a table of its functions, by the header's name.
pub fn require(header: &str) -> String {
    format!("#define THUNKGEN_REQUIRE_{}\n", header.trim_end_matches(".h"))
}
