//! Finds the calls between managed and native code in .NET assemblies, and generates their thunks as C++ tables.
//!
//! Start at [`Generator`]: names and bytes in, text and findings out. [`collect`](mod@collect) builds the
//! intermediate representation, [`emit`] the text.
//!
//! ```
//! use clr_wasm_abi::TargetOs;
//! use thunkgen_core::collect::Options;
//! use thunkgen_core::{Generated, Generator};
//!
//! let mut options = Options::new(TargetOs::Browser);
//! options.modules.insert("libdraw".into());
//! let Generated { files, findings, .. } = Generator::new(options).input("notes.dll", b"not an assembly").generate();
//! assert!(files.is_empty());
//! assert_eq!(findings.diagnostics[0].to_string(), "thunkgen: error TG0004: none of the inputs is a managed assembly");
//! ```

pub mod collect;
pub mod emit;
mod generator;
pub mod runtime_toolchain;
pub mod runtime_version;

pub use generator::{Generated, Generator};
pub use runtime_toolchain::RuntimeToolchain;
pub use runtime_version::RuntimeVersion;
