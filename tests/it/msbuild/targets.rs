//! Several targets in one build, the check, and when it all happens.

use std::fs;

use thunkgen_tests::fixtures;
use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::{ALL, on_every_engine, skipped};

on_every_engine! {
    the_check_writes_nothing,
    it_can_be_switched_off,
}

/// Browser and wasi: each has its folder, its options, and is up to date by itself.
#[test]
#[ignore = "needs the MSBuild engine"]
fn two_targets() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.write("only wasi/Interop.dll", fs::read(fixtures::assembly("interop")).unwrap());
    sandbox.project_with(
        "App.proj",
        "<PropertyGroup><ThunkgenTargetOS>browser;wasi</ThunkgenTargetOS></PropertyGroup>",
        &format!("{ALL}<ItemGroup><ThunkgenAssembly Include=\"only wasi/*.dll\" TargetOS=\"wasi\" /></ItemGroup>"),
    );
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (2, 0), "{}", log.text);
    let browser = sandbox.generated_by_hand(&["bin"]);
    assert_eq!(sandbox.generated_in("obj/thunkgen/App/browser").contents(), browser.contents());
    let wasi = sandbox.generated_by_hand(&["bin", "only wasi", "--target-os", "wasi"]);
    assert_eq!(sandbox.generated_in("obj/thunkgen/App/wasi").contents(), wasi.contents());
    assert_eq!(sandbox.generated().0.len(), 6);
    let compiled = log.lines_with("compiled: ").concat();
    assert_eq!(compiled.matches(".cpp").count(), 6, "{compiled}");
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 2), "{}", log.text);
    // What one of them wrote concerns that one alone.
    sandbox.wait();
    sandbox.write("obj/thunkgen/App/wasi/callhelpers-pinvoke.cpp", "edited");
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (1, 1), "{}", log.text);
    assert_eq!(sandbox.generated_in("obj/thunkgen/App/wasi").contents(), wasi.contents());
}

/// A list as a command line has it, in any case.
#[test]
#[ignore = "needs the MSBuild engine"]
fn targets_of_a_command_line() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    sandbox.builds(&["-p:ThunkgenTargetOS=Browser%3BWASI"]);
    for target in ["browser", "wasi"] {
        let expected = sandbox.generated_by_hand(&["bin", "--target-os", target]);
        assert_eq!(sandbox.generated_in(&format!("obj/thunkgen/App/{target}")).contents(), expected.contents());
    }
    let log = sandbox.fails(&["-p:ThunkgenTargetOS=browser%3Blinux"]);
    assert!(!log.lines_with("error TGM005: ThunkgenTargetOS is 'browser;linux', ").is_empty(), "{}", log.text);
}

/// The diff and the command that mends it reach the log, a short one on demand.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_check_says_what_to_do() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    sandbox.builds(&[]);
    let pinvoke = "obj/thunkgen/App/callhelpers-pinvoke.cpp";
    let edited = fs::read_to_string(sandbox.path(pinvoke)).unwrap() + "// mine\n";
    sandbox.write(pinvoke, edited);
    for (switches, shown) in [(&["-v:n"][..], 1), (&["-v:m"], 0), (&["-v:m", "-p:ThunkgenMessageImportance=high"], 1)] {
        let log = sandbox.fails(&[switches, &["-p:ThunkgenCheckOnly=true"]].concat());
        assert_eq!(log.lines_with("-// mine").len(), shown, "{}", log.text);
        assert_eq!(log.lines_with("to update, run").len(), shown, "{}", log.text);
    }
}

/// One build tells of every target that differs.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_check_goes_on_with_the_next_target() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let properties = "<PropertyGroup><ThunkgenTargetOS>browser;wasi</ThunkgenTargetOS></PropertyGroup>";
    sandbox.project_with("App.proj", properties, ALL);
    sandbox.builds(&[]);
    sandbox.started();
    let check = ["-p:ThunkgenCheckOnly=true"];
    sandbox.builds(&check);
    assert_eq!(sandbox.started(), ["check", "check"]);
    for (differ, told) in [(&["wasi"][..], "wasi"), (&["browser"], "browser and wasi")] {
        for target in differ {
            sandbox.write(&format!("obj/thunkgen/App/{target}/callhelpers-pinvoke.cpp"), "edited");
        }
        let log = sandbox.fails(&check);
        assert_eq!(sandbox.started(), ["check", "check"], "{}", log.text);
        let closing = format!("error TGM006: The check failed for {told}; ");
        assert!(!log.lines_with(&closing).is_empty(), "{}", log.text);
        assert!(log.lines_with("compiled: ").is_empty(), "nothing is compiled after an error\n{}", log.text);
    }
}

/// Each target knows which assemblies are its own, and passes on what its files are for.
#[test]
#[ignore = "needs the MSBuild engine"]
fn outputs_name_their_target() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let body = "<Target Name=\"Tell\" DependsOnTargets=\"ThunkgenGenerate\">
        <Message Importance=\"high\" Text=\"file: %(ThunkgenOutput.TargetOS) %(ThunkgenOutput.Filename)\" /></Target>";
    let properties = "<PropertyGroup><ThunkgenTargetOS>wasi;browser</ThunkgenTargetOS>
        <ThunkgenReverseFile>wasm_m2n_invoke.g.cpp</ThunkgenReverseFile></PropertyGroup>";
    sandbox.project_with("App.proj", properties, &format!("{ALL}{body}"));
    let log = sandbox.builds(&["-t:Tell", "-v:m"]);
    let names = ["callhelpers-interp-to-managed", "callhelpers-pinvoke", "wasm_m2n_invoke.g"];
    let expected: Vec<String> =
        ["wasi", "browser"].iter().flat_map(|os| names.map(|name| format!("file: {os} {name}"))).collect();
    let mut found = log.lines_with("file: ");
    found.sort_by_key(|line| !line.contains("wasi"));
    assert_eq!(found, expected);
    assert!(sandbox.path("obj/thunkgen/App/wasi/wasm_m2n_invoke.g.cpp").exists());
}

/// The runtime identifier of the app says which target it is.
#[test]
#[ignore = "needs the MSBuild engine"]
fn the_target_follows_the_runtime_identifier() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    for (rid, target) in [("browser-wasm", "browser"), ("wasi-wasm", "wasi")] {
        sandbox.builds(&[&format!("-p:RuntimeIdentifier={rid}"), &format!("-p:ThunkgenOutputDirectory={target}")]);
        let expected = sandbox.generated_by_hand(&["bin", "--target-os", target]);
        assert_eq!(sandbox.generated_in(target).contents(), expected.contents());
    }
}

fn the_check_writes_nothing(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    let check = "<PropertyGroup><ThunkgenCheckOnly>true</ThunkgenCheckOnly></PropertyGroup>";
    let checked_in = "<PropertyGroup><ThunkgenOutputDirectory>generated</ThunkgenOutputDirectory></PropertyGroup>";
    sandbox.project(&format!("{ALL}{checked_in}{check}"));
    let log = sandbox.fails(&[]);
    assert!(!log.lines_with("error TG0302: ").is_empty(), "{}", log.text);
    assert!(!sandbox.path("generated").exists() && log.lines_with("compiled: ").is_empty(), "{}", log.text);
    sandbox.project(&format!("{ALL}{checked_in}"));
    let log = sandbox.builds(&[]);
    // Files that may be under version control are not to be cleaned.
    let written = log.lines_with("written: ").concat();
    assert!(!written.contains("generated") && written.contains("App.proj.browser.stamp"), "{written}");
    sandbox.started();
    sandbox.project(&format!("{ALL}{checked_in}{check}"));
    // Every time: nobody wrote down what was checked.
    for _ in 0..2 {
        sandbox.builds(&[]);
        assert_eq!(sandbox.started(), ["check"]);
    }
    let pinvoke = "generated/callhelpers-pinvoke.cpp";
    let edited = fs::read_to_string(sandbox.path(pinvoke)).unwrap().replace("#include", "#import");
    sandbox.write(pinvoke, edited);
    let edited = sandbox.generated_in("generated");
    let log = sandbox.fails(&[]);
    assert!(log.lines_with("callhelpers-pinvoke.cpp").iter().any(|line| line.contains("error TG")), "{}", log.text);
    assert_eq!(sandbox.generated_in("generated"), edited);
}

fn it_can_be_switched_off(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    sandbox.project(&format!("<PropertyGroup><ThunkgenEnabled>false</ThunkgenEnabled></PropertyGroup>{ALL}"));
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), sandbox.path("obj").exists()), (0, false), "{}", log.text);
}

/// What an editor builds to learn about the project, and the outer build of several target frameworks.
#[test]
#[ignore = "needs the MSBuild engine"]
fn builds_that_generate_nothing() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    sandbox.builds(&["-p:DesignTimeBuild=true"]);
    assert_eq!((sandbox.started().len(), sandbox.path("obj").exists()), (0, false));
    let frameworks = "<PropertyGroup><TargetFrameworks>net11.0;net12.0</TargetFrameworks>
        <IsCrossTargetingBuild Condition=\"'$(TargetFramework)' == ''\">true</IsCrossTargetingBuild>
        <IntermediateOutputPath>obj/$(TargetFramework)/</IntermediateOutputPath></PropertyGroup>";
    // It comes with the standard tasks, which are not there.
    let msbuild = format!(
        "<UsingTask TaskName=\"Microsoft.Build.Tasks.MSBuild\" AssemblyFile=\"{}\" />",
        super::workload::their_tasks().display()
    );
    sandbox.project_with("App.proj", frameworks, &format!("{msbuild}{ALL}"));
    sandbox.builds(&["-t:ThunkgenGenerate"]);
    assert_eq!(sandbox.started(), ["generate", "generate"]);
    for framework in ["net11.0", "net12.0"] {
        assert_eq!(sandbox.generated_in(&format!("obj/{framework}/thunkgen/App")).0.len(), 3);
    }
}

/// Also with the outputs of a project that has another name now.
#[test]
#[ignore = "needs the MSBuild engine"]
fn renaming_cleaning_and_neighbours() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let body = format!("<Target Name=\"CoreClean\" />{ALL}");
    sandbox.project(&body);
    sandbox.builds(&[]);
    assert_eq!(sandbox.generated().0.len(), 3);
    let files = || thunkgen_tests::msbuild::Snapshot::of(&sandbox.path("obj")).names();
    assert!(files().len() > 3);
    sandbox.builds(&["-t:CoreClean"]);
    assert_eq!(files(), [] as [String; 0]);
    sandbox.builds(&[]);
    fs::remove_file(sandbox.path("App.proj")).unwrap();
    sandbox.project_with("Renamed.proj", "", &body);
    // And another one in the same directory.
    sandbox.project_with(
        "Other.proj",
        "",
        "<ItemGroup><ThunkgenAssembly Include=\"bin/System.Private.*\" /></ItemGroup>",
    );
    for _ in 0..2 {
        for name in ["Renamed", "Other"] {
            let log = sandbox.build_project(&format!("{name}.proj"), &[]);
            assert!(log.succeeded, "{}", log.text);
            assert_eq!(sandbox.generated_in(&format!("obj/thunkgen/{name}")).0.len(), 3);
        }
    }
    assert_eq!(sandbox.started(), ["generate"; 4]);
}

/// A project that runs the executable itself.
#[test]
#[ignore = "needs the MSBuild engine"]
fn a_command_line_of_ones_own() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let own = "<Target Name=\"Own\" DependsOnTargets=\"ThunkgenWriteResponseFile\">
        <Exec Command=\"&quot;$(ThunkgenPath)&quot; generate &quot;@%(ThunkgenResponseFile.Identity)&quot;\" /></Target>";
    sandbox.project(&format!("{ALL}{own}"));
    sandbox.builds(&["-t:Own"]);
    assert_eq!(sandbox.started(), ["generate"]);
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin"]).contents());
}

/// The runtime that the thunks are for.
#[test]
#[ignore = "needs the MSBuild engine"]
fn which_runtime() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    let core = "-p:UseMonoRuntime=false";
    for (switches, refused) in [
        (&[core, "-p:TargetFrameworkVersion=v11.0"][..], None),
        (&[core, "-p:TargetFrameworkVersion=v12.0"], None),
        (&[core, "-p:TargetFrameworkVersion=v10.0"], Some("10.0")),
        (&[core, "-p:TargetFrameworkVersion=v10.0", "-p:ThunkgenRuntime=11.0"], None),
        (&["-p:TargetFrameworkVersion=v10.0"], None),
        (&["-p:ThunkgenRuntime=13.0"], Some("13.0")),
    ] {
        let log = sandbox.build(switches);
        assert_eq!(log.succeeded, refused.is_none(), "{switches:?}\n{}", log.text);
        if let Some(version) = refused {
            let text = format!("error TGM007: ThunkgenRuntime is '{version}', ");
            assert!(!log.lines_with(&text).is_empty(), "{}", log.text);
        }
    }
}

/// A publish that runs inside of the build has other assemblies, and so other files.
#[test]
#[ignore = "needs the MSBuild engine"]
fn a_nested_publish_has_its_own_files() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    sandbox.builds(&[]);
    let log = sandbox.builds(&["-p:WasmBuildingForNestedPublish=true"]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (2, 0), "{}", log.text);
    assert!(sandbox.path("obj/thunkgen/App/publish/callhelpers-pinvoke.cpp").exists());
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 1), "{}", log.text);
}
