//! The MSBuild files: builds on Microsoft's engine, and on xbuild what that one knows.
//!
//! `THUNKGEN_MSBUILD` names a folder made by `tests/tools/msbuild-engine.sh`. The tasks there are stand-ins; see its
//! sources for what that leaves open.

mod crossgen2;
mod defaults;
mod diagnostics;
mod incremental;
mod native;
mod options;
mod package;
mod paths;
mod readme;
mod sharing;
mod targets;

use thunkgen_tests::msbuild::Log;

/// Every assembly in the sandbox.
const ALL: &str = "<ItemGroup><ThunkgenAssembly Include=\"bin/*.dll\" /></ItemGroup>";

/// Each test on both engines.
macro_rules! on_both_engines {
    ($($test:ident),* $(,)?) => {
        mod on_msbuild {
            $(#[test] #[ignore = "needs the MSBuild engine"] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::msbuild()); })*
        }
        mod on_xbuild {
            $(#[test] #[ignore = "needs xbuild"] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::xbuild()); })*
        }
    };
}
use on_both_engines;

/// Whether the engine skipped the run of the tool, each time it came to it.
fn skipped(log: &Log) -> usize {
    log.lines_with("Skipping target \"_ThunkgenRun\" because").len()
}
