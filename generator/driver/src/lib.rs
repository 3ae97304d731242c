//! What every front end does between its options and its output: manifest, files, jobs, writing, checking.
//!
//! | feature | brings |
//! |---|---|
//! | `adopt` | manifests for what a directory contains, and baselines of its problems |
//! | `doctor` | `doctor`, which examines published apps |
//! | `native` | stubs for native libraries, and `check-native` |
//! | `patterns` | patterns of files such as `*.dll`; without it, one is refused |
//! | `r2r` | `check`, which also judges ReadyToRun images |
//! | `symptoms` | the messages of runtimes, browsers, linkers and builds that `explain` recognises |
//!
//! All are on by default; without them, `generate` makes C++ tables with few dependencies.
//!
//! Nothing here knows arguments, streams or exit codes. A front end fills [`Options`], calls [`generate`](fn@generate),
//! `check` or `check_native`, and shows what [`report`](fn@report) makes of the problems.
//!
//! ```
//! use thunkgen_driver::{Options, Outcome, generate};
//!
//! let mut options = Options::default();
//! options.inputs.push("no-such.dll".into());
//! options.outputs.out = Some(Default::default());
//! let error = generate(&options, &|_| {}).err().unwrap();
//! assert_eq!(error.message, "the default needs a path that is not empty");
//!
//! let out = std::env::temp_dir().display().to_string();
//! options.outputs.out = Some(thunkgen_driver::Given::new(out.into(), Default::default()));
//! let Outcome::Stopped(_, diagnostics) = generate(&options, &|_| {}).unwrap() else { panic!() };
//! assert_eq!(diagnostics.into_sorted()[0].rule.code, "TG0001");
//! ```

#[cfg(feature = "adopt")]
pub mod adopt;
#[cfg(feature = "r2r")]
pub mod check;
#[cfg(feature = "r2r")]
mod check_images;
#[cfg(feature = "native")]
mod check_native;
#[cfg(feature = "r2r")]
pub mod compare_tables;
#[cfg(feature = "compressed")]
pub mod compressed;
mod core_library;
mod depfile;
pub mod diagnostic_options;
#[cfg(feature = "r2r")]
mod diff;
#[cfg(feature = "doctor")]
pub mod doctor;
pub mod error;
mod extern_declarations;
pub mod files;
pub mod foreign;
mod generate;
pub mod glob;
pub mod inputs;
pub mod jobs;
pub mod manifest;
mod mapped;
mod module_list;
pub mod modules;
#[cfg(feature = "native")]
mod native_files;
mod obsolete;
pub mod options;
pub mod output_conflicts;
mod output_frame;
mod output_owner;
pub mod output_path;
pub mod own_inputs;
pub mod panics;
pub mod pipeline;
mod report;
pub mod shell_quote;
mod source_lines;
pub mod struct_sizes;
#[cfg(feature = "native")]
mod stubs;
pub mod summary;
mod suppressions;
#[cfg(feature = "symptoms")]
pub mod symptoms;
mod toml_file;
mod unused_options;
pub mod write;

#[cfg(feature = "r2r")]
pub use check::{Checked, check};
#[cfg(feature = "r2r")]
pub use check_images::Images;
#[cfg(feature = "native")]
pub use check_native::{Compared, check_native};
#[cfg(feature = "doctor")]
pub use doctor::{Examined, doctor};
pub use error::{OptionError, reason};
pub use foreign::OutputKind;
pub use generate::{Generated, generate};
pub use jobs::{Job, Jobs, Purpose};
pub use options::{Choice, Given, Options, Origin};
pub use report::{Reported, report, report_unwritable, working_directory};
pub use write::WriteOptions;

use thunkgen_diagnostics::Diagnostics;

/// What came of a run, with its problems.
pub enum Outcome<T> {
    /// It did what it was for.
    Done(T, Diagnostics),
    /// There were errors, and this is what did not happen because of them.
    Stopped(&'static str, Diagnostics),
}
