//! The tools that each version of the runtime for browsers is built with. Native libraries that an app links must be
//! compiled with similar tools.

/// The tools of one version of the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuntimeToolchain {
    /// Major version of the runtime.
    pub major: u16,
    /// Version of emscripten.
    pub emscripten: &'static str,
    /// Version of clang that compiled its archives; the linker reads bitcode of this major version and older ones.
    pub clang: &'static str,
    /// Features of WebAssembly that emscripten's tools do not support.
    pub unsupported_features: &'static [&'static str],
    /// The form of its exceptions; `None` if it is not known.
    pub exceptions: Option<ExceptionForm>,
    /// The functions that it provides for `setjmp`.
    pub setjmp: SetjmpForm,
}

/// A form of exceptions. One module can contain only one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionForm {
    /// `try`, `catch` (`-fwasm-exceptions`).
    Legacy,
    /// `try_table`, `throw_ref` (`-fwasm-exceptions -sWASM_LEGACY_EXCEPTIONS=0`).
    Standard,
}

/// Support functions for `setjmp`; `__wasm_longjmp` is in both forms. LLVM calls those of the second since version 19
/// (llvm/llvm-project PR 84137), and emscripten provides them since 3.1.57 (emscripten-core/emscripten PR 21502).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetjmpForm {
    /// `saveSetjmp`, `testSetjmp`.
    Save,
    /// `__wasm_setjmp`, `__wasm_setjmp_test`.
    Wasm,
}

/// Features of LLVM 20 and newer. emcc passes each as an option to wasm-opt, and older ones do not have the options.
const SINCE_LLVM_20: &[&str] = &["bulk-memory-opt", "call-indirect-overlong"];

/// One entry for each version, oldest first. emscripten is `RuntimeEmccVersion` in `native/src/emcc-props.json` (8) and
/// `native/src/wasm-props.json` (9 to 11) of the runtime pack; the rest is in sections of its archives
/// `libmonosgen-2.0.a`, `libSystem.Native.a`, `libz.a` and `libicuuc.a`.
static TOOLCHAINS: [RuntimeToolchain; 4] = [
    // 8.0.33
    RuntimeToolchain {
        major: 8,
        emscripten: "3.1.34",
        clang: "17.0.0",
        unsupported_features: SINCE_LLVM_20,
        exceptions: None,
        // The form of LLVM 17 and of emscripten 3.1.34.
        setjmp: SetjmpForm::Save,
    },
    // 9.0.23
    RuntimeToolchain {
        major: 9,
        emscripten: "3.1.56",
        clang: "19.1.0",
        unsupported_features: SINCE_LLVM_20,
        exceptions: Some(ExceptionForm::Legacy),
        // Its emscripten is older than its LLVM, which calls the other form: dotnet/runtime issue 129266 lists the
        // symbols of `libcompiler_rt-wasm-sjlj.a` of emscripten 3.1.56.
        setjmp: SetjmpForm::Save,
    },
    // 10.0.15
    RuntimeToolchain {
        major: 10,
        emscripten: "3.1.56",
        clang: "19.1.0",
        unsupported_features: SINCE_LLVM_20,
        exceptions: Some(ExceptionForm::Legacy),
        // As in .NET 9, with the same emscripten.
        setjmp: SetjmpForm::Save,
    },
    // 11.0.0
    RuntimeToolchain {
        major: 11,
        emscripten: "6.0.3",
        clang: "23.1.0",
        unsupported_features: &[],
        exceptions: Some(ExceptionForm::Standard),
        // dotnet/runtime PR 129299 updates emscripten; archives with `saveSetjmp` no longer link (unoplatform/uno
        // issue 23626).
        setjmp: SetjmpForm::Wasm,
    },
];

impl RuntimeToolchain {
    /// The tools of a major version; `None` if they are not known.
    ///
    /// ```
    /// use thunkgen_core::RuntimeToolchain;
    /// assert_eq!(RuntimeToolchain::of(11).map(|tools| tools.emscripten), Some("6.0.3"));
    /// assert_eq!(RuntimeToolchain::of(12), None);
    /// ```
    pub fn of(major: u16) -> Option<&'static RuntimeToolchain> {
        TOOLCHAINS.iter().find(|tools| tools.major == major)
    }
}
