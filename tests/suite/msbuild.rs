//! The MSBuild files: builds on Microsoft's engine, and on xbuild what that one knows.
//!
//! `THUNKGEN_MSBUILD` names a folder made by `tests/tools/msbuild-engine.sh`. The tasks there are stand-ins; see its
//! sources for what that leaves open.

#[path = "msbuild/crossgen2.rs"]
mod crossgen2;
#[path = "msbuild/defaults.rs"]
mod defaults;
#[path = "msbuild/diagnostics.rs"]
mod diagnostics;
#[path = "msbuild/incremental.rs"]
mod incremental;
#[path = "msbuild/native.rs"]
mod native;
#[path = "msbuild/options.rs"]
mod options;
#[path = "msbuild/package.rs"]
mod package;
#[path = "msbuild/paths.rs"]
mod paths;
#[path = "msbuild/readme.rs"]
mod readme;
#[path = "msbuild/sharing.rs"]
mod sharing;
#[path = "msbuild/targets.rs"]
mod targets;

use thunkgen_tests::msbuild::Log;

/// Every assembly in the sandbox.
const ALL: &str = "<ItemGroup><ThunkgenAssembly Include=\"bin/*.dll\" /></ItemGroup>";

/// Each test on both engines.
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod on_msbuild {
            $(#[test] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::msbuild()); })*
        }
        mod on_xbuild {
            $(#[test] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::xbuild()); })*
        }
    };
}
use on_both_engines;

/// Whether the engine skipped the run of the tool, each time it came to it.
fn skipped(log: &Log) -> usize {
    log.lines_with("Skipping target \"_ThunkgenRun\" because").len()
}
