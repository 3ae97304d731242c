//! The messages that are known: how runtimes, browsers, linkers and builds phrase a problem, what it means, and the next
//! command.

/// A problem that messages report.
#[derive(Debug, PartialEq, Eq)]
pub struct Symptom {
    /// Stable name.
    pub name: &'static str,
    /// What it is in a few words; `{subject}` and `{library}` are what the message names.
    pub title: &'static str,
    /// Phrases of the messages in lower case, and what stands after them.
    pub(super) phrases: &'static [(&'static str, Names)],
    /// What means the subject if a message does not name it.
    pub unnamed: &'static str,
    /// What it means, and what to change.
    pub means: &'static str,
    /// Commands that help next. `INPUT` are assemblies, `DIR` is the published app.
    pub next: &'static [&'static str],
}

/// What a message names, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Nothing.
    Nothing,
    /// Keys with this prefix.
    Keys(char),
    /// The next word.
    Word,
    /// The rest of the line, up to a quote or `>>>`.
    Rest,
    /// A text in quotes, and perhaps a library in the next quotes.
    Quoted,
    /// Mono's exception: a name before ` assembly:`.
    BeforeAssembly,
    /// A signature of Mono's interpreter, such as `VIIL`.
    Cookie,
    /// Frames of a stack in this line and the next ones.
    Frames,
}

use Names::{BeforeAssembly, Cookie, Frames, Keys, Nothing, Quoted, Rest, Word};

/// No thunk for a call from the interpreter.
pub static MISSING_FROM_INTERP: Symptom = Symptom {
    name: "missing-thunk",
    title: "no thunk for the key {subject}",
    phrases: &[("calli missing for key", Keys('M')), ("no interpreter-to-r2r calli thunk", Keys('M'))],
    unnamed: "KEY",
    means: "The interpreter calls a function of this signature, and neither the linked table nor a loaded image has a \
            thunk for it. Generate the table again for all assemblies of the app, or add the thunk with an image, which \
            needs no relinking.",
    next: &[
        "thunkgen explain {subject} INPUT",
        "thunkgen lookup {subject} --in TABLE.cpp",
        "thunkgen r2r emit --key {subject} --out App.Thunks.wasm",
    ],
};

/// No thunk for a call into the interpreter.
pub static MISSING_TO_INTERP: Symptom = Symptom {
    name: "missing-thunk-to-interpreter",
    title: "no thunk for the key {subject}, into the interpreter",
    phrases: &[("r2r to interpreter call missing for key", Keys('I')), ("no r2r-to-interpreter thunk", Keys('I'))],
    unnamed: "KEY",
    means: "Compiled code calls an interpreted method of this signature. The image of the calling code normally has the \
            thunk; another image can add it.",
    next: &["thunkgen explain {subject}", "thunkgen r2r emit --key {subject} --out App.Thunks.wasm"],
};

/// A call through the table trapped.
pub static NULL_FUNCTION: Symptom = Symptom {
    name: "null-function",
    title: "call of an empty table slot, or of a function with another type",
    phrases: &[
        ("null function or function signature mismatch", Frames),
        ("indirect call to null", Frames),
        ("call_indirect to a null table entry", Frames),
        ("uninitialized element", Frames),
        ("table index is out of bounds", Frames),
        ("out of bounds call_indirect", Frames),
        ("function signature mismatch", Frames),
    ],
    unnamed: "",
    means: "A release build of the runtime prints no key for a missing thunk: the call traps like this. The other cause is \
            a native function whose type differs from its C# declaration. `doctor` finds both in the published app; \
            `check-native` compares the declarations before the app is linked.",
    next: &["thunkgen doctor DIR", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// A call through the table found a function of another type.
pub static INDIRECT_MISMATCH: Symptom = Symptom {
    name: "signature-mismatch",
    title: "call of a function with another type",
    phrases: &[
        ("indirect call signature mismatch", Frames),
        ("call_indirect to a signature that does not match", Frames),
        ("indirect call type mismatch", Frames),
    ],
    unnamed: "",
    means: "The called function exists, but its wasm type differs from that of the call: a C# declaration, a callback \
            or a thunk does not match the native function.",
    next: &["thunkgen doctor DIR", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// The linker's stub of a function with two types.
pub static MISMATCH_STUB: Symptom = Symptom {
    name: "signature-mismatch-stub",
    title: "call of {subject}, which two files declare with different types",
    phrases: &[("signature_mismatch:", Word)],
    unnamed: "FUNCTION",
    means: "The linker warned about this function (`function signature mismatch`) and replaced the call with one that \
            always traps. Make the C# declaration and the native function the same, then link again.",
    next: &["thunkgen explain {subject} INPUT", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// A trap without a reason.
pub static UNREACHABLE: Symptom = Symptom {
    name: "unreachable",
    title: "the program ended itself",
    phrases: &[
        ("runtimeerror: unreachable", Frames),
        ("unreachable code should not be executed", Frames),
        ("wasm `unreachable` instruction executed", Frames),
    ],
    unnamed: "",
    means: "The runtime aborts like this, and so does a call that the linker replaced because two files declare one \
            function with different types. The lines before the trap have the reason, if there is one.",
    next: &["thunkgen doctor DIR", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// wasm-ld saw two types of one function.
pub static LINKER_TYPES: Symptom = Symptom {
    name: "linker-types",
    title: "{subject} has two types in the link",
    phrases: &[("function signature mismatch: ", Rest)],
    unnamed: "FUNCTION",
    means: "Only a warning of the linker, but the call traps at run time. One of the two files is generated from the C# \
            declaration (a P/Invoke table or a thunk); make the declaration and the native function the same.",
    next: &["thunkgen explain {subject} INPUT", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// A table of another version of the runtime.
pub static OTHER_CONTRACT: Symptom = Symptom {
    name: "other-contract",
    title: "the generated tables are for another version of the runtime",
    phrases: &[
        ("undefined symbol: g_wasmthunks", Nothing),
        ("undefined symbol: g_portablecallhelperthunks", Nothing),
        ("undefined symbol: g_reversethunks", Nothing),
    ],
    unnamed: "",
    means: "The runtime looks for tables under names that differ between versions: 11.0 reads g_wasmThunks, 12.0 reads \
            g_portableCallHelperThunks. Generate for the version that the app links.",
    next: &[
        "thunkgen generate INPUT --runtime 11.0 --out generated",
        "thunkgen generate INPUT --runtime 12.0 --out generated",
    ],
};

/// Two sets of tables.
pub static TWO_TABLES: Symptom = Symptom {
    name: "two-tables",
    title: "two sets of generated tables are linked",
    phrases: &[
        ("duplicate symbol: g_wasmthunks", Nothing),
        ("duplicate symbol: g_portablecallhelperthunks", Nothing),
        ("duplicate symbol: g_reversethunks", Nothing),
    ],
    unnamed: "",
    means: "Both the workload and thunkgen generated the tables, or an old directory of generated files is compiled too. \
            Compile one set.",
    next: &["thunkgen check INPUT --out generated"],
};

/// `setjmp` of an older emscripten.
pub static OLD_SETJMP: Symptom = Symptom {
    name: "old-setjmp",
    title: "a native library needs the setjmp of another emscripten",
    phrases: &[
        ("savesetjmp", Nothing),
        ("testsetjmp", Nothing),
        ("__wasm_setjmp", Nothing),
        ("__wasm_longjmp", Nothing),
        ("emscripten_longjmp", Nothing),
    ],
    unnamed: "",
    means: "The library was compiled with another version of emscripten than the runtime: `saveSetjmp` and `testSetjmp` \
            were removed, the `__wasm_` functions are newer. Compile the library with the emscripten of the runtime; \
            check-native names that version (TG0618).",
    next: &["thunkgen check-native INPUT --native LIBRARY.a -v"],
};

/// Legacy and standard exception instructions in one module.
pub static MIXED_EXCEPTIONS: Symptom = Symptom {
    name: "mixed-exceptions",
    title: "legacy and standard exception instructions in one module",
    phrases: &[
        ("mix of legacy and new exception handling", Nothing),
        ("mix of old and new exception handling", Nothing),
        ("mixture of legacy and new exception", Nothing),
        ("legacy and standard exception", Nothing),
    ],
    unnamed: "",
    means: "The module links without a message, and the engine rejects it. One library has `try` and `catch` (legacy), \
            another one `try_table` (standard). The runtime of 11.0 is compiled with -fwasm-exceptions \
            -sWASM_LEGACY_EXCEPTIONS=0; check-native names the files (TG0617).",
    next: &["thunkgen check-native INPUT --native LIBRARY.a"],
};

/// Exceptions of another form.
pub static EXCEPTION_SYMBOLS: Symptom = Symptom {
    name: "exception-symbols",
    title: "a native library uses another form of exceptions",
    phrases: &[
        ("__cpp_exception", Nothing),
        ("__c_longjmp", Nothing),
        ("__cxa_find_matching_catch", Nothing),
        ("undefined symbol: invoke_", Nothing),
        ("undefined symbol: __resumeexception", Nothing),
    ],
    unnamed: "",
    means: "C++ exceptions work with JavaScript functions (`invoke_`, `__cxa_find_matching_catch`) or with wasm \
            instructions (`__cpp_exception`); the library and the runtime use different ones. Compile the library with \
            -fwasm-exceptions, as the runtime is.",
    next: &["thunkgen check-native INPUT --native LIBRARY.a -v"],
};

/// wasm-opt refuses instructions.
pub static BULK_MEMORY: Symptom = Symptom {
    name: "wasm-features",
    title: "a native library uses instructions that the link does not allow",
    phrases: &[
        ("--enable-bulk-memory", Nothing),
        ("bulk memory operations require", Nothing),
        ("[wasm-validator error", Nothing),
        ("use --no-check-features to suppress", Nothing),
        ("is not allowed by --features", Nothing),
        ("unknown option '--enable-", Nothing),
    ],
    unnamed: "",
    means: "The library was compiled with a newer compiler, or for other WebAssembly features, than the tools of this \
            workload know: clang since version 20 writes `bulk-memory-opt`, which older versions of wasm-opt do not \
            have. Compile the library with the emscripten of the runtime (TG0618).",
    next: &["thunkgen check-native INPUT --native LIBRARY.a -v"],
};

/// Shared memory without atomics.
pub static SHARED_MEMORY: Symptom = Symptom {
    name: "shared-memory",
    title: "a native library is not compiled for threads",
    phrases: &[("--shared-memory is disallowed by", Nothing)],
    unnamed: "",
    means: "The app links with threads, and the file that the message names has no atomics. Compile the library with \
            -pthread, or turn WasmEnableThreads off.",
    next: &["thunkgen check-native INPUT --native LIBRARY.a -v"],
};

/// Bitcode of another LLVM.
pub static BITCODE: Symptom = Symptom {
    name: "bitcode",
    title: "a native library contains bitcode of another LLVM",
    phrases: &[
        ("unknown attribute kind (", Nothing),
        ("invalid bitcode", Nothing),
        ("invalid summary version", Nothing),
        ("bitcode file was produced by", Nothing),
    ],
    unnamed: "",
    means: "Objects of a link-time optimisation (-flto) can only be linked by the LLVM that made them. Compile the library \
            without -flto, or with the emscripten of the runtime.",
    next: &["thunkgen check-native INPUT --native LIBRARY.a"],
};

/// A function that is not linked.
pub static UNDEFINED_SYMBOL: Symptom = Symptom {
    name: "undefined-symbol",
    title: "no linked file defines {subject}",
    phrases: &[("undefined symbol: ", Rest), ("aborted(missing function: ", Word)],
    unnamed: "FUNCTION",
    means: "The P/Invoke table or a native library refers to a function that none of the linked files defines: a wrong \
            EntryPoint, a `static` or C++ function without extern \"C\", or a file that is not linked.",
    next: &["thunkgen explain {subject} INPUT", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// The table has no such entry.
pub static ENTRY_POINT: Symptom = Symptom {
    name: "entry-point-not-found",
    title: "no entry point {subject} in {library}",
    phrases: &[
        ("unable to find an entry point named", Quoted),
        ("entrypointnotfoundexception: ", BeforeAssembly),
        ("entrypointnotfoundexception", Nothing),
    ],
    unnamed: "ENTRYPOINT",
    means: "The library is linked, and its P/Invoke table has no such function. The EntryPoint is misspelled, or the table \
            was generated before this P/Invoke existed. Generate the table again and relink.",
    next: &["thunkgen explain {subject} INPUT", "thunkgen check-native INPUT --native LIBRARY.a"],
};

/// The library has no table.
pub static LIBRARY: Symptom = Symptom {
    name: "library-not-found",
    title: "the library {subject} is not linked",
    phrases: &[
        ("unable to load shared library", Quoted),
        ("unable to load dll", Quoted),
        ("dllnotfoundexception: ", BeforeAssembly),
        ("dllnotfoundexception", Nothing),
    ],
    unnamed: "LIBRARY",
    means: "On WebAssembly a library cannot be loaded: its functions must be linked into the app, and the P/Invoke table \
            must have its name. Link the library (NativeFileReference in a project), and name it when the tables are \
            generated.",
    next: &[
        "thunkgen explain {subject} INPUT",
        "thunkgen generate INPUT --module {subject} --out generated",
        "thunkgen check-native INPUT --native LIBRARY.a",
    ],
};

/// A delegate as a function pointer.
pub static DELEGATE: Symptom = Symptom {
    name: "delegate-entry-point",
    title: "a delegate cannot become a native function",
    phrases: &[
        ("dynamic entrypoint allocation", Nothing),
        ("dynamic entry point allocation", Nothing),
        ("getfunctionpointerfordelegate", Nothing),
    ],
    unnamed: "",
    means: "CoreCLR on WebAssembly makes no native entry points at run time, so a delegate cannot be passed to native \
            code. Make the method static with UnmanagedCallersOnly and pass its address (`&Method`). `generate` names the \
            P/Invokes (TG0217).",
    next: &["thunkgen explain TG0217", "thunkgen generate INPUT --out generated"],
};

/// Mono has no callback for a method.
pub static MONO_CALLBACK: Symptom = Symptom {
    name: "mono-callback",
    title: "Mono has no native function for the callback {subject}",
    phrases: &[("no native to managed transition for method", Quoted)],
    unnamed: "METHOD",
    means: "A Mono app passes the method to native code, and the native module was linked without a function for it: the \
            method has no UnmanagedCallersOnly, or the module was not relinked (WasmBuildNative) or was relinked with other \
            assemblies. Mono's own task generates these functions; the tables of thunkgen are for CoreCLR.",
    next: &["thunkgen explain {subject} INPUT"],
};

/// Mono has no thunk for a signature.
pub static MONO_SIGNATURE: Symptom = Symptom {
    name: "mono-signature",
    title: "Mono's interpreter has no thunk for the signature {subject}",
    phrases: &[
        ("cannot handle interp icall sig", Cookie),
        ("cannot handle cookie", Cookie),
        ("cannot handle interp icall signature", Cookie),
    ],
    unnamed: "SIGNATURE",
    means: "The native module was linked without this signature (result first: V is void, I 32 bits, L 64 bits, F float, D \
            double). Mono's own task generates these thunks when the app is relinked: set WasmBuildNative to true. The \
            tables of thunkgen are for CoreCLR.",
    next: &["thunkgen explain {key} INPUT"],
};

/// An image that the host refuses.
pub static REFUSED_IMAGE: Symptom = Symptom {
    name: "refused-image",
    title: "the host refuses an image",
    phrases: &[
        ("unsupported webcil version", Nothing),
        ("missing payloadsize", Nothing),
        ("missing tablesize", Nothing),
        ("linkerror: webassembly.instantiate(): import", Nothing),
        ("linkerror: import object field", Nothing),
    ],
    unnamed: "",
    means: "The image is made for another version of the runtime, or its sizes in the boot configuration are missing or \
            old. Make it for the version that the app runs on, and publish again.",
    next: &["thunkgen doctor DIR", "thunkgen r2r dump IMAGE.wasm"],
};

/// A code of a diagnostic.
pub static CODE: Symptom =
    Symptom { name: "code", title: "{subject}", phrases: &[], unnamed: "", means: "", next: &[] };

/// Every symptom that a phrase shows.
pub static ALL: &[&Symptom] = &[
    &MISSING_FROM_INTERP,
    &MISSING_TO_INTERP,
    &NULL_FUNCTION,
    &INDIRECT_MISMATCH,
    &MISMATCH_STUB,
    &UNREACHABLE,
    &LINKER_TYPES,
    &OTHER_CONTRACT,
    &TWO_TABLES,
    &OLD_SETJMP,
    &MIXED_EXCEPTIONS,
    &EXCEPTION_SYMBOLS,
    &BULK_MEMORY,
    &SHARED_MEMORY,
    &BITCODE,
    &UNDEFINED_SYMBOL,
    &ENTRY_POINT,
    &LIBRARY,
    &DELEGATE,
    &MONO_CALLBACK,
    &MONO_SIGNATURE,
    &REFUSED_IMAGE,
];
