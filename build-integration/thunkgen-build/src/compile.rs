//! Compiling what was generated.

use std::path::{Path, PathBuf};

use thunkgen_templates::COMPAT_HEADERS;

use super::Generated;

/// The target of a build script that runs for another one: the thunks are of no use there.
const WASM: &str = "wasm32-unknown-unknown";

/// The variables in which `cc` looks for that target's compiler.
const CXX_FOR_WASM: [&str; 2] = ["CXX_wasm32-unknown-unknown", "CXX_wasm32_unknown_unknown"];

/// What a generated file asks for when it needs the compiler's vector types.
const NEEDS_SIMD: &str = "__wasm_simd128__";

/// Writes the headers that are not there yet.
pub fn write_headers(folder: &Path) -> Result<PathBuf, String> {
    for (name, text) in COMPAT_HEADERS {
        let path = folder.join(name);
        // What did not change keeps its time: compilers that look at it need not run.
        if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
            continue;
        }
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(folder.to_owned())
}

impl Generated {
    /// A compilation of the files: C++17, with the headers, for wasm32.
    ///
    /// In a build for a wasm32 target, [`cc::Build::compile`] makes a static library that is linked into the crate. In a
    /// build for another target it compiles for `wasm32-unknown-unknown` with `clang++`, and the object files of
    /// [`cc::Build::try_compile_intermediates`] are for the build script to link.
    pub fn cc(&self) -> cc::Build {
        let mut build = cc::Build::new();
        build.cpp(true).std("c++17").warnings(true).include(&self.headers).files(&self.files).cpp_link_stdlib(None);
        let target = std::env::var("TARGET").unwrap_or_default();
        if !target.starts_with("wasm32") {
            build.target(WASM);
            // What `CXX` names here is the compiler of the other target.
            if CXX_FOR_WASM.iter().all(|name| std::env::var_os(name).is_none()) {
                build.compiler("clang++");
            }
        }
        if self.needs_simd() {
            build.flag("-msimd128");
        }
        build
    }

    /// Whether a 128-bit vector crosses the boundary, which takes `-msimd128`.
    pub fn needs_simd(&self) -> bool {
        let asks = |file: &PathBuf| std::fs::read_to_string(file).is_ok_and(|text| text.contains(NEEDS_SIMD));
        self.files.iter().any(asks)
    }
}
