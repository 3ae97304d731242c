//! The package in projects of the browser workloads: stand-ins with their targets, items and tasks are imported where an
//! SDK imports them, and the unpacked package where NuGet does.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::executable;
use thunkgen_tests::msbuild::{Engine, Log, Sandbox, compile, lab};

use super::package::{python, unpacked};

/// The three files, in the order of their names.
const FILES: [&str; 3] = ["callhelpers-interp-to-managed.cpp", "callhelpers-pinvoke.cpp", "callhelpers-reverse.cpp"];

/// Where the workload expects them.
const FOR_BUILD: &str = "obj/Debug/wasm/for-build";

/// The assembly of the workload's tasks.
pub(super) fn their_tasks() -> &'static Path {
    static TASKS: OnceLock<(tempfile::TempDir, std::path::PathBuf)> = OnceLock::new();
    let (_, tasks) = TASKS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("WasmAppBuilder.dll");
        compile(&crate_dir().join("tools/workload/Tasks.cs"), &out);
        (folder, out)
    });
    tasks
}

/// A project as an SDK evaluates it: what NuGet imports first, the project, the workload, the common targets, and what
/// NuGet imports last. `-p:WithPackage=false` leaves the package out.
pub(super) fn project(sandbox: &Sandbox, name: &str, is_mono: bool, folder: &str, body: &str) {
    let package = unpacked().join(folder).display().to_string();
    let workload = crate_dir().join("tools/workload").canonicalize().unwrap();
    let workload = workload.join(if is_mono { "Mono.targets" } else { "CoreClr.targets" });
    let text = format!(
        "<Project DefaultTargets=\"Build\">
          <Import Project=\"{package}/Thunkgen.MSBuild.props\" Condition=\"'$(WithPackage)' != 'false'\" />
          <PropertyGroup>
            <TargetFrameworkVersion>v11.0</TargetFrameworkVersion>
            <UseMonoRuntime>{is_mono}</UseMonoRuntime>
            <IntermediateOutputPath>obj/Debug/</IntermediateOutputPath>
            <WasmAppBuilderTasksAssemblyPath>{}</WasmAppBuilderTasksAssemblyPath>
          </PropertyGroup>
          <ItemGroup><WasmAssembliesToBundle Include=\"bin/*.dll\" /></ItemGroup>
          {body}
          <Import Project=\"{}\" />
          <Target Name=\"Build\" />
          <Target Name=\"CoreClean\"><Delete Files=\"@(FileWrites)\" /></Target>
          <Target Name=\"Clean\" DependsOnTargets=\"CoreClean\" />
          <Import Project=\"{package}/Thunkgen.MSBuild.targets\" Condition=\"'$(WithPackage)' != 'false'\" />
        </Project>",
        their_tasks().display(),
        workload.display()
    );
    sandbox.write(&format!("{name}.proj"), text);
}

/// An app with a native library.
const NATIVE: &str = "<ItemGroup><NativeFileReference Include=\"native.c\" /></ItemGroup>";

fn app(body: &str) -> Sandbox {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("interop");
    project(&sandbox, "App", false, "build", body);
    sandbox
}

/// What the executable makes of the same.
fn by_hand(sandbox: &Sandbox, more: &str) -> thunkgen_tests::msbuild::Snapshot {
    let arguments = format!(
        "bin --no-default-modules --optional-module libSystem.Native --optional-module libSystem.IO.Compression.Native \
         --optional-module libSystem.Globalization.Native --optional-module native {more}"
    );
    sandbox.generated_by_hand(&arguments.split_whitespace().collect::<Vec<_>>())
}

fn compiled(log: &Log) -> Vec<String> {
    let mut files: Vec<String> =
        log.lines_with("compiles ").iter().map(|line| line.trim_start_matches("compiles ").to_owned()).collect();
    files.sort();
    files.dedup();
    files
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn the_task_is_replaced() {
    let sandbox = app(NATIVE);
    let without = ["-p:WithPackage=false"];
    assert!(!sandbox.fails(&without).lines_with("error WASM0067").is_empty());
    let log = sandbox.builds(&["-v:n"]);
    assert_eq!(compiled(&log), FILES, "their own task compiles what ours wrote\n{}", log.text);
    assert_eq!(sandbox.generated_in(FOR_BUILD).contents(), by_hand(&sandbox, "").contents());
    for noise in ["WASM0067", "MSB3073", "chmod", "test -x", "TGM0"] {
        assert!(log.lines_with(noise).is_empty(), "{noise}: {}", log.text);
    }
    // Nothing is written again.
    sandbox.wait();
    let before = sandbox.generated_in(FOR_BUILD);
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with("the outputs are current, nothing was done").is_empty(), "{}", log.text);
    assert_eq!(sandbox.generated_in(FOR_BUILD), before);
    // Off, it is theirs.
    for switch in ["-p:ThunkgenReplaceTask=false", "-p:ThunkgenEnabled=false"] {
        assert!(!sandbox.fails(&[switch]).lines_with("error WASM0067").is_empty());
    }
    sandbox.builds(&[]);
    sandbox.builds(&["-t:Clean"]);
    assert_eq!(thunkgen_tests::msbuild::Snapshot::of(&sandbox.path("obj")).names(), [] as [String; 0]);
}

/// Under another name, beside another project, and from the folder for packages of packages.
#[test]
#[ignore = "needs the MSBuild engine"]
fn other_projects_in_the_directory() {
    let sandbox = app(NATIVE);
    sandbox.builds(&[]);
    fs::remove_file(sandbox.path("App.proj")).unwrap();
    project(&sandbox, "Renamed", false, "buildTransitive", NATIVE);
    project(&sandbox, "Second", false, "build", NATIVE);
    for name in ["Renamed", "Second", "Renamed"] {
        let log = sandbox.build_project(&format!("{name}.proj"), &[]);
        assert!(log.succeeded, "{}", log.text);
        assert_eq!(sandbox.generated_in(FOR_BUILD).contents(), by_hand(&sandbox, "").contents());
    }
}

/// What the call of the workload has no parameters for.
#[test]
#[ignore = "needs the MSBuild engine"]
fn options_reach_the_task() {
    let sandbox = app("");
    sandbox.assembly("errors-unknown-struct");
    sandbox.write("sizes.txt", "Missing.Kind = 4\n");
    sandbox.write("suppressions.toml", "[[suppress]]\ncode = \"TG0214\"\nreason = \"never called\"\n");
    let body = |more: &str| {
        let items = "<ItemGroup>
            <ThunkgenStructSizeFile Include=\"sizes.txt\" /><ThunkgenModule Include=\"more\" />
          </ItemGroup>";
        project(&sandbox, "App", false, "build", &format!("{NATIVE}{items}{more}"));
    };
    // In words of MSBuild.
    body("");
    let log = sandbox.fails(&["-v:q"]);
    let told = log.lines_with("error TG0101: ").concat();
    assert!(told.contains("declare the item ThunkgenStructSize 'Missing.Point") && !told.contains("--"), "{told}");
    let size = "<ItemGroup><ThunkgenStructSize Include=\"Missing.Point\" Size=\"8\" Alignment=\"4\" /></ItemGroup>";
    body(size);
    let log = sandbox.builds(&["-v:q"]);
    assert_eq!(log.lines_with("warning TG0201: ").len(), 1, "once\n{}", log.text);
    assert!(!log.lines_with("warning TG0214: ").is_empty(), "{}", log.text);
    let by_hand =
        by_hand(&sandbox, "--optional-module more --struct-size Missing.Point=8:4 --struct-size Missing.Kind=4");
    assert_eq!(sandbox.generated_in(FOR_BUILD).contents(), by_hand.contents());
    let log = sandbox.builds(&["-p:NoWarn=CS1591%3BTG0214"]);
    assert!(log.lines_with("TG0214").is_empty(), "{}", log.text);
    for switch in ["-warnaserror", "-warnaserror:TG0201", "-p:WarningsAsErrors=TG0201", "-p:TreatWarningsAsErrors=true"]
    {
        for _ in 0..2 {
            let log = sandbox.fails(&["-v:q", switch]);
            assert_eq!(log.lines_with("error TG0201: ").len(), 1, "{switch}\n{}", log.text);
        }
    }
    let log = sandbox.fails(&["-p:TreatWarningsAsErrors=true", "-p:WarningsNotAsErrors=TG0201"]);
    assert!(!log.lines_with("warning TG0201: ").is_empty(), "{}", log.text);
    body(&format!("{size}<ItemGroup><ThunkgenSuppressions Include=\"suppressions.toml\" /></ItemGroup>"));
    let log = sandbox.builds(&[]);
    assert!(log.lines_with("TG0214").is_empty(), "{}", log.text);
    let log = sandbox.fails(&["-p:TargetFrameworkVersion=v10.0"]);
    assert!(!log.lines_with("error TGM007: ThunkgenRuntime is '10.0', ").is_empty(), "{}", log.text);
}

/// A program in the place of ours that keeps the request.
fn spy(sandbox: &Sandbox) {
    let program = executable::built("thunkgen-task").display();
    let script = format!("#!/bin/sh\ncp \"$1\" \"$(dirname \"$0\")/request.xml\"\nexec '{program}' \"$@\"\n");
    sandbox.write("spy/thunkgen-task", script);
    sandbox.make_executable("spy/thunkgen-task");
}

/// Where an assembly comes from, and which native files count.
#[test]
#[ignore = "needs the MSBuild engine"]
fn metadata_reaches_the_request() {
    let body = "<ItemGroup>
        <WasmAssembliesToBundle Update=\"bin/System.Private.CoreLib.dll\" FrameworkReferenceName=\"Microsoft.NETCore.App\" />
        <WasmAssembliesToBundle Update=\"bin/Interop.dll\" NuGetPackageId=\"A&amp;B;C\" />
        <NativeFileReference Include=\"native.c;helper.a\" />
        <NativeFileReference Update=\"helper.a\" ScanForPInvokes=\"false\" />
      </ItemGroup>
      <PropertyGroup><ThunkgenTaskPath>$(MSBuildProjectDirectory)/spy/thunkgen-task</ThunkgenTaskPath>
        <InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>";
    let sandbox = app(body);
    spy(&sandbox);
    sandbox.builds(&[]);
    let request = fs::read_to_string(sandbox.path("spy/request.xml")).unwrap();
    for expected in [
        "<Assemblies Include=\"bin/System.Private.CoreLib.dll\" FrameworkReferenceName=\"Microsoft.NETCore.App\" />",
        "<Assemblies Include=\"bin/Interop.dll\" NuGetPackageId=\"A&amp;B%3bC\" />",
        "<Assemblies Include=\"bin/System.Runtime.dll\" />",
        "<PInvokeModules Include=\"native\" />",
    ] {
        assert!(request.contains(expected), "{expected}\n{request}");
    }
    assert!(!request.contains("\"helper\"") && !request.contains("<PInvokeModules Include=\"libSystem.Globalization"));
}

/// What the workload calls a warning, with its code.
#[test]
#[ignore = "needs the MSBuild engine"]
fn libraries_that_are_not_linked() {
    let sandbox = app("<PropertyGroup><WasmBuildNative>true</WasmBuildNative></PropertyGroup>");
    let line = "TG0216: the native library `native` is not linked";
    assert!(sandbox.builds(&[]).lines_with("TG0216").is_empty());
    let warn = "-p:WasmWarnOnUnresolvedPInvokeModules=true";
    for _ in 0..2 {
        let log = sandbox.builds(&["-v:q", warn]);
        assert_eq!(log.lines_with(&format!("warning {line}")).len(), 1, "{}", log.text);
    }
    assert!(sandbox.builds(&[warn, "-p:NoWarn=WASM0066"]).lines_with("TG0216").is_empty());
    let only = "-p:WarningsAsErrors=WASM0066";
    for _ in 0..2 {
        let log = sandbox.fails(&["-v:q", warn, only]);
        assert_eq!(log.lines_with(&format!("error {line}")).len(), 1, "{}", log.text);
    }
    project(
        &sandbox,
        "App",
        false,
        "build",
        "<PropertyGroup><WasmBuildNative>true</WasmBuildNative></PropertyGroup>
         <ItemGroup><_WasmIgnoredPInvokeModules Include=\"native\" /></ItemGroup>",
    );
    let log = sandbox.builds(&[warn]);
    assert!(log.lines_with(line).is_empty(), "{}", log.text);
}

/// Mono's task has the same short name.
#[test]
#[ignore = "needs the MSBuild engine"]
fn mono_is_left_alone() {
    let sandbox = Sandbox::new(Engine::msbuild());
    super::native::declares(&sandbox, &thunkgen_tests::metadata_writer::Sig::I4);
    super::native::native(&sandbox, "libdraw.a");
    let body = "<ItemGroup><NativeFileReference Include=\"native/libdraw.a\" /></ItemGroup>";
    project(&sandbox, "App", true, "build", body);
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with("Mono generates icalls.h").is_empty(), "{}", log.text);
    assert!(!log.lines_with("thunkgen: compared 1 P/Invoke").is_empty(), "{}", log.text);
    assert!(sandbox.generated_in("obj").0.is_empty());
    // What does not fit ends the build before Mono's own step.
    super::native::declares(&sandbox, &thunkgen_tests::metadata_writer::Sig::I8);
    let log = sandbox.fails(&[]);
    assert!(
        !log.lines_with("error TG0602: ").is_empty() && log.lines_with("Mono generates").is_empty(),
        "{}",
        log.text
    );
    let log = sandbox.builds(&["-p:ThunkgenCheckMono=false"]);
    assert!(!log.lines_with("Mono generates").is_empty() && log.lines_with("thunkgen: ").is_empty(), "{}", log.text);
}

/// Without a native module of its own, an app has the thunks of the framework.
#[test]
#[ignore = "needs the MSBuild engine"]
fn what_the_prebuilt_module_does_not_have() {
    let references = "<ItemGroup>
        <IntermediateAssembly Include=\"bin/Interop.dll\" />
        <ReferenceCopyLocalPaths Include=\"bin/System.*.dll\" NuGetPackageId=\"Microsoft.NETCore.App.Runtime.browser-wasm\" />
      </ItemGroup>";
    let sandbox = app(references);
    for _ in 0..2 {
        let log = sandbox.builds(&["-v:q"]);
        let told = log.lines_with("warning TGM009: ");
        let [line] = told[..] else { panic!("{}", log.text) };
        assert!(line.contains("of its callbacks (") && line.ends_with("Set WasmBuildNative to true."), "{line}");
        assert!(!line.contains(" 0 of its"), "{line}");
    }
    for switch in ["-p:ThunkgenCheckPrebuilt=false", "-p:WasmBuildNative=true"] {
        let log = sandbox.builds(&[switch]);
        assert!(log.lines_with("TGM009").is_empty(), "{}", log.text);
    }
    // An app that needs nothing more.
    project(&sandbox, "App", false, "build", &references.replace("Interop", "System.Runtime"));
    let log = sandbox.builds(&[]);
    assert!(log.lines_with("TGM009").is_empty(), "{}", log.text);
}

/// A package that wraps a native library hands on what the build must know of it, and this package.
#[test]
#[ignore = "needs the MSBuild engine"]
fn a_package_that_wraps_a_library() {
    const WRAP: &str = "
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as package:
    package.writestr('Draw.nuspec', '''<package><metadata><id>Draw</id><version>1.0.0</version>
      <dependencies><dependency id=\"Thunkgen.MSBuild\" version=\"0.1.0\" include=\"All\" /></dependencies></metadata></package>''')
    package.writestr('buildTransitive/Draw.targets', '''<Project><ItemGroup>
      <ThunkgenModule Include=\"draw\" />
      <ThunkgenSuppressions Include=\"$(MSBuildThisFileDirectory)suppressions.toml\" /></ItemGroup></Project>''')
    package.writestr('buildTransitive/suppressions.toml', '[[suppress]]\\ncode = \"TG0202\"\\nreason = \"never called\"\\n')
with zipfile.ZipFile(sys.argv[1]) as package:
    package.extractall(sys.argv[2])
";
    let sandbox = app("");
    super::native::declares(&sandbox, &thunkgen_tests::metadata_writer::Sig::I4);
    python(WRAP, &[&sandbox.path("Draw.1.0.0.nupkg"), &sandbox.path("packages/draw")]);
    // The dependency comes first.
    let body = format!("{NATIVE}<Import Project=\"packages/draw/buildTransitive/Draw.targets\" />");
    project(&sandbox, "App", false, "buildTransitive", &body);
    let log = sandbox.builds(&[]);
    assert!(log.lines_with("TG0202").is_empty(), "{}", log.text);
    let table = fs::read_to_string(sandbox.path(&format!("{FOR_BUILD}/callhelpers-pinvoke.cpp"))).unwrap();
    assert!(table.contains("\"draw_circle\""), "{table}");
    let nuspec = fs::read_to_string(unpacked().join("Thunkgen.MSBuild.nuspec")).unwrap();
    assert!(!nuspec.contains("developmentDependency"), "NuGet would not hand it on");
}

/// The snippets of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    page.split(&start).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

/// What the newcomer's page shows, but for the commands of the SDK.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_first_library() {
    let page = crate_file("../docs/tutorials/first-library.md");
    let (xml, csharp, c) = (blocks(&page, "xml"), blocks(&page, "csharp"), blocks(&page, "c"));
    let [own_project, object] = &xml[..] else { panic!("two pieces of projects") };
    let [program, mistake] = &csharp[..] else { panic!("two pieces of C#") };
    let sandbox = Sandbox::new(Engine::msbuild());
    let compile = |program: &str| {
        sandbox.write("Program.cs", program);
        let references =
            ["System.Private.CoreLib", "System.Runtime", "System.Console", "System.Runtime.InteropServices"];
        let mut csc = Command::new(lab().join("csc"));
        csc.args(["-nologo", "-noconfig", "-nostdlib", "-out:bin/FirstLibrary.dll", "Program.cs"]);
        csc.args(references.map(|name| format!("-r:{}", lab().join(format!("framework/{name}.dll")).display())));
        assert!(csc.current_dir(sandbox.path("")).status().unwrap().success());
    };
    compile(program);
    sandbox.write("geo.c", &c[0]);
    let clang = blocks(&page, "text").into_iter().find(|block| block.starts_with("clang ")).expect("the command");
    assert!(Command::new("sh").args(["-c", &clang]).current_dir(sandbox.path("")).status().unwrap().success());
    // What an SDK would make of the project: its items and properties.
    let items = own_project.split("<ItemGroup>").nth(1).unwrap().split("</ItemGroup>").next().unwrap();
    let items = format!("<ItemGroup>{items}</ItemGroup>");
    assert!(own_project.contains("<UseMonoRuntime>false</UseMonoRuntime>") && items.contains("Thunkgen.MSBuild"));
    project(&sandbox, "App", false, "build", &items);
    assert!(!sandbox.fails(&["-p:WithPackage=false"]).lines_with("error WASM0067").is_empty());
    let log = sandbox.builds(&[]);
    let listed = blocks(&page, "text").into_iter().find(|block| block.starts_with("callhelpers")).expect("the list");
    assert_eq!(compiled(&log), listed.lines().collect::<Vec<_>>());
    let table = fs::read_to_string(sandbox.path(&format!("{FOR_BUILD}/callhelpers-pinvoke.cpp"))).unwrap();
    assert!(table.contains("\"geo_area\""), "{table}");
    project(&sandbox, "App", false, "build", object);
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with("thunkgen: compared 1 P/Invoke").is_empty(), "{}", log.text);
    compile(&program.replace("    public static extern double geo_area(Box box);\n", mistake));
    let log = sandbox.fails(&[]);
    assert!(!log.lines_with("error TG0602: Geo.geo_area").is_empty(), "{}", log.text);
}
