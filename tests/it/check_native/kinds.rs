//! Small apps of every kind that was once judged wrongly: missing functions that another file provides, variable arguments,
//! spellings of libraries, similar names, files with nothing to compare.

use std::collections::BTreeSet;
use std::path::Path;

use thunkgen_tests::executable;
use thunkgen_tests::native_corpus::{archive, compilers};

use super::fixtures;

/// C sources by object; the P/Invokes are in `fixtures/native-kinds`.
const SOURCES: [(&str, &str); 18] = [
    (
        "chains",
        "int log_line(int level, const char *format, ...) { return level; }
         char *concat(char *to, ...) { return to; }
         void mark(long long tag, ...) {}",
    ),
    (
        "onefits",
        "int control(void *handle, int op, ...) { return op; }
         double pick(double weight, ...) { return weight; }
         int open_file(const char *path, int flags, ...) { return flags; }",
    ),
    (
        "hooks",
        "void on_progress(void (*progress)(int, int)) { progress(1, 2); }
         void sort_all(void (*compare)(void *, void *)) { compare(0, 0); }
         int sample_all(int count, void (*sample)(double)) { sample(count); return count; }
         void right(void (*sample)(float)) { sample(1); }",
    ),
    (
        "bar",
        "int bar_versioned(long long a) { return a; }
         int bar_path(long long a) { return a; }
         int bar_dylib(long long a) { return a; }",
    ),
    ("tool.v1", "int tool_lib(long long a) { return a; } int tool_prefixed(long long a) { return a; }"),
    ("pen", "int pen_wasm(long long a) { return a; } int pen_object(long long a) { return a; }"),
    ("ink-pot", "int ink_pot_other(long long a) { return a; }"),
    ("scene", "void scene_draw(void) {}"),
    ("sound", "int sound_play(int id) { return id; }"),
    ("saves", "int saves_store(int slot) { return slot; }"),
    ("Vendor.Core", "int core_open(void *name) { return !name; } long long core_close(void *name) { return !name; }"),
    ("mix", "int mix_open(void *name) { return !name; } long long mix_close(void *name) { return !name; }"),
    ("Grid.2", "int grid_open(void *name) { return !name; } long long grid_close(void *name) { return !name; }"),
    (
        "acme",
        "int AcmeGraphicsDevice_Map(void *device) { return !device; }
         int AcmeGraphicsDevice_Flush(void *device) { return !device; }
         int AcmeGraphicsDevice_Destroy(void *device) { return !device; }",
    ),
    (
        "secret",
        "int very_secret_hash_sha256(void *data) { return !data; }
         int very_secret_hash_blake2b(void *data) { return !data; }",
    ),
    (
        "module",
        "int organisation_project_module_read(void *file) { return !file; }
         int organisation_project_module_write(void *file) { return !file; }",
    ),
    (
        "slips",
        "struct config { void *a, *b, *c; };
         struct config config_default(void) { struct config c = { 0, 0, 0 }; return c; }
         void reset(int a) {}
         int level(double a) { return a > 0; }",
    ),
    ("stranger", "int nobody_asks(void) { return 1; }"),
];

/// Libraries, the exit code, and what is reported: the code, the method or the library, and the name that is meant.
/// Warnings start with `w`, errors with `e`.
const CASES: [(&str, i32, &[&str]); 22] = [
    // Variable arguments are one warning each, whether or not a declaration fits.
    ("chains", 0, &["wTG0605 concat_one", "wTG0605 log_text", "wTG0605 mark_none"]),
    ("onefits", 0, &["wTG0605 control_none", "wTG0605 open_old", "wTG0605 pick_one"]),
    ("hooks", 1, &["eTG0606 on_progress", "eTG0606 sample_all", "eTG0606 sort_all"]),
    ("bar", 1, &["eTG0602 bar_dylib", "eTG0602 bar_path", "eTG0602 bar_versioned"]),
    ("tool.v1", 1, &["eTG0602 tool_lib", "eTG0602 tool_prefixed"]),
    ("pen", 1, &["eTG0602 pen_object", "eTG0602 pen_wasm"]),
    // What is missing here may be in libc or in JavaScript.
    ("scene", 0, &["wTG0601 free", "wTG0601 malloc"]),
    ("sound", 0, &["wTG0601 emscripten_get_now"]),
    ("saves", 0, &["wTG0601 saves_sync_from_javascript"]),
    ("Vendor.Core", 1, &["eTG0602 core_close"]),
    ("mix", 1, &["eTG0602 mix_close"]),
    ("Grid.2", 1, &["eTG0602 grid_close"]),
    // Only slips are told the name that is meant.
    (
        "acme",
        1,
        &[
            "eTG0615 acme",
            "wTG0601 AcmeGraphicsDevice_Blur",
            "wTG0601 AcmeGraphicsDevice_Destory AcmeGraphicsDevice_Destroy",
            "wTG0601 AcmeGraphicsDevice_Pop",
        ],
    ),
    (
        "secret",
        1,
        &[
            "eTG0615 secret",
            "wTG0601 very_secret_hash_balke2b very_secret_hash_blake2b",
            "wTG0601 very_secret_hash_sha3256",
        ],
    ),
    (
        "module",
        1,
        &[
            "eTG0615 module",
            "wTG0601 organisation_project_module_seek",
            "wTG0601 organisation_project_module_wriet organisation_project_module_write",
        ],
    ),
    // A wrong EntryPoint is an error of the declaration that is wrong, and of no other.
    ("slips", 1, &["eTG0602 config_name", "eTG0602 level_of", "eTG0602 reset_count"]),
    // Nothing was compared: a name that differs in a sign and the case, an empty archive, an archive of an archive, a
    // library that is asked for but not given, a linked module of another app, addresses of 64 bits.
    ("ink-pot", 1, &["eTG0615 Ink_Pot ink-pot"]),
    ("hollow", 1, &["eTG0615 hollow", "wTG0601 hollow_close", "wTG0601 hollow_open"]),
    ("nested", 1, &["eTG0615 hollow"]),
    ("stranger", 1, &["eTG0615 unheard"]),
    ("app", 1, &["eTG0601 unheard_of", "eTG0615 unheard"]),
    ("wide64", 3, &["eTG0609 wide64.o"]),
];

/// What is said of native code, see [`CASES`].
fn reported(stderr: &str) -> BTreeSet<String> {
    let problem = |line: &str| {
        let (head, code) = line.split_once(" TG06")?;
        let (code, message) = code.split_once(": ")?;
        let level = if head.ends_with(": error") { 'e' } else { 'w' };
        let first = message.split([' ', ':']).next()?;
        let subject = match first.rsplit_once('.') {
            Some((_, method)) if code != "09" => method,
            _ if code == "15" => message.split('`').nth(1)?,
            _ => head.split(':').next()?,
        };
        let meant = message.split_once("did you mean `").and_then(|(_, rest)| rest.split('`').next());
        Some(format!("{level}TG06{code} {subject} {}", meant.unwrap_or_default()).trim_end().to_owned())
    };
    stderr.lines().filter_map(problem).collect()
}

/// Compiles all sources, and makes the files that have nothing to compare.
fn build(folder: &Path, compiler: &thunkgen_tests::native_corpus::Compiler, debug: &str) {
    for (name, text) in SOURCES {
        compiler.compile_with(folder, name, text, &format!("-O1 {debug}"));
    }
    archive(&folder.join("libhollow.a"), &[]);
    archive(&folder.join("libinner.a"), &[&folder.join("bar.o")]);
    archive(&folder.join("libnested.a"), &[&folder.join("libinner.a")]);
    compiler.link(&folder.join("app.wasm"), &[&folder.join("stranger.o")], &["--export-all"]);
    compiler.compile_with(folder, "wide64", "int wide_open(void *name) { return !name; }", "--target=wasm64");
}

#[test]
#[ignore = "needs clang"]
fn every_kind_is_judged_rightly() {
    let assemblies = ["native-kinds", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    let compiler = compilers().pop().expect("clang");
    for debug in ["-g", "-g0"] {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        build(folder, &compiler, debug);
        for (name, exit, expected) in CASES {
            let file = ["o", "a", "wasm"].map(|ending| match ending {
                "a" => format!("lib{name}.a"),
                _ => format!("{name}.{ending}"),
            });
            let file = file.iter().find(|file| folder.join(file).exists()).expect("a file");
            let mut arguments = vec!["check-native", &assemblies[0], &assemblies[1], "-r", &corlib, "--native", file];
            // Where nothing is compared, each library of the assembly is reported, or those that are asked for.
            let asked: &[&str] = match name {
                "ink-pot" => &["Ink_Pot"],
                "nested" => &["hollow"],
                "stranger" | "app" => &["unheard"],
                "acme" | "secret" | "module" | "hollow" => &[name],
                _ => &[],
            };
            asked.iter().for_each(|library| arguments.extend(["--module", library]));
            let run = executable::run(folder, arguments);
            let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
            let what = format!("{name} {debug}\n{}", run.stderr);
            assert_eq!((run.code, reported(&run.stderr)), (Some(exit), expected), "{what}");
        }
    }
}

/// `generate` and `check-native` agree on what is variadic, on a wrong EntryPoint and on the spelling of libraries.
#[test]
fn every_kind_is_generated_rightly() {
    let assemblies = ["native-kinds", "facade"].map(|path| fixtures(path).display().to_string());
    let corlib = fixtures("corlib").display().to_string();
    for (modules, expected, entries, not_entries) in [
        (
            &["--module", "chains", "--module", "onefits"][..],
            &[
                "TG0203 call_result",
                "TG0204 concat_two",
                "TG0204 control_out",
                "TG0204 log_int",
                "TG0204 mark_long",
                "TG0204 open_new",
                "TG0204 pick_two",
            ][..],
            &[][..],
            &["concat", "control", "log_line", "mark", "open_file", "pick"][..],
        ),
        (
            &["--module", "slips", "--module", "exports", "--module", "__Internal"],
            &[
                "TG0203 call_count",
                "TG0203 call_float",
                "TG0203 call_result",
                "TG0203 level",
                "TG0215 config_default",
                "TG0215 reset_count",
            ],
            &["config_default", "level", "reset", "export_right"],
            &[],
        ),
        (
            &["--optional-module", "Vendor.Core", "--optional-module", "mix", "--optional-module", "Grid.2"],
            &["TG0203 call_result"],
            &["core_open", "core_close", "mix_open", "mix_close", "grid_open", "grid_close"],
            &["concat"],
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut arguments = vec!["generate", &assemblies[0], &assemblies[1], "-r", &corlib, "--out", "out"];
        arguments.extend(modules);
        let run = executable::run(folder.path(), arguments);
        let problem = |line: &str| {
            let (code, rest) = line.split_once(" TG")?.1.split_once(": ")?;
            Some(format!("TG{code} {}", rest.split(' ').next()?.rsplit('.').next()?))
        };
        let found: BTreeSet<String> = run.stderr.lines().filter_map(problem).collect();
        let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
        assert_eq!((run.code, found), (Some(0), expected), "{modules:?}\n{}", run.stderr);
        let files = std::fs::read_dir(folder.path().join("out")).expect("the output");
        let text: String =
            files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text")).collect();
        let has = |symbol: &&&str| text.contains(&format!("{{ \"{symbol}\", "));
        assert!(entries.iter().all(|symbol| has(&symbol)), "{modules:?}: {text}");
        assert!(!not_entries.iter().any(|symbol| has(&symbol)), "{modules:?}: {text}");
    }
}
