//! Messages as people paste them: the real phrases with the wording that consoles, builds and tools put around them.

use super::{explain, explain_input};
use thunkgen_driver::symptoms::{of_text, table};

/// What is expected of a text: the problem, what the message names, and the command that comes next.
struct Case {
    text: &'static str,
    symptom: &'static str,
    subject: &'static str,
    next: &'static str,
}

const fn case(text: &'static str, symptom: &'static str, subject: &'static str, next: &'static str) -> Case {
    Case { text, symptom, subject, next }
}

const DOCTOR: &str = "thunkgen doctor DIR";
const CHECK_NATIVE: &str = "thunkgen check-native INPUT --native LIBRARY.a";
const CHECK_TOOLS: &str = "thunkgen check-native INPUT --native LIBRARY.a -v";

const CASES: &[Case] = &[
    // Runtime 11.0.
    case("WASM calli missing for key: MviS8", "missing-thunk", "MviS8", "thunkgen explain MviS8 INPUT"),
    case(
        "blazor.webassembly.js:1 [2026-11-02T09:12:44Z] stderr | WASM calli missing for key: MdiS16 (dotnet.native.js:8:1291)",
        "missing-thunk",
        "MdiS16",
        "thunkgen r2r emit --key MdiS16 --out App.Thunks.wasm",
    ),
    case(
        "{\"t\":1,\"msg\":\"WASM calli missing for key: \\\"Mlii\\\"\"}",
        "missing-thunk",
        "Mlii",
        "thunkgen lookup Mlii --in TABLE.cpp",
    ),
    case(
        "our game says: wasm calli missing for key: Mvff - what is that?",
        "missing-thunk",
        "Mvff",
        "thunkgen explain Mvff INPUT",
    ),
    case(
        "WASM R2R to interpreter call missing for key: IviS8p",
        "missing-thunk-to-interpreter",
        "IviS8p",
        "thunkgen r2r emit --key IviS8p --out App.Thunks.wasm",
    ),
    // Runtime 12.0.
    case(
        "Aborted(no interpreter-to-R2R calli thunk for MS16Tip). Build with -sASSERTIONS for more info.",
        "missing-thunk",
        "MS16Tip",
        "thunkgen r2r emit --key MS16Tip --out App.Thunks.wasm",
    ),
    case(
        "vm/wasm/helpers.cpp:812 no R2R-to-interpreter thunk (key IiTip), giving up",
        "missing-thunk-to-interpreter",
        "IiTip",
        "thunkgen explain IiTip",
    ),
    // Browsers and engines.
    case(
        "Uncaught (in promise) RuntimeError: null function or function signature mismatch\n    at wasm://wasm/00b4f2ce:wasm-function[3857]:0x1a2b3c",
        "null-function",
        "",
        DOCTOR,
    ),
    case("RuntimeError: function signature mismatch", "null-function", "", CHECK_NATIVE),
    case(
        "RuntimeError: indirect call to null\nmono_wasm_invoke@https://app.example/_framework/dotnet.native.abc123.wasm:wasm-function[12]:0x88",
        "null-function",
        "",
        DOCTOR,
    ),
    case("RuntimeError: table index is out of bounds", "null-function", "", DOCTOR),
    case(
        "RuntimeError: call_indirect to a null table entry (evaluating 'wasmExports.main()')",
        "null-function",
        "",
        DOCTOR,
    ),
    case("RuntimeError: indirect call signature mismatch", "signature-mismatch", "", DOCTOR),
    case(
        "RuntimeError: call_indirect to a signature that does not match (evaluating 'f(...a)')",
        "signature-mismatch",
        "",
        DOCTOR,
    ),
    case(
        "Caused by:\n    wasm trap: indirect call type mismatch\nwasm backtrace:\n    0: 0x2f1a - dotnet.wasm!rows_fetch",
        "signature-mismatch",
        "",
        CHECK_NATIVE,
    ),
    case(
        "    at dotnet.native.wasm.signature_mismatch:rows_fetch (wasm://wasm/0a:wasm-function[77]:0x99)",
        "signature-mismatch-stub",
        "rows_fetch",
        "thunkgen explain rows_fetch INPUT",
    ),
    case("RuntimeError: unreachable\n    at abort (wasm://wasm/00ab:wasm-function[9]:0x1)", "unreachable", "", DOCTOR),
    // Linkers.
    case(
        "wasm-ld: warning: function signature mismatch: rows_fetch\n>>> defined as (i32, i64) -> i32 in obj/pinvoke.o\n>>> defined as (i32, i32) -> i32 in librows.a(rows.o)",
        "linker-types",
        "rows_fetch",
        "thunkgen explain rows_fetch INPUT",
    ),
    case(
        "EXEC : warning : function signature mismatch: rows_scale [/src/App.csproj]",
        "linker-types",
        "rows_scale",
        CHECK_NATIVE,
    ),
    case(
        "wasm-ld: error: obj/callhelpers-pinvoke.o: undefined symbol: rows_close",
        "undefined-symbol",
        "rows_close",
        CHECK_NATIVE,
    ),
    case(
        "wasm-ld: error: libcoreclr.a(helpers.cpp.o): undefined symbol: g_portableCallHelperThunks",
        "other-contract",
        "",
        "thunkgen generate INPUT --runtime 12.0 --out generated",
    ),
    case(
        "error : undefined symbol: saveSetjmp (referenced by root reference (e.g. compiled C/C++ code))",
        "old-setjmp",
        "",
        CHECK_TOOLS,
    ),
    case(
        "CompileError: WebAssembly.instantiateStreaming(): module uses a mix of legacy and new exception handling instructions @+212",
        "mixed-exceptions",
        "",
        CHECK_NATIVE,
    ),
    case("wasm-ld: error: libold.a(x.o): undefined symbol: invoke_viii", "exception-symbols", "", CHECK_TOOLS),
    case(
        "[parse exception: Bulk memory operations require bulk memory [--enable-bulk-memory-opt]] Fatal: error validating input",
        "wasm-features",
        "",
        CHECK_TOOLS,
    ),
    case(
        "wasm-ld: error: --shared-memory is disallowed by rows.o because it was not compiled with 'atomics' or 'bulk-memory' features.",
        "shared-memory",
        "",
        CHECK_TOOLS,
    ),
    case(
        "error: Unknown attribute kind (102) (Producer: 'LLVM23.1.0' Reader: 'LLVM 19.1.0')",
        "bitcode",
        "",
        CHECK_NATIVE,
    ),
    // Exceptions.
    case(
        "Unhandled exception. System.EntryPointNotFoundException: Unable to find an entry point named 'rows_fetsch' in shared library 'rows'.\n   at Store.Rows.Fetch()",
        "entry-point-not-found",
        "rows_fetsch",
        "thunkgen explain rows_fetsch INPUT",
    ),
    case(
        "System.EntryPointNotFoundException: rows_close assembly:<unknown assembly> type:<unknown type> member:(null)",
        "entry-point-not-found",
        "rows_close",
        CHECK_NATIVE,
    ),
    case(
        "crit: Component[100] System.DllNotFoundException: Unable to load shared library 'rows' or one of its dependencies. In order to help diagnose loading problems",
        "library-not-found",
        "rows",
        "thunkgen generate INPUT --module rows --out generated",
    ),
    case("System.DllNotFoundException: rows", "library-not-found", "rows", "thunkgen explain rows INPUT"),
    case(
        "System.PlatformNotSupportedException: Dynamic entrypoint allocation is not supported in the current environment.\n   at System.Runtime.InteropServices.Marshal.X()",
        "delegate-entry-point",
        "",
        "thunkgen explain TG0217",
    ),
    // Mono.
    case(
        "* Assertion at interp.c: No native to managed transition for method 'Store.Rows:Compare (int,int)', missing [UnmanagedCallersOnly] attribute.",
        "mono-callback",
        "Store.Rows:Compare (int,int)",
        "thunkgen explain Store.Rows:Compare (int,int) INPUT",
    ),
    case(
        "console.error: CANNOT HANDLE INTERP ICALL SIG VIIL",
        "mono-signature",
        "VIIL",
        "thunkgen explain Mviil INPUT",
    ),
    case("CANNOT HANDLE COOKIE DID\n", "mono-signature", "DID", "thunkgen explain Mdid INPUT"),
    // Images.
    case(
        "LinkError: WebAssembly.instantiate(): Import #0 \"webcil\" \"stackPointer\": global import must be a WebAssembly.Global object",
        "refused-image",
        "",
        DOCTOR,
    ),
];

/// Each text as an argument and on standard input: what it is, what is named, and what to do.
#[test]
fn every_text_leads_to_the_next_command() {
    assert!(CASES.len() >= 30);
    for Case { text, symptom, subject, next } in CASES {
        let findings = of_text(text).findings;
        let found: Vec<(&str, &str)> = findings.iter().map(|of| (of.symptom.name, of.subject.as_str())).collect();
        assert_eq!(found, [(*symptom, *subject)], "{text}");
        assert!(
            findings[0].next().any(|command| command == *next),
            "{text}: {:?}",
            findings[0].next().collect::<Vec<_>>()
        );
    }
}

/// The command prints what the table says, whichever way the text comes.
#[test]
fn the_command_prints_it() {
    for Case { text, next, .. } in CASES.iter().step_by(4) {
        let run = explain(text, &[]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{text}");
        assert!(run.stdout.lines().any(|line| line.ends_with(next)), "{text}\n{}", run.stdout);
        assert_eq!(explain_input(text.as_bytes(), &[]), run, "{text}");
    }
}

/// No symptom is without a text.
#[test]
fn every_symptom_has_a_text() {
    // Two tables in one link, which is seen with one's own files only.
    let untested = ["two-tables"];
    for symptom in table::ALL {
        let has_case = CASES.iter().any(|case| case.symptom == symptom.name);
        assert!(has_case != untested.contains(&symptom.name), "{}", symptom.name);
    }
    let findings = of_text("wasm-ld: error: duplicate symbol: g_wasmThunks\n>>> defined in a.o").findings;
    assert_eq!(findings[0].symptom.name, "two-tables");
}

/// Codes of diagnostics in any spelling, alone and in the line of a build.
#[test]
fn codes() {
    for (text, code) in [
        ("TG0602", "TG0602: native function has a different type"),
        ("tg602", "TG0602: native function has a different type"),
        ("TGO602", "TG0602: native function has a different type"),
        ("tgm1", "TGM001: "),
        ("TGM9", "TGM009: "),
        ("WASM67", "TG0101: unknown struct size"),
        ("wasm0068", "WASM0068: "),
        ("/src/Rows.cs(12,5): error TG0602: Store.Rows.Fetch (0x06000002): ... [/src/App.csproj]", "TG0602: "),
        (
            "C:\\sdk\\x.targets(3,4): error WASM0067: SignatureMapper: unknown multi-field struct 'Box' (fields: 3)",
            "TG0101: ",
        ),
        ("App.csproj : warning TGM009: the prebuilt module lacks 3 signatures", "TGM009: "),
    ] {
        let run = explain(text, &[]);
        assert_eq!(run.code, Some(0), "{text}: {}", run.stderr);
        assert!(run.stdout.starts_with(code), "{text}: {}", run.stdout);
    }
    let run = explain("TG0699", &[]);
    assert_eq!(run.code, Some(5));
    assert_eq!(run.stderr, "thunkgen: `TG0699` is not a diagnostic code; did you mean TG0609?\n");
    assert_eq!(explain("TG9999", &[]).code, Some(5));
}

/// The codes of the MSBuild package are those of its page.
#[test]
fn the_codes_of_the_package_are_on_its_page() {
    use std::collections::BTreeSet;
    use thunkgen_driver::symptoms::codes;
    let page = thunkgen_tests::data::crate_file("../build-integration/msbuild/README.md");
    let on_page: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| TGM")?.get(..3)).collect();
    let known: BTreeSet<&str> = codes::OTHERS.iter().filter_map(|other| other.code.strip_prefix("TGM")).collect();
    assert_eq!(known, on_page);
}

#[test]
fn texts_that_say_nothing() {
    for text in ["hello world", "it did not work at all", "warning MSB3026: Could not copy"] {
        let run = explain(text, &[]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(5), ""), "{text}");
        assert!(run.stderr.contains("contains no known message"), "{}", run.stderr);
    }
}
