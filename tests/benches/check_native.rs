//! Cost of comparing with an archive of 20 MB, with debug information and without, beside reading the archive. Printed,
//! not judged.
//!
//! ```text
//! cargo bench -p thunkgen-tests --bench check_native
//! ```
//! needs clang.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clr_wasm_abi::TargetOs;
use clr_wasm_file::objects;
use thunkgen_core::collect::Options;
use thunkgen_core::collect::ir::declarations::Declarations;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::{CompareOptions, compare};
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::native_corpus::{Compiler, Function, LIBRARY, archive, compilers, functions, library};
use thunkgen_tests::tool::Files;

/// Members of the archive; each defines an equal part of the corpus.
const MEMBERS: usize = 100;

/// Functions and structs of a member that no P/Invoke names.
const OTHERS: usize = 420;

/// Timed runs; the fastest counts.
const RUNS: usize = 7;

fn main() {
    let functions = functions();
    let folder = tempfile::tempdir().expect("a folder");
    let compiler = compilers().pop().expect("clang");
    let declarations = declarations();
    println!(
        "| archive | MB | P/Invokes | reading | comparing | ratio | debug information |\n|---|---|---|---|---|---|---|"
    );
    for debug in ["-g", "-g0"] {
        let path = build(&compiler, folder.path(), &functions, debug);
        let bytes = std::fs::metadata(&path).expect("an archive").len();
        let read = || std::fs::read(&path).expect("an archive");
        let open = |bytes: &[u8]| objects::read("libcorpus.a", &[LIBRARY.to_owned()], bytes, None).map(|all| all.len());
        let reading = fastest(|| open(&read()).expect("objects"));
        for members in [MEMBERS / 20, MEMBERS] {
            let mut asked = declarations.clone();
            let each = functions.len() / MEMBERS;
            let of_member = |symbol: &str| functions.iter().position(|one| one.name == symbol).map(|at| at / each);
            asked.functions.retain(|one| one.entry_point.as_deref().and_then(of_member).is_some_and(|at| at < members));
            let mut debug_bytes = 0;
            let comparing = fastest(|| {
                let bytes = read();
                let objects = objects::read("libcorpus.a", &[LIBRARY.to_owned()], &bytes, None).expect("objects");
                let mut diagnostics = Diagnostics::default();
                let outcome = compare(&asked, &objects, &CompareOptions::default(), &mut diagnostics);
                assert!(outcome.compared == asked.functions.len() && !diagnostics.has_errors());
                debug_bytes = outcome.debug_bytes;
                outcome.compared
            });
            println!(
                "| {debug} | {:.1} | {} | {:.1} ms | {:.1} ms | {:.1} | {:.1} MB |",
                bytes as f64 / 1e6,
                asked.functions.len(),
                reading.as_secs_f64() * 1e3,
                comparing.as_secs_f64() * 1e3,
                comparing.as_secs_f64() / reading.as_secs_f64(),
                debug_bytes as f64 / 1e6
            );
        }
    }
}

fn fastest(mut run: impl FnMut() -> usize) -> Duration {
    let time = |_| {
        let start = Instant::now();
        assert!(run() > 0);
        start.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

/// The corpus in many members, each with much that nothing names.
fn build(compiler: &Compiler, folder: &Path, functions: &[Function], debug: &str) -> PathBuf {
    let members: Vec<PathBuf> = functions
        .chunks(functions.len() / MEMBERS)
        .enumerate()
        .map(|(member, functions)| {
            let mut text = library(functions, false);
            for other in 0..OTHERS {
                writeln!(
                    text,
                    "typedef struct {{ int a{other}; double b; void *c[{}]; Pair d; }} Other{other};\n\
                     int other_{member}_{other}(Other{other} *one, const Pair *two, int three, Callback four) {{\n\
                     four(three); return one->a{other} + two->b + three; }}",
                    other + 1
                )
                .expect("a string");
            }
            compiler.compile_with(folder, &format!("member{member}"), &text, &format!("-O1 {debug}"))
        })
        .collect();
    let path = folder.join("libcorpus.a");
    archive(&path, &members.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    path
}

fn declarations() -> Declarations {
    let paths = ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll", "native-corpus/NativeCorpus.dll"];
    let paths = paths.map(|path| crate_dir().join("fixtures").join(path));
    let options = Options { modules: [LIBRARY.into()].into(), declarations: true, ..Options::new(TargetOs::Browser) };
    Files::read(paths).collect_with(&options).expect("no errors").declarations
}
