//! What is done without being told, and what is told when that is not possible.

use std::fs;

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};
use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::{ALL, on_every_engine};

on_every_engine! {
    mistakes_are_told,
}

/// A list of assemblies that another part of the build makes.
fn items(name: &str, files: &[&str]) -> String {
    let items: String = files.iter().map(|file| format!("<{name} Include=\"bin/{file}\" />")).collect();
    format!("<ItemGroup>{items}</ItemGroup>")
}

/// The app bundle when there is one, else the app with what is copied beside it, or what is published on demand.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_assemblies_of_the_app() {
    let sandbox = Sandbox::new(Engine::msbuild());
    for fixture in ["interop", "marshalling", "layouts"] {
        sandbox.assembly(fixture);
    }
    sandbox.write("bin/native.so", "not managed, and not looked at");
    let core = ["System.Private.CoreLib.dll", "System.Runtime.dll"];
    let built = items("IntermediateAssembly", &["Interop.dll"])
        + &items("ReferenceCopyLocalPaths", &[core[0], core[1], "Marshalling.dll", "native.so"]);
    let bundled = items("WasmAssembliesToBundle", &[core[0], core[1], "Layouts.dll"]);
    let published = items("ResolvedFileToPublish", &[core[0], core[1], "Marshalling.dll", "native.so"]);
    let by_hand = |names: &[&str]| {
        let files: Vec<String> = core.iter().chain(names).map(|name| format!("bin/{name}")).collect();
        sandbox.generated_by_hand(&files.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let interop_and_marshalling = by_hand(&["Interop.dll", "Marshalling.dll"]);
    for (body, from, expected) in [
        (format!("{built}{published}"), "", &interop_and_marshalling),
        (format!("{built}{bundled}{published}"), "", &by_hand(&["Layouts.dll"])),
        (format!("{built}{bundled}{published}"), "build", &interop_and_marshalling),
        (format!("{built}{bundled}{published}"), "publish", &by_hand(&["Marshalling.dll"])),
        (format!("{built}{bundled}{}", items("ThunkgenAssembly", &[core[0], core[1]])), "publish", &by_hand(&[])),
    ] {
        let property =
            format!("<PropertyGroup><ThunkgenAssembliesFrom>{from}</ThunkgenAssembliesFrom></PropertyGroup>");
        sandbox.project(&format!("{property}{body}"));
        sandbox.builds(&[]);
        assert_eq!(sandbox.generated().contents(), expected.contents(), "{from}: {body}");
    }
}

/// The core library of the runtime pack is taken when the bundle has none.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_core_library_of_the_pack() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let expected = sandbox.generated_by_hand(&["bin"]);
    fs::create_dir(sandbox.path("pack")).unwrap();
    fs::rename(sandbox.path("bin/System.Private.CoreLib.dll"), sandbox.path("pack/System.Private.CoreLib.dll"))
        .unwrap();
    let pack = "<PropertyGroup>
        <MicrosoftNetCoreAppRuntimePackRidNativeDir>$(MSBuildProjectDirectory)/pack/</MicrosoftNetCoreAppRuntimePackRidNativeDir>
      </PropertyGroup>";
    sandbox.project(&format!("{pack}{}", items("WasmAssembliesToBundle", &["System.Runtime.dll"])));
    sandbox.builds(&[]);
    assert_eq!(sandbox.generated().contents(), expected.contents());
    // Not a second one.
    sandbox.write("bin/System.Private.CoreLib.dll", fs::read(sandbox.path("pack/System.Private.CoreLib.dll")).unwrap());
    sandbox.project(&format!(
        "{pack}{}",
        items("WasmAssembliesToBundle", &["System.Runtime.dll", "System.Private.CoreLib.dll"])
    ));
    sandbox.builds(&[]);
    assert_eq!(sandbox.generated().contents(), expected.contents());
}

/// What the app links is what its P/Invokes may name.
#[test]
#[ignore = "needs the MSBuild engine"]
fn native_files_are_modules() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("interop");
    let links = "<ItemGroup><NativeFileReference Include=\"lib/native.a;lib/helpers.a\" /></ItemGroup>";
    sandbox.project(&format!("{ALL}{links}"));
    let log = sandbox.builds(&[]);
    // Not each of them holds functions that C# calls.
    assert!(log.lines_with("TG0011").is_empty(), "{}", log.text);
    let linked = sandbox.generated_by_hand(&["bin", "--module", "native"]);
    assert_eq!(sandbox.generated().contents(), linked.contents());
    sandbox.builds(&["-p:ThunkgenNativeFilesAreModules=false"]);
    let without = sandbox.generated_by_hand(&["bin"]);
    assert_eq!(sandbox.generated().contents(), without.contents());
    // As for the workload, which does not link other files, nor look into those that say so.
    for item in ["lib/native.js\"", "lib/native.a\" ScanForPInvokes=\"false\""] {
        sandbox.project(&format!("{ALL}<ItemGroup><NativeFileReference Include=\"{item} /></ItemGroup>"));
        sandbox.builds(&[]);
        assert_eq!(sandbox.generated().contents(), without.contents(), "{item}");
    }
}

/// Without ICU, its library is not linked either.
#[test]
#[ignore = "needs the MSBuild engine"]
fn invariant_globalization() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let mut writer = AssemblyWriter::new("Interop");
    let core_library = writer.assembly_ref("System.Private.CoreLib");
    let object = writer.type_ref(core_library, "System", "Object");
    writer.type_def(flags::STATIC_CLASS, "", "Native", object);
    for library in thunkgen_driver::modules::defaults(clr_wasm_abi::TargetOs::Browser) {
        let module = writer.module_ref(library);
        writer.pinvoke(module, &format!("of_{library}"), &Sig::VOID, &[]);
    }
    sandbox.write("bin/Interop.dll", writer.finish(Container::Pe32));
    sandbox.project(ALL);
    let rows = |switches: &[&str]| {
        sandbox.builds(switches);
        let table = fs::read_to_string(sandbox.path("obj/thunkgen/App/callhelpers-pinvoke.cpp")).unwrap();
        let libraries = thunkgen_driver::modules::defaults(clr_wasm_abi::TargetOs::Browser);
        libraries.filter(|library| table.contains(&format!("\"of_{library}\""))).collect::<Vec<_>>()
    };
    let mut all = rows(&[]);
    assert_eq!(all.len(), 5);
    all.retain(|library| *library != "libSystem.Globalization.Native");
    assert_eq!(rows(&["-p:InvariantGlobalization=true"]), all);
}

fn mistakes_are_told(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    let property = |name: &str, value: &str| format!("<PropertyGroup><{name}>{value}</{name}></PropertyGroup>");
    let mut codes = Vec::new();
    for (body, code, text) in [
        (
            format!("{}{ALL}", property("ThunkgenPath", "no/such tool")),
            "TGM001",
            "There is no thunkgen executable at 'no/such tool'",
        ),
        (property("ThunkgenAssembliesFrom", "everywhere"), "TGM002", "must be bundle, publish or build"),
        (String::new(), "TGM003", "There are no assemblies"),
        (
            format!("{ALL}<ItemGroup><ThunkgenStructSize Include=\"A.B\" /></ItemGroup>"),
            "TGM004",
            "'A.B' has no Size metadata",
        ),
        (format!("{}{ALL}", property("ThunkgenTargetOS", "linux")), "TGM005", "must be browser, wasi, or both"),
    ] {
        sandbox.project(&body);
        let log = sandbox.fails(&[]);
        let told = log.lines_with(text);
        assert!(told.iter().any(|line| line.contains(&format!("error {code}: "))), "{code}\n{}", log.text);
        codes.push(code);
    }
    assert_eq!((sandbox.started().len(), sandbox.path("obj/thunkgen").exists()), (0, false));
    // What a check ends with, see `the_check_goes_on_with_the_next_target`; three of `workload`, and two of `thunk_image`.
    codes.extend(["TGM006", "TGM007", "TGM008", "TGM011", "TGM012"]);
    // These are all there are, and the readme explains them.
    let targets = crate_file("../build-integration/msbuild/build/Thunkgen.MSBuild.targets");
    let mut used: Vec<&str> = targets.split("Code=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    used.sort_unstable();
    used.dedup();
    assert_eq!(used, codes);
    let readme = crate_file("../build-integration/msbuild/README.md");
    used.extend(["TGM009", "TGM010"]); // of the tasks
    let missing: Vec<&&str> = used.iter().filter(|code| !readme.contains(&format!("| {code} |"))).collect();
    assert!(missing.is_empty(), "not in the readme: {missing:?}");
}

/// Every property that a project can set has its default under a condition, and the props have nothing else.
#[test]
fn the_props_only_have_defaults() {
    let props = crate_file("../build-integration/msbuild/build/Thunkgen.MSBuild.props");
    for line in props.lines().map(str::trim).filter(|line| line.starts_with("<Thunkgen")) {
        let name = line.trim_start_matches('<').split([' ', '>']).next().unwrap_or_default();
        let own = format!("<{name} Condition=\"'$({name})' == ''\">");
        let is_default = line.starts_with(own.trim_end_matches("\">")) || name == "ThunkgenHostRid";
        assert!(is_default, "{line}");
    }
    assert!(!props.contains("<Target") && !props.contains("<ItemGroup"));
}

/// What a project may set or use is explained, and nothing is explained that is not there.
#[test]
fn the_readme_has_every_name() {
    let folder = crate_dir().join("../build-integration/msbuild");
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let (props, targets, readme) =
        (read("build/Thunkgen.MSBuild.props"), read("build/Thunkgen.MSBuild.targets"), read("README.md"));
    let names = |text: &str| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let own = words.filter(|word| word.starts_with("Thunkgen") && *word != "Thunkgen");
        own.map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    let used: std::collections::BTreeSet<String> = names(&props).union(&names(&targets)).cloned().collect();
    assert_eq!(names(&readme), used);
}
