//! The examples of the documentation are built; `tests/not-run.md` lists those that cannot be.

use std::process::Command;

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::fixtures;
use thunkgen_tests::markdown::blocks;
use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};
use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::{crossgen2, native};

/// The page of the package.
const PAGE: &str = "../build-integration/msbuild/README.md";

/// A sandbox with every file that the examples name.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new(Engine::msbuild());
    for name in ["System.Private.CoreLib.dll", "System.Runtime.dll"] {
        let bytes = std::fs::read(sandbox.path(&format!("bin/{name}"))).unwrap();
        sandbox.write(&format!("app/{name}"), bytes);
    }
    let mut writer = AssemblyWriter::new("Skia");
    let core_library = writer.assembly_ref("System.Private.CoreLib");
    let object = writer.type_ref(core_library, "System", "Object");
    writer.type_def(flags::STATIC_CLASS, "", "Native", object);
    let module = writer.module_ref("libSkiaSharp");
    writer.pinvoke(module, "sk_version", &Sig::I4, &[]);
    sandbox.write("app/Skia.dll", writer.finish(Container::Pe32));
    sandbox.write("app/wasi/Interop.dll", std::fs::read(fixtures::assembly("interop")).unwrap());
    sandbox.write("reference/Layouts.dll", std::fs::read(fixtures::assembly("layouts")).unwrap());
    sandbox
        .write("native/modules.props", "<Project><ItemGroup><PInvokeModule Include='native'/></ItemGroup></Project>");
    sandbox.write("native/extra-signatures.txt", "MviS8 # made by hand\n");
    sandbox.write("native/sizes.txt", "Geometry.Circle = 12:4\n");
    sandbox.write("native/suppressions.toml", "[[suppress]]\ncode = \"TG0202\"\nreason = \"never called\"\n");
    sandbox
}

/// What the app consists of, for examples that leave it to the build.
const APP: &str = "<ItemGroup><WasmAssembliesToBundle Include=\"app/*.dll\" /></ItemGroup>";

fn example<'a>(blocks: &'a [String], text: &str) -> &'a str {
    let found: Vec<&String> = blocks.iter().filter(|block| block.contains(text)).collect();
    assert_eq!(found.len(), 1, "examples with {text}");
    found[0]
}

#[test]
#[ignore = "needs Python"]
fn every_example_is_built_or_listed() {
    let blocks = blocks(&crate_file(PAGE), "xml");
    assert_eq!(blocks.len(), 8);

    assert!(is_xml(example(&blocks, "PackageReference")));
    let listed = crate_file("not-run.md");
    assert!(listed.contains("| `build-integration/msbuild/README.md` | `PackageReference` |"));
    assert!(listed.contains("| `README.md` | `PackageReference` |"));

    let sandbox_of_step = sandbox();
    let switch = example(&blocks, "ThunkgenReplaceCrossgen2");
    sandbox_of_step.project(&format!("{}{switch}", crossgen2::step("Crossgen2Path")));
    sandbox_of_step.builds(&["-t:Relink"]);
    assert_eq!(sandbox_of_step.started().len(), 1);

    super::thunk_image::brings_an_image(example(&blocks, "ThunkgenThunkImage"));

    let own = sandbox();
    own.project(&format!("{APP}{}", example(&blocks, "DependsOnTargets=\"ThunkgenWriteResponseFile\"")));
    own.builds(&["-t:RunThunkgen"]);
    assert_eq!(own.started(), ["generate"]);

    compiled_thunks(example(&blocks, "CompileThunks"));
    checked_in(example(&blocks, "ThunkgenCheckOnly"));
    native_code(example(&blocks, "ThunkgenNativeReference"));

    let items = sandbox();
    items.project(&format!(
        "{}<PropertyGroup><ThunkgenTargetOS>wasi</ThunkgenTargetOS></PropertyGroup>",
        example(&blocks, "ThunkgenOption")
    ));
    items.builds(&[]);
    let arguments = "app app/wasi --target-os wasi --reference reference/Layouts.dll --module libSkiaSharp \
        --module libHarfBuzzSharp --module-list native/modules.props:PInvokeModule \
        --extra-signatures native/extra-signatures.txt --struct-size Geometry.Box=24:8 \
        --struct-size-file native/sizes.txt --suppressions native/suppressions.toml";
    let by_hand = items.generated_by_hand(&arguments.split_whitespace().collect::<Vec<_>>());
    assert_eq!(items.generated().contents(), by_hand.contents());
    assert!(items.path("obj/thunks.sarif").exists());
}

/// The files are compiled, and only when they changed.
fn compiled_thunks(example: &str) {
    let sandbox = sandbox();
    let compat = crate_dir().join("../templates/compat").canonicalize().unwrap();
    let compat = format!("<PropertyGroup><RuntimeHeaders>{}</RuntimeHeaders></PropertyGroup>", compat.display());
    sandbox.project(&format!("{APP}{compat}{example}"));
    let log = sandbox.builds(&[]);
    for name in ["interp-to-managed", "pinvoke", "reverse"] {
        let object = std::fs::read(sandbox.path(&format!("obj/callhelpers-{name}.o"))).unwrap();
        assert!(object.starts_with(b"\0asm"), "{}", log.text);
    }
    let log = sandbox.builds(&[]);
    assert_eq!(log.lines_with("Skipping target \"CompileThunks\"").len(), 1, "{}", log.text);
}

/// Written on a developer's machine, compared elsewhere.
fn checked_in(example: &str) {
    let sandbox = sandbox();
    sandbox.project(&format!("{APP}{example}"));
    sandbox.builds(&[]);
    assert_eq!(sandbox.generated_in("native/generated").0.len(), 6);
    sandbox.builds(&["-p:ContinuousIntegrationBuild=true"]);
    assert_eq!(sandbox.started(), ["generate", "generate", "check", "check"]);
    std::fs::remove_file(sandbox.path("native/generated/wasi/callhelpers-reverse.cpp")).unwrap();
    sandbox.fails(&["-p:ContinuousIntegrationBuild=true"]);
}

/// A library, and a directory of another one, with what the app declares.
fn native_code(example: &str) {
    let sandbox = sandbox();
    native::declares(&sandbox, &Sig::I4);
    native::native(&sandbox, "libdraw.a");
    std::fs::create_dir(sandbox.path("native/paint")).unwrap();
    std::fs::copy(sandbox.path("native/libdraw.a"), sandbox.path("native/paint/libpaint.a")).unwrap();
    sandbox.project(&format!("{}{example}", super::ALL));
    let log = sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["generate", "check-native"]);
    assert!(!log.lines_with("thunkgen: compared 1 P/Invoke").is_empty(), "{}", log.text);
}

/// Whether a fragment is well-formed, by a parser that is not ours.
fn is_xml(fragment: &str) -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import sys, xml.dom.minidom as m; m.parseString('<x>' + sys.argv[1] + '</x>')", fragment]);
    python.status().expect("python3 runs").success()
}

/// The front page shows the same.
#[test]
fn the_main_readme_agrees() {
    let readme = crate_file("../README.md");
    let (own, shown) = (blocks(&crate_file(PAGE), "xml"), blocks(&readme, "xml"));
    assert!(!shown.is_empty());
    for block in shown {
        assert!(own.contains(&block), "not in the package's readme:\n{block}");
    }
}
