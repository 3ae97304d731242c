//! Generates the thunks of an app, compiles them and the app's native part for wasm32, and links both to `app.wasm`.

use std::path::Path;
use std::process::{Command, exit};

use thunkgen_build::Thunks;

fn main() {
    let fixtures = Path::new("../../../tests/fixtures");
    let thunks = Thunks::new()
        .input(fixtures.join("corlib"))
        .input(fixtures.join("facade"))
        .extra_signatures("native/extra.txt")
        .nowarn("TG0202")
        .generate_or_exit();
    println!("cargo::rerun-if-changed=native");
    println!("cargo::rerun-if-env-changed=WASM_LD");

    let objects = thunks.cc().file("native/app.cpp").flag("-fno-exceptions").try_compile_intermediates();
    let objects = objects.unwrap_or_else(|error| fail(&format!("clang++ for wasm32 (Debian: clang): {error}")));
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    let linker = std::env::var("WASM_LD").unwrap_or("wasm-ld".to_owned());
    let module = Path::new(&out).join("app.wasm");
    let status = Command::new(&linker).args(["--no-entry", "-o"]).arg(module).args(objects).status();
    if !status.is_ok_and(|status| status.success()) {
        fail(&format!("{linker} (Debian: lld) cannot link the module"));
    }
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
