//! Templates, and files generated from nothing, compile with the compat headers. What generated code does
//! when it runs is the business of other suites.

use std::path::{Path, PathBuf};
use std::process::Command;

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::Ir;
use thunkgen_core::emit::{Contract, Options, Output, render};
use thunkgen_tests::wasm::toolchain::Toolchain;

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates")
}

/// Compiles without output; the error is what the compiler said.
fn compile(clang: &Path, file: &Path, flags: &[&str]) -> Result<(), String> {
    let mut command = Command::new(clang);
    command.args(["--target=wasm32", "-std=c++17", "-ffreestanding", "-fsyntax-only"]);
    command.args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"]).args(flags);
    let output = command.arg("-I").arg(templates().join("compat")).arg(file).output().expect("clang runs");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn templates_compile_as_they_are() {
    let clang = Toolchain::find().clang();
    for output in Output::ALL {
        let file = templates().join(Contract::WasmThunks.name()).join(output.file_name());
        compile(clang, &file, &["-msimd128"]).unwrap();
        let error = compile(clang, &file, &[]).unwrap_err();
        assert!(error.contains("compile this file with -msimd128"), "{error}");
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn empty_tables_compile() {
    let clang = Toolchain::find().clang();
    let folder = tempfile::tempdir().unwrap();
    let options = Options { contract: Contract::WasmThunks, target_os: TargetOs::Browser };
    for (output, text) in render(&Ir::default(), &options) {
        let file = folder.path().join(output.file_name());
        std::fs::write(&file, text).unwrap();
        compile(clang, &file, &[]).unwrap();
    }
}
