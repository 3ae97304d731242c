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
mod thunk_image;
mod workload;

use thunkgen_tests::msbuild::Log;

/// Every assembly in the sandbox.
const ALL: &str = "<ItemGroup><ThunkgenAssembly Include=\"bin/*.dll\" /></ItemGroup>";

/// Each test on every engine, and on Microsoft's with and without the package's tasks.
macro_rules! on_every_engine {
    ($($test:ident),* $(,)?) => {
        mod on_msbuild {
            $(#[test] #[ignore = "needs the MSBuild engine"] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::msbuild()); })*
        }
        mod on_msbuild_with_exec {
            $(#[test] #[ignore = "needs the MSBuild engine"] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::msbuild_exec()); })*
        }
        mod on_xbuild {
            $(#[test] #[ignore = "needs xbuild"] fn $test() { super::$test(thunkgen_tests::msbuild::Engine::xbuild()); })*
        }
    };
}
use on_every_engine;

/// Whether the engine skipped the run of the tool, each time it came to it.
fn skipped(log: &Log) -> usize {
    log.lines_with("Skipping target \"_ThunkgenRun\" because").len()
}
