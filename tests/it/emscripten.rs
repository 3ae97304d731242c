//! Everything generated for the fixtures and for real assemblies, compiled and linked by Emscripten in the modes that apps
//! use, and run in Node.js.
//!
//! `tests/tools/emscripten.sh` installs Emscripten and runs this.

use std::path::Path;
use std::process::Command;

use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::ir::{Ir, Linkage};
use thunkgen_core::emit::Output;
use thunkgen_tests::data::{crate_dir, sets};
use thunkgen_tests::generated::text;
use thunkgen_tests::tool::{Files, expected_callbacks, expected_pinvokes};
use thunkgen_tests::wasm::self_check;

/// Options of the compiler and of the linker.
const MODES: [&[&str]; 4] = [&[], &["-pthread"], &["-fwasm-exceptions"], &["-flto"]];

/// Functions that the fixtures name and that the program or the C library defines.
const DEFINED: [&str; 6] = ["abs", "main", "malloc", "memcpy", "poll", "printf"];

/// Runs a program and returns what it prints; panics if it fails or warns.
fn output(command: &mut Command) -> String {
    let ended = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{command:?}\n{text}");
    text
}

fn em(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("em++");
    // Debian's acorn, for a Node.js that does not look there.
    command.env("NODE_PATH", "/usr/share/nodejs").current_dir(directory);
    output(command.args(["-std=c++17", "-O1", "-msimd128", "-Wall", "-Wextra", "-Werror"]).args(arguments))
}

/// Compiles, links and runs in every mode.
fn run(name: &str, mut ir: Ir) {
    // Imports of other modules would need a host of their own.
    for entries in ir.pinvokes.values_mut() {
        entries.retain(|name, entry| entry.linkage == Linkage::Static && !DEFINED.contains(&name.as_str()));
    }
    ir.pinvokes.retain(|_, entries| !entries.is_empty());
    ir.callbacks.retain(|_, callback| !callback.entry_point.as_deref().is_some_and(|name| DEFINED.contains(&name)));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let callbacks = expected_callbacks(&ir);
    let files = [
        ("interp.cpp", text(&ir, Output::InterpToNative)),
        ("pinvoke.cpp", text(&ir, Output::PInvoke)),
        ("reverse.cpp", text(&ir, Output::Reverse)),
        ("main.cpp", self_check::program(ir.keys.keys(), &expected_pinvokes(&ir), &callbacks)),
    ];
    for (file, text) in &files {
        std::fs::write(directory.path().join(file), text).expect("a writable directory");
    }
    let compat = crate_dir().join("../templates/compat").display().to_string();
    let pinvokes: usize = ir.pinvokes.values().map(|entries| entries.len()).sum();
    let expected = format!("{} {pinvokes} {}\n", ir.keys.len(), callbacks.len());
    for mode in MODES {
        let mut objects = Vec::new();
        for (file, _) in &files {
            let object = file.replace(".cpp", ".o");
            let printed = em(directory.path(), &[&["-I", &compat, "-c", file, "-o", &object], mode].concat());
            assert_eq!(printed, "", "{name} {mode:?}");
            objects.push(object);
        }
        let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
        em(directory.path(), &[&objects, mode, &["-Wl,--fatal-warnings", "-o", "all.js"]].concat());
        // What this version of Emscripten writes takes the `fetch` of newer Node.js for a browser's.
        let script = "delete globalThis.fetch; require('./all.js')";
        let printed = output(Command::new("node").args(["-e", script]).current_dir(directory.path()));
        assert_eq!(printed, expected, "{name} {mode:?}");
        println!("{name} {mode:?}: keys, P/Invokes and callbacks that ran: {}", printed.trim_end());
    }
}

fn collect(files: &Files, modules: &[&str]) -> Ir {
    let modules = modules.iter().map(|name| (*name).into()).collect();
    let ir = files.collect(TargetOs::Browser, TokenSet::Current, &modules);
    ir.unwrap_or_else(|errors| panic!("{}", errors.join("\n")))
}

#[test]
#[ignore = "needs Emscripten"]
fn fixtures_run() {
    let assemblies = [
        "corlib/System.Private.CoreLib.dll",
        "facade/System.Runtime.dll",
        "layouts/Layouts.dll",
        "interop/Interop.dll",
        "interop-il/InteropIl.dll",
        "interop-linux/InteropLinux.dll",
        "metadata/Metadata.dll",
    ];
    let files = Files::read(assemblies.map(|path| crate_dir().join("fixtures").join(path)));
    run("fixtures", collect(&files, &["native", "libSystem.Native", "layouts"]));
}

#[test]
#[ignore = "needs Emscripten and the real sets"]
fn real_assemblies_run() {
    let files = Files::read_folder(&sets().join("net10"));
    let modules = ["libSystem.Native", "libSystem.Globalization.Native", "libSystem.IO.Compression.Native"];
    run("net10", collect(&files, &modules));
}
