//! What is done with the snippets of each page.

use std::path::PathBuf;

use thunkgen_tests::data::{crate_dir, crate_file, sets};
use thunkgen_tests::generated::without_checks;
use thunkgen_tests::markdown::snippets;
use thunkgen_tests::runtime_layouts::lab::Lab;

use super::Page;
use super::workplace::Workplace;

/// What is done with the snippets of a page.
type Work = fn(&mut Page);

/// The pages that have snippets for this suite.
pub const ALL: &[(&str, Work)] = &[
    ("README.md", readme),
    ("build-integration/README.md", build_integration),
    ("build-integration/thunkgen-build/README.md", thunkgen_build),
    ("docs/explanation/structs.md", structs),
    ("docs/how-to/adopt.md", adopt),
    ("docs/how-to/add-a-thunk.md", add_a_thunk),
    ("docs/how-to/call-csharp-from-c.md", call_csharp_from_c),
    ("docs/how-to/function-pointers.md", function_pointers),
    ("docs/how-to/merge-conflicts.md", merge_conflicts),
    ("docs/how-to/messages.md", messages),
    ("docs/how-to/suppress.md", suppress),
    ("docs/reference/check-native.md", check_native),
    ("docs/reference/diagnostics.md", diagnostics),
    ("docs/reference/doctor.md", doctor),
    ("docs/reference/explain.md", explain),
    ("docs/reference/extra-signatures.md", extra_signatures),
    ("docs/reference/generate.md", generate),
    ("docs/reference/keys.md", keys),
    ("docs/reference/lookup.md", lookup),
    ("docs/reference/manifest.md", manifest),
    ("docs/reference/r2r-dump.md", r2r_dump),
    ("docs/reference/r2r-emit.md", r2r_emit),
    ("docs/reference/stubs.md", stubs),
    ("docs/tutorials/app-traps.md", app_traps),
    ("docs/tutorials/checked-in-tables.md", checked_in_tables),
    ("docs/tutorials/rust-library.md", rust_library),
];

fn root() -> PathBuf {
    crate_dir().join("..")
}

fn set(name: &str) -> PathBuf {
    sets().join(name)
}

/// Where an app of .NET 10 is at `app/_framework`.
fn app() -> Workplace {
    let workplace = Workplace::new();
    workplace.link(&set("net10"), "app/_framework");
    workplace.link(&root().join("templates"), "templates");
    workplace
}

fn readme(page: &mut Page) {
    // The main job, as the executable that `cargo run` would start.
    let workplace = Workplace::new();
    workplace.link(&root().join("tests"), "tests");
    let command = page.take("cargo run --release -p thunkgen -- ");
    let printed = workplace.types(&command.replace("cargo run --release -p thunkgen -- ", "thunkgen "));
    let summary = page.take("thunkgen: 104 keys");
    assert!(printed.stderr.lines().any(|line| line == summary.trim_end()), "{}", printed.stderr);

    let workplace = app();
    workplace.types(&page.take("thunkgen generate app/_framework --module libSkiaSharp --out generated"));
    workplace.types(&page.take("thunkgen explain MifS16"));
    workplace.link(&crate_dir().join("fixtures/published/app/wwwroot"), "publish/wwwroot");
    workplace.types(&page.take("thunkgen doctor publish/wwwroot"));
    native_side(page);
}

fn generate(page: &mut Page) {
    let workplace = app();
    workplace.types(&page.take("thunkgen generate app/_framework --module libSkiaSharp --out generated"));
    workplace.types(&page.take("clang++ --target=wasm32 -std=c++17"));
    workplace.types(&page.take("thunkgen check app/_framework --module libSkiaSharp"));
    let explained = workplace.types(&page.take("thunkgen explain MifS16")).stdout;
    let layout = page.take("System.DateTimeOffset  System.Private.CoreLib");
    assert!(explained.ends_with(&layout), "{explained}");

    workplace.write("extra.txt", "MifS16 # the example's\n");
    workplace.types(&page.take("thunkgen generate app/_framework --extra-signatures extra.txt"));
    let table = workplace.read("generated/callhelpers-interp-to-managed.cpp");
    let table = without_checks(&table);
    assert!(table.contains(&page.take("static void CallFunc_F32_S16_RetI32")), "the thunk of the example");

    // The message, with other names: a session with the executable has it so.
    let line = page.take("app/Widgets.dll: error TG0101: ").trim_end().replace("Geometry.Box", "Missing.Point");
    let line = line.replace("`Geometry`", "`Missing`");
    let message = line.split("): ").nth(1).expect("a message");
    assert!(crate_file("sessions/thunkgen/sizes.session").contains(message), "{message}");
}

/// The two declarations of the example are those of the fixture, and its error is what the command says of them.
fn native_side(page: &mut Page) {
    let declared =
        |file: &str, text: &str| crate_file(&format!("fixtures/native-side/{file}")).contains(text.trim_end());
    assert!(declared("draw.c", page.take("int draw_circle(").trim_end().trim_end_matches(';')));
    assert!(declared("NativeSide.cs", &page.take("[DllImport(\"draw\")]")));
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade", "native-side"]);
    workplace.link(&root().join("tests/fixtures/native-side/libdraw.a"), "libdraw.a");
    let command = page.take("thunkgen check-native app/ --native libdraw.a");
    // The other mistakes of the fixture are found too. The page shows what a terminal does.
    let printed = workplace.types(&format!("COLUMNS=100 {} --format full || test $? = 1", command.trim_end()));
    let shown = page.take("error[TG0602]");
    assert!(printed.stderr.contains(&format!("{}\n\n", shown.trim_end())), "{}", printed.stderr);
}

/// `explain` understands every message of the page.
fn messages(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.types(&page.take("thunkgen explain \"WASM calli missing"));
    let text = crate_file("../docs/how-to/messages.md");
    let cells = text.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split(" | ").next());
    let messages: Vec<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert!(messages.len() > 20, "{messages:?}");
    for message in messages.iter().filter(|message| !message.ends_with("....") && **message != "TGM...") {
        workplace.write("message.txt", &format!("{message}\n"));
        workplace.types("thunkgen explain - < message.txt");
    }
}

fn add_a_thunk(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.types(&page.take("thunkgen r2r emit --key MiS8 --out App.Thunks.wasm"));
    workplace.link(
        &crate_dir().join("fixtures/published/app/wwwroot/_framework/dotnet.native.abc123defg.wasm"),
        "app/dotnet.native.wasm",
    );
    workplace.link(&crate_dir().join("fixtures/corlib/System.Private.CoreLib.dll"), "app/System.Private.CoreLib.dll");
    workplace.types(&page.take("thunkgen r2r emit --missing-from app/dotnet.native.wasm"));
}

fn app_traps(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.link(&crate_dir().join("fixtures/published/app/wwwroot"), "publish/wwwroot");
    workplace.types(&page.take("thunkgen doctor publish/wwwroot"));
    let log = page.take("echo 'WASM calli missing for key: MiS8'");
    workplace.types(&format!("{} || test $? = 1", log.trim_end()));
}

/// The example's declarations are those of the fixture, and the line is what the command says of them.
fn check_native(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade", "native-rust"]);
    workplace.link(&root().join("tests/fixtures/native-side/libdraw.a"), "libdraw.a");
    workplace.link(&root().join("tests/fixtures/native-rust/libeasel.a"), "libeasel.a");
    let command = page.take("thunkgen check-native app/ --native libdraw.a --native libeasel.a");
    let printed = workplace.types(&format!("{} || test $? = 1", command.trim_end()));
    let line = page.take("app/NativeRust.dll: error TG0613");
    assert!(printed.stderr.contains(&line), "{}", printed.stderr);
    for (start, file) in [("public struct Rect", "NativeRust.cs"), ("pub struct Rect", "easel/src/shapes.rs")] {
        assert!(crate_file(&format!("fixtures/native-rust/{file}")).contains(&page.take(start)), "{file}");
    }
}

/// A project around lines for CMake, built with a compiler that needs no headers.
fn cmake(lines: &str) {
    let workplace = Workplace::new();
    workplace.assemblies("bin/publish/_framework", &["corlib", "facade", "native-varargs"]);
    workplace.write("native.cpp", "");
    workplace.write("draw.cpp", "extern \"C\" int narrow(unsigned char a, short b) { return a + b; }\n");
    let own = lines.contains("add_library(");
    let library = if own { "" } else { "add_library(app_native STATIC native.cpp)\n" };
    let path = if own { "" } else { "list(APPEND CMAKE_MODULE_PATH \"${THUNKGEN_SOURCE}/build-integration/cmake\")\n" };
    let text = format!("cmake_minimum_required(VERSION 3.20)\nproject(p CXX)\n{path}{library}{lines}");
    workplace.write("CMakeLists.txt", &text);
    let source = root().canonicalize().expect("the root");
    workplace.types(&format!(
        "cmake -G Ninja -S . -B build -D THUNKGEN_SOURCE='{0}' --toolchain '{0}/build-integration/cmake/example/wasm32-clang.cmake' \
         -D CMAKE_CXX_FLAGS='-std=c++17 -msimd128 -I{0}/templates/compat' && ninja -C build && test -f build/libapp_native.a",
        source.display()
    ));
}

fn build_integration(page: &mut Page) {
    let (generate, native) = (page.take("list(APPEND CMAKE_MODULE_PATH"), page.take("add_library(draw STATIC"));
    cmake(&format!("{generate}{native}"));
    // `recipes` runs pre-commit with the whole file, of which the page shows all but the comment.
    let hooks = page.take("repos:\n");
    let config = crate_file("../build-integration/pre-commit/example.pre-commit-config.yaml");
    assert!(config.ends_with(&hooks) && crate_file("it/recipes.rs").contains("example.pre-commit-config.yaml"));
    // Those that are listed have to be what the list says they are.
    let all = snippets(&crate_file("../build-integration/README.md"));
    let find = |part: &str| all.iter().find(|snippet| snippet.text.contains(part)).expect("a snippet").text.clone();
    assert!(crate_file("../build-integration/github-action/example.yml").ends_with(&find("uses: actions/checkout")));
    assert!(crate_file("../.ci/run").contains(find("release/all.sh").trim()), "CI runs it");
    let workplace = Workplace::new();
    workplace.types(&page.take("mkdir -p ~/.local"));
    workplace
        .types("bash -n .local/share/bash-completion/completions/thunkgen; test -f .local/share/man/man1/thunkgen.1");
    // The suite of the package runs the commands with the executables of this build.
    assert!(page.take("cargo run --release -p thunkgen-pack").lines().count() == 3);
    assert!(crate_file("it/msbuild/package.rs").contains("../build-integration/README.md"));
}

fn thunkgen_build(page: &mut Page) {
    // The dependency is the example's, seen from the root.
    let dependency = page.take("[build-dependencies]");
    let path = dependency.split('"').nth(1).expect("a path");
    let manifest = crate_file(&format!("../{path}/Cargo.toml"));
    assert!(manifest.contains("\nname = \"thunkgen-build\"\n") && dependency.contains("\nthunkgen-build = { path = "));
    // The build script is compiled: it is the first example of the crate's documentation.
    let script = page.take("// build.rs\n");
    let source = crate_file("../build-integration/thunkgen-build/src/lib.rs");
    let documented: String = source.lines().filter_map(|line| line.strip_prefix("//! ")).collect::<Vec<_>>().join("\n");
    let body: Vec<&str> = script.lines().filter(|line| line.starts_with("    ")).map(|line| &line[4..]).collect();
    assert!(body.len() == 5 && documented.contains(&body.join("\n")), "{body:?}");
}

fn diagnostics(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade"]);
    workplace.write("s.toml", &page.take("[[suppress]]"));
    let printed = workplace.types("thunkgen generate app --out o --suppressions s.toml --nowarn TG0202");
    assert!(!printed.stderr.contains("TG0008"), "{}", printed.stderr);
    // The others are lines of the sessions; `tests/it/diagnostics_page.rs` makes the page of them.
    assert!(crate_file("../tests/it/diagnostics_page.rs").contains("../docs/reference/diagnostics.md"));
    page.left.retain(|snippet| {
        let is_session = snippet.text.starts_with("$ ") && snippet.text.lines().count() == 3;
        let is_example = is_session || snippet.text.lines().count() == 1;
        !(snippet.language == "text" && snippet.text.contains(" TG0") && is_example)
    });
}

fn extra_signatures(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade"]);
    workplace.write("extra.txt", &page.take("# The audio worklet"));
    let command = page.take("thunkgen generate app/ --extra-signatures extra.txt");
    let sizes = "--struct-size Geometry.Rect=16";
    workplace.types(&format!("{} {sizes}", command.trim_end()));
    let listed = workplace.types(&format!("thunkgen signatures app/ --extra-signatures extra.txt {sizes}")).stdout;
    let line = page.take("MifS16i  extra");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(listed.lines().any(|found| words(found) == words(&line)), "{listed}");
}

fn explain(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.link(&set("net10"), "app");
    let stack = "WASM calli missing for key: Mii\nRuntimeError: indirect call to null\n  at wasm://wasm/1:wasm-function[99]:0x1\n";
    workplace.write("console.txt", stack);
    let commands = page.take("thunkgen explain 'RuntimeError: null function");
    // The name of the published file has its hash.
    let printed = workplace.types(&commands.replace("app/dotnet.native.wasm", "app/dotnet.native.*.wasm"));
    for line in [
        "no thunk for the key Mii (line 1)",
        "  next   thunkgen doctor app/",
        "  calls        SystemNative_Read of libSystem.Native",
        "TG0602: native function has a different type (error)",
    ] {
        assert!(printed.stdout.lines().any(|printed| printed == line), "{line}\n{}", printed.stdout);
    }
    assert!(printed.stdout.contains("  in     function 99 (func"), "{}", printed.stdout);
}

fn lookup(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade"]);
    workplace.types("thunkgen generate app --out . --nowarn TG0202; thunkgen r2r emit --key MviS8 --out thunks.wasm");
    workplace.types("mkdir generated runtime-11.0 runtime-12.0; cp *.cpp generated; cp *.cpp runtime-11.0");
    workplace.types("cp *.cpp thunks.wasm runtime-12.0");
    workplace.write("console.txt", "WASM calli missing for key: Mlii\n");
    let printed = workplace.types(&page.take("thunkgen lookup MviS8 --in"));
    for line in [
        "MviS8: found",
        "65 keys required, 65 found",
        "Mlii: found; reported missing in line 1 of the log",
        "keys: 1 added, 0 removed",
        "  + MviS8",
    ] {
        assert!(printed.stdout.lines().any(|printed| printed == line), "{line}\n{}", printed.stdout);
    }
    let workplace = published(&["corlib", "facade"]);
    let printed = workplace.types(&page.take("thunkgen lookup --coverage publish/_framework"));
    assert!(printed.stdout.starts_with("65 keys required, 65 found\n"), "{}", printed.stdout);
}

/// A published app with the linked runtime of the fixtures.
fn published(assemblies: &[&str]) -> Workplace {
    let workplace = Workplace::new();
    workplace.assemblies("publish/_framework", assemblies);
    let runtime = crate_dir().join("fixtures/linked-runtime/dotnet.native.wasm");
    workplace.link(&runtime, "publish/_framework/dotnet.native.wasm");
    workplace
}

fn manifest(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("bin", &["corlib", "facade", "library-names"]);
    workplace.link(&crate_dir().join("fixtures/library-names/foo.o"), "foo.o");
    let text = "inputs = 'bin'\nout = 'generated'\nmodules = 'FOO'\nnative = 'foo.o'\n";
    workplace.write("thunkgen.toml", text);
    workplace.types(&page.take("thunkgen generate\nthunkgen check\n"));
    let reading = page.take("thunkgen explain MviS8\nthunkgen layout Geometry.Box\n");
    workplace.types(&reading.replace("Geometry.Box", "System.Guid"));

    let workplace = two_by_two();
    workplace.types("thunkgen generate --profile debug --output 'src/coreclr/vm/wasm for browser'");
    workplace.types(&page.take("thunkgen check --profile debug"));
    workplace.types("thunkgen check --define configuration=Checked");
}

fn doctor(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.link(&crate_dir().join("fixtures/published/app"), "bin/Release/net11.0/publish");
    let found = workplace.types(&page.take("thunkgen doctor bin/Release/net11.0/publish\n")).stdout;
    assert!(found.contains("no problem found"), "{found}");
    workplace.types(&page.take("thunkgen doctor bin/Release/net11.0/publish --fix"));
}

fn r2r_dump(page: &mut Page) {
    let workplace = app();
    workplace.types("thunkgen r2r emit --key MviS8 --out thunks.wasm");
    workplace.types(&page.take("thunkgen r2r dump thunks.wasm"));
}

fn r2r_emit(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade"]);
    workplace.write("extra.txt", "MviS16 # why\n");
    workplace.types(&page.take("thunkgen r2r emit --key MviS8"));
    let dumped = workplace.types("thunkgen r2r dump App.Thunks.wasm").stdout;
    assert!(dumped.contains("MviS16") && dumped.contains("Iiip"), "{dumped}");
    workplace.types(&page.take("thunkgen r2r emit app/ --to-interpreter"));
    let dumped = workplace.types("thunkgen r2r dump App.Thunks.dll").stdout;
    assert!(dumped.contains("assembly App.Thunks; no ReadyToRun code"), "{dumped}");

    let workplace = published(&["corlib", "facade", "interop"]);
    let printed = workplace.types(&page.take("thunkgen r2r emit --missing-from"));
    for code in ["warning TG0432", "warning TG0433", "thunkgen: 1 thunk; "] {
        assert!(printed.stderr.contains(code), "{code}\n{}", printed.stderr);
    }
}

fn stubs(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app/_framework", &["corlib", "facade", "native-side"]);
    workplace.types(&page.take("thunkgen generate app/_framework --module libdraw --emit rust"));
    assert!(workplace.read("native/src/libdraw.rs").contains("pub trait Functions"));
    workplace.types(&page.take("thunkgen generate app/_framework --module libdraw --emit c-header"));
    assert!(workplace.read("native/include/libdraw.h").contains("double draw_turn(libdraw_Angle angle);"));
}

/// The table of the page: type, size, alignment and code, as the tool prints them.
fn structs(page: &mut Page) {
    let printed = app_with_framework().types(&page.take("thunkgen layout System.Guid app/")).stdout;
    assert!(printed.contains("size 16, alignment 4, token S16"), "{printed}");
}

fn app_with_framework() -> Workplace {
    let workplace = Workplace::new();
    workplace.link(&set("net10"), "app");
    workplace
}

/// Every example of the page is a declaration with this key.
fn keys(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.types(&page.take("thunkgen explain MviS8"));
    let text = crate_file("../docs/reference/keys.md");
    let rows = text.split("## Examples").nth(1).expect("examples").lines().filter(|line| line.contains(" | `M"));
    let (mut wanted, mut count) = (String::new(), 0);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [declaration, key, wasm] = cells[..] else { panic!("{row}") };
        let (key, wasm) = (key.trim_matches('`'), wasm.trim_matches('`'));
        let explained = workplace.types(&format!("thunkgen explain {key}")).stdout;
        assert!(explained.contains(wasm), "{row}: {explained}");
        let instance = if declaration.starts_with("instance ") { " instance" } else { "" };
        let convention = if declaration.ends_with(", managed") { format!("managed{instance} ") } else { String::new() };
        let declaration = declaration.trim_start_matches("instance ").trim_end_matches(", managed").trim_matches('`');
        let declaration = declaration.replace("[DllImport] static extern ", "").replace("static ", "");
        let declaration = declaration.replace("Guid", "System.Guid").replace("Int128", "System.Int128");
        wanted.push_str(&format!("{convention}{declaration} # {key}\n"));
        count += 1;
    }
    assert!(count > 5, "{count} examples");
    let workplace = app_with_framework();
    workplace.write("extra.txt", &wanted);
    let listed = workplace.types("thunkgen signatures app --extra-signatures extra.txt").stdout;
    for line in wanted.lines() {
        let key = line.rsplit("# ").next().expect("a key");
        let found = listed.lines().find(|found| found.contains("extra") && found.contains(&format!("  {key}  ")));
        assert!(found.is_some_and(|found| found.starts_with(&format!("{key} "))), "{line}\n{listed}");
    }
}

/// Both halves compile, the first is reported and the second is not.
/// Both sides of the page fit; with another type in C they do not.
fn call_csharp_from_c(page: &mut Page) {
    let (csharp, c) = (page.take("[UnmanagedCallersOnly("), page.take("int app_progress("));
    let command = page.take("thunkgen check-native app/");
    for (c, fits) in [(c.clone(), true), (c.replace("double seconds", "float seconds"), false)] {
        let lab = Lab::find();
        let workplace = Workplace::new();
        workplace
            .write("a.cs", &format!("using System.Runtime.InteropServices;\nstatic class App\n{{\n{csharp}\n}}\n"));
        workplace.types("mkdir app");
        lab.compile_library(&[workplace.at("a.cs")], &[], &workplace.at("app/App.dll"));
        workplace.write("work.c", &c);
        workplace.types("clang --target=wasm32 -c work.c -o work.o");
        workplace.link(&lab.framework(), "framework");
        let line = format!("{} --reference framework --nowarn TG0013 || test $? = 1", command.trim_end());
        let printed = workplace.types(&line).stderr;
        assert!(printed.contains("1 callback"), "{printed}");
        assert_eq!(printed.contains("error TG0606"), !fits, "{printed}");
        workplace.types("thunkgen generate app --reference framework --out o --nowarn TG0013");
        let reverse = workplace.read("o/callhelpers-reverse.cpp");
        assert!(reverse.contains("export_name(\"app_progress\")"), "{reverse}");
    }
}

fn function_pointers(page: &mut Page) {
    let lab = Lab::find();
    for (start, reported) in [("public delegate int Visit", true), ("[DllImport(\"geo\")]", false)] {
        let workplace = Workplace::new();
        let usings = "using System; using System.Runtime.CompilerServices; using System.Runtime.InteropServices;";
        workplace
            .write("a.cs", &format!("{usings}\nclass Totals\n{{\nint total; nint list;\n{}\n}}\n", page.take(start)));
        lab.compile_library(&[workplace.at("a.cs")], &[], &workplace.at("a.dll"));
        workplace.link(&lab.framework(), "framework");
        let command = "thunkgen generate a.dll --reference framework --module geo --out o --nowarn TG0013";
        assert_eq!(workplace.types(command).stderr.contains("TG0217"), reported, "{start}");
    }
}

/// A repository with the example's manifest, whose generated files are committed.
fn repository() -> Workplace {
    let workplace = Workplace::new();
    workplace.assemblies("artifacts/app", &["corlib", "facade", "native-side"]);
    workplace.write(".gitignore", "artifacts\n");
    workplace.write(".gitconfig", "[user]\nname = n\nemail = e\n");
    workplace
}

fn checked_in_tables(page: &mut Page) {
    let workplace = repository();
    workplace.write("thunkgen.toml", &page.take("inputs = [\"artifacts/app/*.dll\"]").replace("libdraw", "draw"));
    workplace.types(&page.take("thunkgen generate"));
    let listed = workplace.types(&page.take("ls src/generated")).stdout;
    assert_eq!(listed, page.take("callhelpers-interp-to-managed.cpp"));
    workplace.write(".gitattributes", &page.take("src/generated/* -text"));
    workplace.types(&page.take("thunkgen check"));
    workplace.types(&page.take("thunkgen explain Mvi"));
    workplace.types(&page.take("thunkgen signatures"));
    let edited = page.take("echo '// quick fix'");
    let printed = workplace.types(&format!("{} || test $? = 1", edited.trim_end()));
    assert!(printed.stderr.contains("TG0510"), "{}", printed.stderr);
}

/// Two branches each link another library: git keeps one side without a question, and `generate` repairs the file.
/// The manifest of two targets by two configurations, and what it is made from.
fn two_by_two() -> Workplace {
    let workplace = Workplace::new();
    for part in ["browser-Release", "wasi-Release", "browser-Debug", "browser-Checked", "wasi-Checked"] {
        workplace.assemblies(&format!("artifacts/bin/net11.0-{part}-wasm"), &["corlib", "facade"]);
    }
    workplace.write("eng/licence.txt", "Licensed to you under the MIT licence.\n");
    let page = crate_file("../docs/reference/manifest.md");
    let shown = snippets(&page).into_iter().find(|snippet| snippet.text.contains("[profile.debug]"));
    workplace.write("thunkgen.toml", &shown.expect("the example").text);
    workplace
}

fn adopt(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade"]);
    let made = "thunkgen generate app --out obj && mv obj/callhelpers-pinvoke.cpp obj/pinvoke-table.cpp && \
                mv obj/callhelpers-interp-to-managed.cpp obj/wasm_m2n_invoke.g.cpp";
    workplace.types(made);
    workplace.types(&page.take("thunkgen check app/ --compare-with"));
    let workplace = two_by_two();
    workplace.types("thunkgen generate");
    workplace.types(&page.take("thunkgen check --output"));
}

fn merge_conflicts(page: &mut Page) {
    let table = crate_file("../templates/wasm-thunks/callhelpers-interp-to-managed.cpp");
    assert!(table.contains(&page.take("    { \"Miid\"").replace("5d1f0c2a", "00000000")), "the row of the template");
    let workplace = repository();
    let manifest = |modules: &str| {
        format!("inputs = 'artifacts/app'\nout = 'src/generated'\n# {modules}\nmodules = [{modules}]\n")
    };
    workplace.write("thunkgen.toml", &manifest(""));
    let attributes = page.take("# .gitattributes");
    workplace.write(".gitattributes", &attributes);
    let driver = page.take("git config merge.thunkgen.name");
    let by_hand = page.take("git checkout --ours -- src/generated");
    workplace.types(&format!(
        "git init -q -b main . && git add -A && {} && thunkgen generate && git add -A && git commit -qm base",
        driver.trim_end().replace('\n', " && ")
    ));
    workplace.types("git checkout -q -b other");
    workplace.write("thunkgen.toml", &format!("{}native = []\n", manifest("'draw'")));
    workplace.types("thunkgen generate && git commit -qam other && git checkout -q main");
    workplace.write("thunkgen.toml", &format!("default-modules = false\n{}", manifest("")));
    workplace.types("thunkgen generate && git commit -qam main");
    // The manifest may conflict, and so may generated files, but without markers.
    let merged =
        workplace.types("git merge -q other || true; git status --porcelain; grep -rc '<<<<<<<' src/generated || true");
    let marked: Vec<_> = merged.stdout.lines().filter(|line| line.contains(".cpp:") && !line.ends_with(":0")).collect();
    assert!(marked.is_empty() && merged.stdout.contains(".cpp:0"), "{}", merged.stdout);
    workplace.write("thunkgen.toml", &format!("default-modules = false\n{}", manifest("'draw'")));
    workplace.types(&by_hand);
    workplace.types("thunkgen check");
}

fn suppress(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade"]);
    workplace.write("thunkgen-suppressions.toml", &page.take("[[suppress]]"));
    let command = page.take("thunkgen generate app/ --suppressions");
    let printed = workplace.types(&command);
    assert!(printed.stderr.contains("TG0009"), "the entry matches nothing here: {}", printed.stderr);
    let printed = workplace.types(&page.take("thunkgen generate app/ --out generated --add-suppressions"));
    assert!(printed.stderr.contains("added 1 entry to thunkgen.suppressions.toml"), "{}", printed.stderr);
}

fn rust_library(page: &mut Page) {
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade", "native-side"]);
    workplace.types(&page.take("thunkgen generate app --module libdraw --emit rust"));
    let stubs = crate_file("../docs/reference/stubs.md");
    for start in ["public struct Angle", "mod libdraw;"] {
        assert!(stubs.contains(page.take(start).trim_end()), "the example of stubs.md: {start}");
    }
    let workplace = Workplace::new();
    workplace.assemblies("app", &["corlib", "facade", "native-rust"]);
    workplace.link(&root().join("tests/fixtures/native-rust/libeasel.a"), "libeasel.a");
    let command = page.take("thunkgen check-native app/ --native libeasel.a");
    let printed = workplace.types(&format!("{} || test $? = 1", command.trim_end()));
    let line = page.take("app/NativeRust.dll: error TG0606");
    assert!(printed.stderr.contains(&line), "{}", printed.stderr);
}
