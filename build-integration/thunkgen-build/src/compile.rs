//! Compiles the generated files.

use std::path::{Path, PathBuf};

use thunkgen_templates::COMPAT_HEADERS;

use super::Generated;

/// The target of the thunks if the crate is built for another one.
const WASM: &str = "wasm32-unknown-unknown";

/// The variables in which `cc` looks for that target's compiler.
const CXX_FOR_WASM: [&str; 2] = ["CXX_wasm32-unknown-unknown", "CXX_wasm32_unknown_unknown"];

/// The macro that a generated file checks if it needs vector types.
const NEEDS_SIMD: &str = "__wasm_simd128__";

/// Writes the headers that do not exist yet.
pub fn write_headers(directory: &Path) -> Result<PathBuf, String> {
    for (name, text) in COMPAT_HEADERS {
        let path = directory.join(name);
        // Unchanged files keep their time, so that they are not compiled again.
        if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
            continue;
        }
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(directory.to_owned())
}

impl Generated {
    /// Compiles the files: C++17, with the headers, for wasm32.
    ///
    /// In a build for a wasm32 target, [`cc::Build::compile`] makes a static library that is linked into the crate. In
    /// a build for another target it compiles for `wasm32-unknown-unknown` with `clang++`, and the object files of
    /// [`cc::Build::try_compile_intermediates`] are for the build script to link.
    pub fn cc(&self) -> cc::Build {
        let mut build = cc::Build::new();
        build.cpp(true).std("c++17").warnings(true).include(&self.headers).files(&self.files).cpp_link_stdlib(None);
        let target = std::env::var("TARGET").unwrap_or_default();
        if !target.starts_with("wasm32") {
            build.target(WASM);
            // Here `CXX` is the compiler of the other target.
            if CXX_FOR_WASM.iter().all(|name| std::env::var_os(name).is_none()) {
                build.compiler("clang++");
            }
        }
        if self.needs_simd() {
            build.flag("-msimd128");
        }
        build
    }

    /// Whether a signature contains a 128-bit vector, which needs `-msimd128`.
    pub fn needs_simd(&self) -> bool {
        let asks = |file: &PathBuf| std::fs::read_to_string(file).is_ok_and(|text| text.contains(NEEDS_SIMD));
        self.files.iter().any(asks)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "native")]
    use crate::Language;
    use crate::{TargetOs, Thunks};

    #[test]
    fn the_files_become_a_library_for_wasm() {
        let directory = tempfile::tempdir().unwrap();
        let fixtures = std::path::Path::new("../../tests/fixtures");
        let plain = Thunks::new().reference(fixtures.join("corlib")).reference(fixtures.join("facade"));
        let plain = plain.input(fixtures.join("source-lines")).module("native").out(directory.path().join("plain"));
        assert!(!plain.run().unwrap().needs_simd());
        let thunks = Thunks::new().input(fixtures.join("corlib")).input(fixtures.join("facade"));
        let thunks = thunks.input(fixtures.join("interop")).target_os(TargetOs::Wasi).module("native");
        let generated = thunks.out(directory.path().join("out")).run().unwrap();
        assert!(generated.needs_simd() && generated.warnings.len() == 6, "{:?}", generated.warnings);
        assert_eq!((generated.files.len(), generated.read.len()), (3, 3));
        let mut build = generated.cc();
        // What Cargo sets for a build script.
        build
            .host("x86_64-unknown-linux-gnu")
            .opt_level(2)
            .debug(false)
            .out_dir(directory.path())
            .cargo_metadata(false);
        build.warnings_into_errors(true).try_compile("thunks").unwrap();
        let archive = std::fs::read(directory.path().join("libthunks.a")).unwrap();
        let modules = archive.windows(8).filter(|bytes| bytes == b"\0asm\x01\0\0\0").count();
        assert_eq!(modules, 3, "object files for wasm in the archive");
    }

    #[cfg(feature = "native")]
    #[test]
    fn a_stub_file_is_included_and_not_compiled() {
        let directory = tempfile::tempdir().unwrap();
        let fixtures = std::path::Path::new("../../tests/fixtures");
        let thunks = Thunks::new().reference(fixtures.join("corlib")).reference(fixtures.join("facade"));
        let thunks = thunks.input(fixtures.join("native-side")).module("libdraw").out(directory.path());
        let generated = thunks.stubs(Language::Rust).stubs(Language::CHeader).run().unwrap();
        // A P/Invoke may name the library with `lib` and without.
        let names = ["draw.h", "draw.rs", "libdraw.h", "libdraw.rs"];
        assert_eq!(generated.stubs, names.map(|file| directory.path().join(file)));
        assert_eq!(generated.files.len(), 3);
        let library = directory.path().join("lib.rs");
        let text = "mod libdraw { include!(\"libdraw.rs\"); }\nstruct Libdraw;\n\
                    impl libdraw::Functions for Libdraw {\n\
                    unsafe fn draw_turn(angle: libdraw::Angle) -> f64 { angle.degrees / 360.0 }\n}\n";
        std::fs::write(&library, text).unwrap();
        let mut rustc = std::process::Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "-Dwarnings"]).arg("--out-dir");
        let output = rustc.arg(directory.path()).arg(&library).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn headers_are_written_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = super::write_headers(directory.path()).unwrap().join("minipal/utils.h");
        let old = std::time::SystemTime::UNIX_EPOCH;
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        super::write_headers(directory.path()).unwrap();
        assert_eq!(path.metadata().unwrap().modified().unwrap(), old);
        assert!(super::write_headers(&path).unwrap_err().contains("callhelpers.hpp: "));
    }
}
