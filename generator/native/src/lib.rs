//! Compares P/Invoke declarations with native code, and writes stubs for whoever implements it.
//!
//! ```
//! use clr_wasm_file::objects::read;
//! use thunkgen_core::collect::ir::Declarations;
//! use thunkgen_diagnostics::Diagnostics;
//!
//! let objects = read("libdraw.wasm", &["libdraw".into()], b"\0asm\x01\0\0\0", None).unwrap();
//! let mut diagnostics = Diagnostics::default();
//! // `Generator` of thunkgen-core collects the declarations of assemblies.
//! let outcome = thunkgen_native::compare(&Declarations::default(), &objects, &[], &mut diagnostics);
//! assert_eq!((outcome.compared, diagnostics.has_errors()), (0, false));
//! ```

pub mod compare;
pub mod stubs;

pub use compare::{Outcome, RustLibrary, compare};
