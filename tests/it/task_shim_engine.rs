//! The MSBuild task ManagedToNativeGenerator, compiled by Roslyn and run by Microsoft's engine with the parameters of the
//! runtime's own task. What it logs is looked at as events of the engine.

mod cancellation;
mod documented;
mod escapes;
mod program;

use thunkgen_tests::task_shim::engine::Project;

/// As the runtime's own projects call their task, with what it returns as messages.
const BUILD: &str = r#"
  <ItemGroup>
    <WasmPInvokeAssembly Include="*.dll" />
    <WasmPInvokeModule Include="native" />
    <WasmPInvokeModule Include="libSystem.Native" />
  </ItemGroup>
  <Target Name="Build">
    <ManagedToNativeGenerator
        Assemblies="@(WasmPInvokeAssembly)"
        PInvokeModules="@(WasmPInvokeModule)"
        TargetOS="$(TargetOS)"
        IsLibraryMode="$(IsLibraryMode)"
        WarnOnUnresolvedPInvokeModules="false"
        DotNetHostPath="$(DOTNET_HOST_PATH)"
        PInvokeOutputPath="obj/callhelpers-pinvoke.cpp"
        ReversePInvokeOutputPath="obj/callhelpers-reverse.cpp"
        InterpToNativeOutputPath="obj/callhelpers-interp-to-managed.cpp"
        CacheFilePath="obj/cache.txt">
      <Output TaskParameter="FileWrites" ItemName="FileWrites" />
      <Output TaskParameter="Skipped" PropertyName="Skipped" />
    </ManagedToNativeGenerator>
    <Message Text="wrote %(FileWrites.Identity)" />
    <Message Text="skipped $(Skipped)" />
  </Target>"#;

/// The line of the task in the project that [`BUILD`] becomes, and its column.
const TASK: (u32, u32) = (10, 5);

const FILES: [&str; 4] = [
    "obj/callhelpers-interp-to-managed.cpp",
    "obj/callhelpers-pinvoke.cpp",
    "obj/callhelpers-reverse.cpp",
    "obj/cache.txt",
];

#[test]
#[ignore = "needs the C# compiler"]
fn outputs_are_written_and_returned() {
    let project = Project::new(&["corlib", "facade", "interop"]);
    let built = project.build(BUILD, &["-p:IsLibraryMode=true", "-p:TargetOS=browser"]);
    assert!(built.log.succeeded, "{}", built.log.text);
    for file in FILES {
        assert!(project.path(file).is_file() && built.says(&format!("wrote {file}")), "{file}\n{}", built.log.text);
    }
    assert!(built.says("skipped False"));
    let messages = built.events("normal");
    let summary = messages.iter().find(|event| event.sender == "ManagedToNativeGenerator").expect("a summary");
    assert!(summary.message.contains("; wrote 3 of 3 files; "), "{summary:?}");
}

#[test]
#[ignore = "needs the C# compiler"]
fn equal_work_is_skipped() {
    let project = Project::new(&["corlib", "facade", "interop"]);
    assert!(project.build(BUILD, &[]).says("skipped False"));
    let times = || FILES.map(|file| std::fs::metadata(project.path(file)).unwrap().modified().unwrap());
    let before = times();
    let again = project.build(BUILD, &[]);
    assert!(again.log.succeeded && again.says("skipped True"), "{}", again.log.text);
    assert!(FILES.iter().all(|file| again.says(&format!("wrote {file}"))), "a skipped run returns the same files");
    assert_eq!(times(), before);
    assert!(!again.events("warning").is_empty(), "warnings are told again");
    // A property on the command line is a parameter like any other.
    assert!(project.build(BUILD, &["-p:TargetOS=wasi"]).says("skipped False"));
}

#[test]
#[ignore = "needs the C# compiler"]
fn errors_are_events_with_code_and_place() {
    let project = Project::new(&["corlib", "facade", "interop"]);
    assert!(project.build(BUILD, &[]).log.succeeded);
    let files = || FILES.map(|file| std::fs::read(project.path(file)).unwrap());
    let before = files();
    let bad = thunkgen_tests::data::crate_dir().join("fixtures/source-lines/embedded/SourceLinesEmbedded.dll");
    std::fs::copy(bad, project.path("SourceLinesEmbedded.dll")).unwrap();
    std::fs::create_dir_all(project.path("source-lines/embedded")).unwrap();
    std::fs::write(project.path("source-lines/embedded/SourceLinesEmbedded.cs"), "").unwrap();
    let built = project.build(&BUILD.replace("CacheFilePath=", "WarningsAsErrors=\"TG0206\" CacheFilePath="), &[]);
    assert!(!built.log.succeeded && files() == before, "{}", built.log.text);
    let errors: Vec<_> = built.events("error").into_iter().map(|e| (&*e.code, &*e.file, e.position)).collect();
    let source = "source-lines/embedded/SourceLinesEmbedded.cs";
    assert_eq!(errors, [("TG0206", source, (18, 39))]);
    let first = built.events("error")[0];
    assert_eq!(first.sender, "ManagedToNativeGenerator");
    let text =
        "SourceLinesEmbedded.Exports.Overload (0x06000004): the runtime finds the exported `overload_1` by method name";
    assert!(first.message.starts_with(text), "{}", first.message);
    // The engine writes its own line from that.
    assert_eq!(built.log.lines_with(&format!("{source}(18,39): error TG0206: {text}")).len(), 2, "{}", built.log.text);
}

#[test]
#[ignore = "needs the C# compiler"]
fn warnings_are_events_that_the_build_can_make_errors() {
    let project = Project::new(&["corlib", "facade", "source-lines"]);
    let pdb = thunkgen_tests::fixtures::assembly("source-lines").with_extension("pdb");
    std::fs::copy(pdb, project.path("SourceLines.pdb")).unwrap();
    std::fs::create_dir(project.path("source-lines")).unwrap();
    std::fs::write(project.path("source-lines/SourceLines.cs"), "").unwrap();
    let built = project.build(BUILD, &[]);
    let warnings = built.events("warning");
    assert!(built.log.succeeded && built.events("error").is_empty());
    let found = warnings.iter().find(|event| event.message.contains("Thiscall")).expect("a warning");
    assert_eq!((&*found.code, &*found.file, found.position), ("TG0220", "source-lines/SourceLines.cs", (19, 13)));
    // An assembly has no lines.
    let other = warnings.iter().find(|event| event.code == "TG0202").expect("a warning");
    assert_eq!((&*other.file, other.position), ("System.Private.CoreLib.dll", (0, 0)));
    for switch in ["-warnaserror", "-warnaserror:TG0220", "-p:MSBuildTreatWarningsAsErrors=true"] {
        let built = project.build(BUILD, &[switch]);
        assert!(!built.log.succeeded && built.events("error").iter().any(|event| event.code == "TG0220"), "{switch}");
    }
    let built = project.build(BUILD, &["-warnasmessage:TG0202;TG0209;TG0214;TG0220;TG0221"]);
    assert!(built.log.succeeded && built.events("warning").is_empty(), "{}", built.log.text);
}

/// Whatever a message holds, it is not read as a format.
#[test]
#[ignore = "needs the C# compiler"]
fn messages_are_not_formats() {
    let project = Project::new(&["corlib", "facade", "errors-entrypoint"]);
    let built = project.build(BUILD, &[]);
    let found = built.events("warning").into_iter().find(|event| event.message.contains("f(){}")).expect("a warning");
    assert!(found.message.contains("EntryPoint `f(){}\\n//` has a control character"), "{found:?}");
}

#[test]
#[ignore = "needs the C# compiler"]
fn mistakes_in_parameters_are_told_at_the_task() {
    let project = Project::new(&["corlib", "facade"]);
    let built = project.build(BUILD, &["-p:TargetOS=linux"]);
    let errors = built.events("error");
    let [error] = errors[..] else { panic!("{errors:?}") };
    assert_eq!((&*error.code, &*error.message), ("TG0521", "TargetOS is `linux`, expected browser or wasi"));
    assert_eq!((error.file.clone(), error.position), (project.path("app.proj").to_str().unwrap().to_owned(), TASK));
    // What is required is MSBuild's business already.
    let without = BUILD.replace("PInvokeOutputPath=\"obj/callhelpers-pinvoke.cpp\"", "");
    let built = project.build(&without, &[]);
    assert!(!built.log.succeeded && built.events("error")[0].code == "MSB4044", "{}", built.log.text);
}
