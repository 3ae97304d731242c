//! `ThunkgenThunkImage`: the missing thunks come into a built and a published app as an image. The steps of the SDK that
//! bring assemblies into an app are stand-ins, which keep and drop metadata as those of 11.0 do.

use std::fs;
use std::process::Command;

use thunkgen_tests::executable;
use thunkgen_tests::msbuild::{Engine, Log, Sandbox, lab};

use thunkgen_core::emit::Contract;
use thunkgen_tests::wasm::linked_app::LinkedApp;
use thunkgen_tests::wasm::toolchain::Flags;

use super::workload::project;

const NAME: &str = "App.Thunks";
const IMAGE: &str = "obj/Debug/thunkgen/App/image/App.Thunks.wasm";

/// An app that is not linked, with the workload's and the SDK's targets.
fn app(more: &str) -> Sandbox {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("interop");
    fs::create_dir_all(sandbox.path("source")).unwrap();
    fs::rename(sandbox.path("bin/Interop.dll"), sandbox.path("source/Interop.dll")).unwrap();
    write(&sandbox, false, more);
    sandbox
}

fn write(sandbox: &Sandbox, is_mono: bool, more: &str) {
    let on = "<PropertyGroup><ThunkgenThunkImage>true</ThunkgenThunkImage></PropertyGroup>";
    project_of(sandbox, is_mono, &format!("{on}{more}"));
}

fn project_of(sandbox: &Sandbox, is_mono: bool, more: &str) {
    let sdk = thunkgen_tests::data::crate_dir().join("tools/workload/WebAssembly.targets").canonicalize().unwrap();
    let body = format!(
        "<PropertyGroup>
           <ThunkgenPath>$(MSBuildProjectDirectory)/tool/thunkgen</ThunkgenPath>
           <AssemblyName>App</AssemblyName>
           <NoWarn>TG0105;TG0201;TG0202;TG0208;TG0209;TG0213;TG0214;TG0217</NoWarn>
         </PropertyGroup>
         {more}
         <Import Project=\"{}\" />",
        sdk.display()
    );
    project(sandbox, "App", is_mono, "build", &body);
}

/// Whether an app with these properties has an image.
pub(super) fn brings_an_image(properties: &str) {
    let sandbox = app("");
    project_of(&sandbox, false, properties);
    sandbox.builds(&[]);
    assert!(image(&sandbox, "out/build/_framework/App.Thunks.wasm").starts_with(b"\0asm"));
}

fn image(sandbox: &Sandbox, place: &str) -> Vec<u8> {
    let path = sandbox.path(place);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the executable makes of the same assemblies.
fn by_hand(sandbox: &Sandbox, more: &[&str]) -> Vec<u8> {
    let mvid = "6f9d3f0a-5a0e-4c6b-9c57-6d1e7b0c2a41";
    let run = executable::run(
        &sandbox.path(""),
        ["r2r", "emit", "source/Interop.dll", "bin", "--runtime", "11.0", "--mvid", mvid]
            .into_iter()
            .chain(["--assembly-name", NAME, "--out", "by-hand.wasm"])
            .chain(more.iter().copied()),
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    image(sandbox, "by-hand.wasm")
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn the_image_arrives_byte_for_byte() {
    let sandbox = app("");
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with("compiles App.Thunks.g.cs").is_empty(), "{}", log.text);
    let expected = image(&sandbox, IMAGE);
    assert!(expected == by_hand(&sandbox, &[]), "another image than that of the command line");
    let arrived = "out/build/_framework/App.Thunks.wasm";
    assert!(image(&sandbox, arrived) == expected, "the build has another file");
    let found =
        executable::run(&sandbox.path(""), ["lookup", "--coverage", "--in", arrived, "source/Interop.dll", "bin"]);
    assert_eq!(found.code, Some(0), "{}{}", found.stdout, found.stderr);
    let log = sandbox.builds(&["-t:Publish"]);
    assert!(log.lines_with("TGM012").is_empty(), "{}", log.text);
    assert!(image(&sandbox, "out/publish/_framework/App.Thunks.wasm") == expected, "publish has another file");
    // The other assemblies are converted.
    assert_eq!(image(&sandbox, "out/publish/_framework/Interop.wasm"), b"webcil of Interop");
    // Without the tasks of the package, the executable is run by `Exec`.
    sandbox.builds(&["-t:Clean"]);
    let log = sandbox.builds(&["-p:ThunkgenUseExec=true"]);
    assert!(image(&sandbox, IMAGE) == expected && image(&sandbox, arrived) == expected, "{}", log.text);
    // Without the step for publish, the stand-ins lose the image as the SDK does.
    let log = sandbox.builds(&["-t:Publish", "-p:_ThunkgenPublishHook="]);
    assert_eq!(image(&sandbox, "out/publish/_framework/App.Thunks.wasm"), b"webcil of App.Thunks", "{}", log.text);
}

fn skipped(log: &Log, target: &str) -> bool {
    !log.lines_with(&format!("Skipping target \"{target}\" because")).is_empty()
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn a_second_build_does_nothing_and_clean_removes_all() {
    let sandbox = app("<PropertyGroup><ThunkgenCheckPrebuilt>false</ThunkgenCheckPrebuilt></PropertyGroup>");
    sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["r2r", "r2r"]);
    sandbox.wait();
    let log = sandbox.builds(&["-v:n"]);
    assert!(sandbox.started().is_empty(), "{}", log.text);
    for target in ["_ThunkgenWriteTwin", "_ThunkgenWriteImage", "CoreCompile"] {
        assert!(skipped(&log, target), "{target}: {}", log.text);
    }
    // The app's own assembly changes: the image is made again, the reference stays as it is.
    sandbox.wait();
    sandbox.touch("source/Interop.dll");
    let log = sandbox.builds(&["-v:n"]);
    assert_eq!(sandbox.started(), ["r2r"], "{}", log.text);
    assert!(skipped(&log, "_ThunkgenWriteTwin"), "{}", log.text);
    // A lost image is made again.
    fs::remove_file(sandbox.path(IMAGE)).unwrap();
    sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["r2r"]);
    assert!(sandbox.path(IMAGE).exists());
    sandbox.builds(&["-t:Clean"]);
    let left = thunkgen_tests::msbuild::Snapshot::of(&sandbox.path("obj/Debug/thunkgen")).names();
    assert_eq!(left, [] as [String; 0]);
}

/// Where an image has no effect, the build says so.
#[test]
#[ignore = "needs the MSBuild engine"]
fn apps_that_read_no_image() {
    let sandbox = app("");
    let log = sandbox.builds(&["-p:WasmBuildNative=true"]);
    let linked = "warning TGM011: ThunkgenThunkImage has no effect: the native module is linked";
    assert!(!log.lines_with(linked).is_empty(), "{}", log.text);
    assert!(!sandbox.path(IMAGE).exists());
    write(&sandbox, false, "<ItemGroup><NativeFileReference Include=\"native.c\" /></ItemGroup>");
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with(linked).is_empty(), "{}", log.text);
    write(&sandbox, true, "");
    let log = sandbox.builds(&[]);
    assert!(
        !log.lines_with("warning TGM011: ThunkgenThunkImage has no effect: the app runs on Mono").is_empty(),
        "{}",
        log.text
    );
    let log = sandbox.builds(&["-p:ThunkgenThunkImage=false"]);
    assert!(log.lines_with("TGM011").is_empty() && !sandbox.path(IMAGE).exists(), "{}", log.text);
}

/// What an image cannot add is still reported: callbacks.
#[test]
#[ignore = "needs the MSBuild engine"]
fn callbacks_are_still_missing() {
    let sandbox = app("");
    let log = sandbox.builds(&["-v:q"]);
    let told = log.lines_with("warning TGM009: ");
    let [line] = told[..] else { panic!("{}", log.text) };
    assert!(line.contains("which cannot call ") && line.contains(" of its callbacks ("), "{line}");
    assert!(!line.contains("signatures"), "{line}");
}

/// With the module that the app runs on, the image has what that one lacks, and the build says what no image can add.
#[test]
#[ignore = "needs the MSBuild engine, clang and wasm-ld"]
fn what_the_prebuilt_module_lacks() {
    let sandbox =
        app("<PropertyGroup><ThunkgenPrebuiltModule>pack/dotnet.native.wasm</ThunkgenPrebuiltModule></PropertyGroup>");
    let runtime = LinkedApp::sample();
    sandbox.write("pack/dotnet.native.wasm", runtime.link(Contract::WasmThunks, Flags::PLAIN, &[]));
    let log = sandbox.builds(&["-v:q"]);
    for reported in ["warning TG0432: ", "warning TG0433: "] {
        assert!(!log.lines_with(reported).is_empty(), "{reported}{}", log.text);
    }
    assert!(log.lines_with("TGM009").is_empty(), "{}", log.text);
    assert!(image(&sandbox, IMAGE) == by_hand(&sandbox, &["--missing-from", "pack/dotnet.native.wasm"]));
    // Both together have everything, and the image alone has not.
    let coverage = |sources: &[&str]| {
        let words = ["lookup", "--coverage", "source/Interop.dll", "bin", "--in"].iter().chain(sources);
        executable::run(&sandbox.path(""), words).code
    };
    let arrived = "out/build/_framework/App.Thunks.wasm";
    assert_eq!(coverage(&["pack/dotnet.native.wasm", arrived]), Some(0));
    assert_eq!((coverage(&[arrived]), coverage(&["pack/dotnet.native.wasm"])), (Some(1), Some(1)));
    // A module that has every thunk: the app still has its image, of the same identity.
    let run = executable::run(&sandbox.path(""), ["signatures", "source/Interop.dll", "bin"]);
    let keys =
        run.stdout.lines().filter_map(|line| line.split_whitespace().next()).filter(|word| word.starts_with('M'));
    let keys =
        keys.filter(|key| !key.contains(['V', '#'])).map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let all = LinkedApp { keys, ..runtime };
    sandbox.write("pack/dotnet.native.wasm", all.link(Contract::WasmThunks, Flags::PLAIN, &[]));
    let log = sandbox.builds(&[]);
    let dumped = executable::run(&sandbox.path(""), ["r2r", "dump", arrived]).stdout;
    assert!(dumped.contains("Mv"), "{dumped}\n{}", log.text);
}

/// An error in an assembly stops the build, with the place and once.
#[test]
#[ignore = "needs the MSBuild engine"]
fn errors_stop_the_build() {
    let sandbox = app("");
    sandbox.assembly("errors-unknown-struct");
    fs::rename(sandbox.path("bin/ErrorsUnknownStruct.dll"), sandbox.path("source/Interop.dll")).unwrap();
    for _ in 0..2 {
        let log = sandbox.fails(&["-v:q"]);
        assert!(!log.lines_with("error TG0101: ").is_empty(), "{}", log.text);
        assert!(log.lines_with("MSB3073").is_empty(), "{}", log.text);
    }
}

/// The generated class compiles, and loads the assembly before the program starts.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_loader_runs_first() {
    let sandbox = app("");
    sandbox.builds(&[]);
    sandbox.write(
        "run/Program.cs",
        "using System; using System.Linq;
         Console.WriteLine(string.Join(\" \", AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name).Where(n => n.Contains(\"Thunks\"))));",
    );
    let references = ["System.Private.CoreLib", "System.Runtime", "System.Console", "System.Linq"];
    let mut csc = Command::new(lab().join("csc"));
    csc.args([
        "-nologo",
        "-noconfig",
        "-nostdlib",
        "-langversion:latest",
        "-t:exe",
        "-out:run/App.dll",
        "run/Program.cs",
    ]);
    csc.arg("obj/Debug/thunkgen/App/image/App.Thunks.g.cs").arg("-r:obj/Debug/thunkgen/App/image/App.Thunks.dll");
    csc.args(references.map(|name| format!("-r:{}", lab().join(format!("framework/{name}.dll")).display())));
    assert!(csc.current_dir(sandbox.path("")).status().unwrap().success());
    fs::copy(sandbox.path("obj/Debug/thunkgen/App/image/App.Thunks.dll"), sandbox.path("run/App.Thunks.dll")).unwrap();
    let framework = r#"{ "runtimeOptions": { "tfm": "net8.0", "framework": { "name": "Microsoft.NETCore.App", "version": "8.0.0" } } }"#;
    sandbox.write("run/App.runtimeconfig.json", framework);
    let run = Command::new(lab().join("dotnet")).arg("App.dll").current_dir(sandbox.path("run")).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert_eq!(said.trim(), NAME, "{}", String::from_utf8_lossy(&run.stderr));
}
